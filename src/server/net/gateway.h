#pragma once

#include "server/data/syncdata.h"
#include "server/http/router.h"
#include "server/net/credentials.h"
#include "server/net/hub.h"
#include "server/net/listener.h"
#include "server/net/serveroptions.h"
#include "server/serverglobal.h"

#include <QtCore/qobject.h>
#include <QtNetwork/qhostaddress.h>

#include <functional>
#include <memory>
#include <vector>

namespace Twilio::Server {

class RestApi;
class Session;
class Webhooks;

//! Which sessions a deed is done to; none given = all.
struct SessionFilter
{
    std::optional<QString> identity = std::nullopt;
    //! Number of the connection.
    std::optional<qint64> connection = std::nullopt;
};

/*!
    \brief The network half of the server: a port and the sessions on it.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Gateway : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Gateway)

public:
    //! \a data outlives the gateway.
    Gateway(SyncData &data, const ServerOptions &options, const QByteArray &secret,
            const std::optional<QSslConfiguration> &tls, const MakeHooks &makeHooks = {});
    ~Gateway() override;

    //! Starts to accept connections at all of \a addresses that this machine has, the first one for certain;
    //! port 0 takes any one that is free.
    [[nodiscard]] SyncResult<Nothing> listen(const QList<QHostAddress> &addresses, quint16 port);
    [[nodiscard]] quint16 port() const;

    [[nodiscard]] Hub &hub() { return m_hub; }
    [[nodiscard]] Credentials &credentials() { return m_credentials; }
    [[nodiscard]] QList<Session *> sessions(const SessionFilter &filter = {}) const;

    //! Has what \a make gives answer paths of its own; it lives as long as the sessions.
    void extend(const MakeExtension &make);

    //! Cuts the chosen connections without a close frame; how many.
    qsizetype kick(const SessionFilter &filter);

Q_SIGNALS:
    //! Nothing more may be answered; the server should be closed.
    void failed(const Twilio::SyncError &error);

private:
    [[nodiscard]] SyncResult<Nothing> listenOnce(const QList<QHostAddress> &addresses, quint16 port,
                                                 bool &isTaken);
    [[nodiscard]] std::unique_ptr<Listener> makeListener();
    [[nodiscard]] bool isFull() const;
    void adopt(QWebSocket *socket, QTcpSocket *transport);

    const ServerOptions m_options;
    Hub m_hub;
    Credentials m_credentials;
    QList<Session *> m_sessions;
    Router m_router;
    std::unique_ptr<RestApi> m_rest;
    std::unique_ptr<Webhooks> m_webhooks;
    const std::optional<QSslConfiguration> m_tls;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    qint64 m_connectionNumber = 0;
    std::unique_ptr<Hooks> m_hooks;
    std::unique_ptr<QObject> m_extension;
};

} // namespace Twilio::Server
