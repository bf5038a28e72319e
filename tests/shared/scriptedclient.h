#pragma once

#include "scriptedserver.h"
#include "TwilioSync/api/syncclient_p.h"

#include <QtTest/qtest.h>

#include <memory>

//! A client of \a server. All it waits for is short; \a budget is what a call may be retried for.
inline std::unique_ptr<Twilio::SyncClient>
scriptedClient(const ScriptedServer &server, std::chrono::milliseconds budget = std::chrono::seconds(10))
{
    using namespace std::chrono_literals;
    auto client = std::make_unique<Twilio::SyncClient>();
    Twilio::ClientSession &session = *Twilio::ClientPrivate::of(client.get())->session;
    session.requests().setOptions({ .initialDelay = 1ms, .delayCap = 50ms, .budget = budget });
    session.registry().setOptions({ .gathering = 1ms });
    auto options = session.channel().options();
    options.backoffInitial = 10ms;
    session.channel().setOptions(options);
    client->setUrl(server.url());
    client->setToken(QStringLiteral("token"));
    return client;
}

//! \a client loses its connection, and is left without a session.
inline void loseConnection(ScriptedServer &server, const Twilio::SyncClient &client)
{
    server.setAnswering(false);
    server.hangUp();
    QTRY_COMPARE(client.connectionState(), Twilio::SyncClient::ConnectionState::Connecting);
    QTRY_VERIFY(server.isConnected());
}

//! \a client gets a session again; what \a server was asked before is forgotten.
inline void regainConnection(ScriptedServer &server, const Twilio::SyncClient &client)
{
    server.setAnswering(true);
    server.clear();
    server.hangUp();
    QTRY_COMPARE(client.connectionState(), Twilio::SyncClient::ConnectionState::Connected);
}

//! Changes options of \a client's channel, such as its timeouts, for all that starts from now on.
template <typename Change>
void changeChannel(const Twilio::SyncClient &client, Change &&apply)
{
    Twilio::TwilsockChannel &channel = Twilio::ClientPrivate::of(&client)->session->channel();
    auto options = channel.options();
    apply(options);
    channel.setOptions(options);
}
