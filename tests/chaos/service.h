#pragma once

#include "shared/serverexecutable.h"

#include <QtCore/qfile.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qtemporarydir.h>

#include <memory>

/*!
    \brief twilio-sync-server on a file: killed and started again at the same port, with faults of its own and
   a wall clock that can be set.
*/
class Service
{
public:
    Service();
    ~Service();
    Q_DISABLE_COPY_MOVE(Service)

    //! True once it listens.
    bool start();
    //! Without a word.
    void kill();
    [[nodiscard]] bool isRunning() const { return m_process != nullptr; }
    [[nodiscard]] QUrl url() const { return m_url; }
    //! POST /_control/\a name; nobody waits for the answer.
    void control(const QByteArray &name, const QJsonObject &body);
    //! Its wall clock is \a ms ahead of ours.
    void setClockAhead(qint64 ms);
    [[nodiscard]] qint64 now() const;
    //! A token of \a identity, good for \a ttlMs by the clock of the service.
    [[nodiscard]] QString token(const QString &identity, qint64 ttlMs) const;

private:
    QTemporaryDir m_folder;
    QFile m_clockFile;
    qint64 *m_aheadNs = nullptr;
    std::unique_ptr<ServerExecutable> m_process;
    QUrl m_url;
};
