#pragma once

#include "server/operations/seeder.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <functional>

namespace Twilio::Server {

class FaultInjector;
class Gateway;
class Session;

/*!
    \brief Many changes of one list or map, as fast as its subscribers' sockets take them: \c publish-burst.

    Deletes itself when it has answered, or with its parent.
*/
class Burst : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Burst)

public:
    using Answer = std::function<void(const QJsonObject &)>;

    //! Starts what \a body asks for; \a answer is called once, with \c error if \a body does not do.
    static void start(FaultInjector &injector, QObject *parent, const QJsonObject &body,
                      const Answer &answer);

private:
    //! Whether items are added, changed, or both in turn.
    enum class Kind : quint8 { Add, Update, Mixed };

    Burst(FaultInjector &injector, QObject *parent, const QJsonObject &body, const Answer &answer);

    void goOn();
    void makeSome(qint64 most);
    void sendSome();
    bool makeOne();
    void later();
    void finish();
    [[nodiscard]] const QList<Session *> &subscribers() const;
    [[nodiscard]] bool subscribersAreFull() const;

    FaultInjector &m_injector;
    Gateway &m_gateway;
    const Answer m_answer;
    const QByteArray m_sid;
    const qint64 m_count;
    const qint64 m_bytes;
    const QString m_prefix;
    //! As it was asked for, for the answer.
    const QString m_kindText;
    const bool m_prepared;
    Kind m_kind = Kind::Add;
    Seeder m_seeder;
    QString m_error;
    qint64 m_made = 0;
    qsizetype m_serial = 0;
    QList<QByteArray> m_frames;
    qsizetype m_sent = 0;
    double m_startedMs = 0;
    qint64 m_bytesBefore = 0;
};

} // namespace Twilio::Server
