#pragma once

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/syncclient_p.h"

#include <array>

namespace Twilio {

//! What a handle hears of its client: connections that begin and end together.
class ClientWatch
{
    Q_DISABLE_COPY_MOVE(ClientWatch)

public:
    ClientWatch() = default;
    ~ClientWatch() { end(); }

    //! Calls them, in the order in which things go by, until end() or as long as \a context lives.
    template <typename Changed, typename IdentityChanging, typename Closing>
    void begin(SyncClient *client, QObject *context, Changed connectionStateChanged,
               IdentityChanging identityChanging, Closing closing)
    {
        end();
        const ClientSession *const session = ClientPrivate::of(client)->session.get();
        m_connections = {
            QObject::connect(client, &SyncClient::connectionStateChanged, context, connectionStateChanged),
            QObject::connect(session, &ClientSession::identityChanging, context, identityChanging),
            QObject::connect(session, &ClientSession::closing, context, closing),
        };
    }
    void end()
    {
        for (const QMetaObject::Connection &connection : m_connections)
            QObject::disconnect(connection);
    }

private:
    std::array<QMetaObject::Connection, 3> m_connections;
};

} // namespace Twilio
