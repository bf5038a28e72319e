#pragma once

#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qnetworkaccessmanager.h>

namespace Bench {

/*!
    \brief twilio-sync-server in a process of its own, so that only the client is measured in this one.
*/
class ServerProcess
{
public:
    ~ServerProcess();

    //! False, with the reason on the standard output, if it does not come up.
    bool start(const QString &executable);
    void stop();
    [[nodiscard]] QUrl url() const { return m_url; }
    [[nodiscard]] QString token(const QString &identity) const;
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }

    //! POST /_control/\a name; the event loop runs until the answer is there. It has \c error if it failed.
    QJsonObject control(const QString &name, const QJsonObject &body);
    [[nodiscard]] QUrl controlUrl(const QString &name) const;

private:
    QProcess m_process;
    QUrl m_url;
    QNetworkAccessManager m_network;
};

//! Runs the event loop, without pauses, until \a condition holds; false if it does not within ten minutes.
bool runUntil(const std::function<bool()> &condition);

} // namespace Bench
