#pragma once

#include <QtCore/qglobal.h>

#include <array>
#include <optional>
#include <span>

/*!
    The connection state machine (protocol.md 5.5, differences decided in section 13).

    The table is the code: TwilsockChannel moves by nextState() and nothing else.
*/
namespace Twilio {

//! Where a client's connection is. A token update is a request, not a state: the connection goes on
//! untouched.
enum class ChannelState : quint8 {
    Disconnected, //!< not started, or shut down
    AwaitingToken, //!< started; the first token is on its way
    Connecting, //!< the socket is being opened
    Initializing, //!< init sent, its reply awaited
    Connected,
    Throttling, //!< 429: the socket is kept, nothing is sent for a while
    WaitAndReconnect, //!< no socket, the backoff timer runs
    Disconnecting, //!< close sent, the socket's end awaited
    Denied, //!< the token was refused; a new one connects
    Failed, //!< until the application acts: 406, 417, TLS identity, an endpoint that may not be used
    Offline //!< goOffline(): nothing is tried until open(); requests wait as they do for a connection
};

//! What may happen to a connection.
enum class ChannelInput : quint8 {
    Open, //!< open()
    AwaitToken, //!< open() without a token
    Close, //!< close()
    GoOffline, //!< goOffline()
    NewToken, //!< another token has been stored
    NewEndpoint, //!< another URL has been set
    NetworkChanged, //!< the system's network came back, or is another one
    SocketUp,
    SocketLost, //!< closed, or could not be opened
    TimerFired, //!< the state's own timer
    WatchdogFired, //!< nothing heard for too long
    InitAccepted, //!< 2xx to init
    TooManyRequests, //!< 429 to anything
    Reconnect, //!< other refusals of init and update; close 308 and others
    TokenRefused, //!< 401, 403 to init and update; close 401, 410, 308 + 51232
    Unusable //!< close 406, 417; TLS identity; endpoint refused
};

struct ChannelTransition
{
    ChannelState from;
    ChannelInput on;
    ChannelState to;
};

// clang-format off
//! Every move there is; what is not listed is ignored. A row to its own state enters it anew.
inline constexpr auto channelTransitions = [] {
    using S = ChannelState;
    using I = ChannelInput;
    return std::to_array<ChannelTransition>({
        { S::Disconnected,     I::Open,            S::Connecting       },
        { S::Disconnected,     I::NewToken,        S::Connecting       },
        { S::Disconnected,     I::AwaitToken,      S::AwaitingToken    },
        { S::Disconnected,     I::GoOffline,       S::Offline          },

        { S::AwaitingToken,    I::NewToken,        S::Connecting       },
        { S::AwaitingToken,    I::Open,            S::Connecting       },
        { S::AwaitingToken,    I::Close,           S::Disconnected     },
        { S::AwaitingToken,    I::GoOffline,       S::Offline          },

        { S::Connecting,       I::NetworkChanged,  S::Connecting       }, // by the path there is now
        { S::Connecting,       I::SocketUp,        S::Initializing     },
        { S::Connecting,       I::SocketLost,      S::WaitAndReconnect },
        { S::Connecting,       I::TimerFired,      S::WaitAndReconnect }, // no answer to the handshake
        { S::Connecting,       I::Unusable,        S::Failed           },
        { S::Connecting,       I::Close,           S::Disconnected     },
        { S::Connecting,       I::GoOffline,       S::Offline          },

        { S::Initializing,     I::NetworkChanged,  S::Connecting       },
        { S::Initializing,     I::InitAccepted,    S::Connected        },
        { S::Initializing,     I::TimerFired,      S::WaitAndReconnect }, // no reply to init in time
        { S::Initializing,     I::SocketLost,      S::WaitAndReconnect },
        { S::Initializing,     I::TooManyRequests, S::WaitAndReconnect }, // the reply says for how long
        { S::Initializing,     I::Reconnect,       S::WaitAndReconnect },
        { S::Initializing,     I::TokenRefused,    S::Denied           },
        { S::Initializing,     I::Unusable,        S::Failed           },
        { S::Initializing,     I::Close,           S::Disconnecting    },
        { S::Initializing,     I::GoOffline,       S::Offline          },

        { S::Connected,        I::TooManyRequests, S::Throttling       }, // keep the socket, stop sending
        { S::Connected,        I::SocketLost,      S::WaitAndReconnect },
        { S::Connected,        I::WatchdogFired,   S::WaitAndReconnect },
        { S::Connected,        I::Reconnect,       S::WaitAndReconnect },
        { S::Connected,        I::TokenRefused,    S::Denied           },
        { S::Connected,        I::Unusable,        S::Failed           },
        { S::Connected,        I::Close,           S::Disconnecting    },
        { S::Connected,        I::GoOffline,       S::Offline          },

        { S::Throttling,       I::TimerFired,      S::Connected        },
        { S::Throttling,       I::TooManyRequests, S::Throttling       }, // may prolong the pause
        { S::Throttling,       I::SocketLost,      S::WaitAndReconnect },
        { S::Throttling,       I::WatchdogFired,   S::WaitAndReconnect },
        { S::Throttling,       I::Reconnect,       S::WaitAndReconnect },
        { S::Throttling,       I::TokenRefused,    S::Denied           },
        { S::Throttling,       I::Unusable,        S::Failed           },
        { S::Throttling,       I::Close,           S::Disconnecting    },
        { S::Throttling,       I::GoOffline,       S::Offline          },

        { S::WaitAndReconnect, I::TimerFired,      S::Connecting       },
        { S::WaitAndReconnect, I::Open,            S::Connecting       }, // at once
        { S::WaitAndReconnect, I::NetworkChanged,  S::Connecting       },
        { S::WaitAndReconnect, I::Close,           S::Disconnected     },
        { S::WaitAndReconnect, I::GoOffline,       S::Offline          },

        { S::Disconnecting,    I::SocketLost,      S::Disconnected     },
        { S::Disconnecting,    I::TimerFired,      S::Disconnected     }, // the peer does not hang up
        { S::Disconnecting,    I::Unusable,        S::Disconnected     },
        { S::Disconnecting,    I::Open,            S::Connecting       },
        { S::Disconnecting,    I::NewToken,        S::Connecting       }, // was meant for after the close
        { S::Disconnecting,    I::AwaitToken,      S::AwaitingToken    },
        { S::Disconnecting,    I::GoOffline,       S::Offline          },

        { S::Denied,           I::NewToken,        S::Connecting       },
        { S::Denied,           I::Open,            S::Connecting       },
        { S::Denied,           I::Close,           S::Disconnected     },
        { S::Denied,           I::GoOffline,       S::Offline          },

        { S::Failed,           I::NewEndpoint,     S::Connecting       },
        { S::Failed,           I::NewToken,        S::Connecting       },
        { S::Failed,           I::Open,            S::Connecting       },
        { S::Failed,           I::GoOffline,       S::Offline          },

        { S::Offline,          I::Open,            S::Connecting       },
        { S::Offline,          I::AwaitToken,      S::AwaitingToken    },
        { S::Offline,          I::Close,           S::Disconnected     },
    });
}();
// clang-format on

//! False if two rows of \a table have one (from, on).
constexpr bool isDeterministic(std::span<const ChannelTransition> table)
{
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::size_t j = i + 1; j < table.size(); ++j) {
            if (table[i].from == table[j].from && table[i].on == table[j].on)
                return false;
        }
    }
    return true;
}
static_assert(isDeterministic(channelTransitions), "two rows with one (from, on)");

//! Where \a input leads from \a state; none if it is ignored there.
constexpr std::optional<ChannelState> nextState(ChannelState state, ChannelInput input)
{
    for (const auto &row : channelTransitions) {
        if (row.from == state && row.on == input)
            return row.to;
    }
    return std::nullopt;
}

//! Nothing will change before the application acts: requests fail at once.
constexpr bool isTerminal(ChannelState state)
{
    return state == ChannelState::Disconnected || state == ChannelState::Disconnecting
            || state == ChannelState::Denied || state == ChannelState::Failed;
}

//! The service takes requests' frames now or after a pause.
constexpr bool isSessionUp(ChannelState state)
{
    return state == ChannelState::Connected || state == ChannelState::Throttling;
}

} // namespace Twilio
