#pragma once

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/transport/connectiontable.h"

namespace Twilio {

//! What the application sees of \a state (protocol.md 5.5, "Mapping to use in our client").
constexpr SyncClient::ConnectionState connectionStateOf(ChannelState state)
{
    switch (state) {
    case ChannelState::AwaitingToken:
    case ChannelState::Connecting:
    case ChannelState::Initializing:
    case ChannelState::WaitAndReconnect:
        return SyncClient::ConnectionState::Connecting;
    case ChannelState::Connected:
    case ChannelState::Throttling:
        return SyncClient::ConnectionState::Connected;
    case ChannelState::Disconnecting:
        return SyncClient::ConnectionState::Disconnecting;
    case ChannelState::Denied:
        return SyncClient::ConnectionState::Denied;
    case ChannelState::Failed:
        return SyncClient::ConnectionState::Error;
    case ChannelState::Disconnected:
    case ChannelState::Offline:
        break;
    }
    return SyncClient::ConnectionState::Disconnected;
}

} // namespace Twilio
