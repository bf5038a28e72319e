#pragma once

#include <QtCore/qstringlist.h>

#include <chrono>

namespace Twilio::Server {

/*!
    \brief What the network half of the server may be told; the defaults suit clients of the real service.
*/
struct ServerOptions
{
    //! How often a session is pinged; 0 = never (protocol.md 5.7).
    std::chrono::milliseconds pingInterval = std::chrono::seconds(15);
    //! Pings without any sign of life from the client after which it is given up.
    int unansweredPings = 4;
    //! How long before its expiry a token is announced as expiring (protocol.md 5.4).
    std::chrono::milliseconds expiryWarning = std::chrono::seconds(240);
    //! From accepting a connection to the end of its TLS and WebSocket handshakes, or of an HTTP request.
    std::chrono::milliseconds handshakeTimeout = std::chrono::seconds(10);
    //! Between two HTTP requests of one connection.
    std::chrono::milliseconds idleTimeout = std::chrono::seconds(60);
    //! From the WebSocket handshake to an accepted init.
    std::chrono::milliseconds initTimeout = std::chrono::seconds(30);
    //! From a close frame or a WebSocket close to cutting a peer that does not go.
    std::chrono::milliseconds closeGrace = std::chrono::milliseconds(500);

    //! What the reply to a subscription request says (protocol.md 9.1); a ttl of 0 is left out.
    std::chrono::milliseconds estimatedDelivery = std::chrono::milliseconds(5000);
    qsizetype maxBatchSize = 1000;
    std::chrono::seconds subscriptionTtl = std::chrono::seconds(0);
    //! Events and bytes replayed for one object before replay_status is interrupted.
    qsizetype replayLimit = 1000;
    qsizetype replayBytes = 4 * 1024 * 1024;

    //! Bytes that may wait for one client; with more, whoever writes to it waits until it has read.
    qsizetype maxOutput = 16 * 1024 * 1024;
    //! Room for a page of the largest items, and for what may be before and behind it.
    static constexpr qsizetype leastMaxOutput = 4 * 1024 * 1024;
    //! A client with more than that unread is cut if it takes nothing of it for so long.
    std::chrono::milliseconds stallTimeout = std::chrono::seconds(3);
    //! Messages of one client that are handled before it is the others' turn.
    int messagesATurn = 32;
    //! Events these may bring to subscribers: with many of them a few messages make a long turn.
    qsizetype deliveriesATurn = 256;
    //! Nothing more is made for a client for which this much waits: answers, replays.
    [[nodiscard]] qsizetype outputShare() const { return maxOutput / 4; }
    //! Largest frame a client may send; the largest legal one has some 20 KiB.
    qsizetype maxFrame = 1024 * 1024;
    //! Connections at a time, those in their handshake included.
    qsizetype maxConnections = 7000;

    //! Names and addresses by which the server may be called, and whose pages may call it, besides loopback.
    //! \sa HostPolicy
    QStringList allowedHosts = {};

    //! Hosts that webhooks may go to, besides loopback.
    QStringList webhookHosts = {};

    //! The rate limits of protocol.md, section 12.
    bool enforceRateLimits = false;
};

} // namespace Twilio::Server
