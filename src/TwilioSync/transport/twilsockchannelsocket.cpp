#include "TwilioSync/transport/twilsockchannel_p.h"

#include "TwilioSync/protocol/clientmessage.h"
#include "TwilioSync/transport/endpoint.h"
#include "TwilioSync/transport/networkmonitor.h"
#include "TwilioSync/transport/websockettransport.h"

// The sockets, one after the other, and whether the path to the service still carries anything.
namespace Twilio {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

// A blocked application finds the answer to its ping only after the timer that waited for it.
constexpr milliseconds grace { 1'000 };
// Between attempts that changes of the network make.
constexpr milliseconds networkPace { 1'000 };

} // namespace

void TwilsockChannelPrivate::openSocket()
{
    if (const SyncError problem = endpointProblem(options.url, options.allowInsecure); !problem.isNull()) {
        post({ .input = ChannelInput::Unusable, .error = problem });
        return;
    }
    m_lastAttempt = options.clock();
    m_networkTimer.stop(); // this attempt is by the network there is now
    if (const auto *const network = transportFactory ? nullptr : NetworkMonitor::ofSystem())
        QObject::connect(network, &NetworkMonitor::changed, q, &TwilsockChannel::networkChanged,
                         Qt::UniqueConnection);
    m_socket = transportFactory
            ? transportFactory()
            : std::make_unique<WebSocketTransport>(options.sslConfiguration, options.limits);
    m_socketGone = false;
    QObject::connect(m_socket.get(), &Transport::opened, q,
                     [this] { post({ .input = ChannelInput::SocketUp }); });
    QObject::connect(m_socket.get(), &Transport::messageReceived, q,
                     [this](const QByteArray &frame) { handleFrame(frame); });
    QObject::connect(m_socket.get(), &Transport::ponged, q, [this] { ponged(); });
    QObject::connect(m_socket.get(), &Transport::drained, q, [this] { sendQueued(); });
    QObject::connect(m_socket.get(), &Transport::messageProgressed, q, [this] { messageProgressed(); });
    QObject::connect(m_socket.get(), &Transport::closed, q, [this](const SyncError &error) {
        m_socketGone = true;
        post({ .input = error.isTerminal() ? ChannelInput::Unusable : ChannelInput::SocketLost,
               .error = error });
    });
    m_stateTimer.start(attemptTime());
    m_socket->setHeld(m_isHeld);
    m_socket->open(options.url);
}

// What was sent shall still go out, so the socket lives on by itself until it has hung up.
void TwilsockChannelPrivate::dropSocket(bool sayGoodbye)
{
    if (!m_socket)
        return;
    if (sayGoodbye)
        send(Protocol::encodeClose(idOf(++m_lastNumber)));
    Transport *const old = m_socket.release();
    QObject::disconnect(old, nullptr, q, nullptr);
    old->setParent(q);
    old->setHeld(false);
    if (std::exchange(m_socketGone, false)) {
        old->deleteLater();
        return;
    }
    QObject::connect(old, &Transport::closed, old, &QObject::deleteLater);
    QTimer::singleShot(options.closeTimeout, old, &QObject::deleteLater);
    old->close();
}

// A network that comes and goes makes one attempt a second, no more.
void TwilsockChannelPrivate::networkChanged()
{
    if (isSessionUp(state)) {
        if (m_path == Path::Good)
            watchPath();
        return;
    }
    if (m_isWaitNamed)
        return; // it is not the path
    m_backoff.progressed();
    const milliseconds left = m_lastAttempt + networkPace - options.clock();
    if (left <= milliseconds(0))
        post({ .input = ChannelInput::NetworkChanged });
    else if (!m_networkTimer.isActive())
        m_networkTimer.start(left);
}

void TwilsockChannelPrivate::abandonSocket()
{
    qDeleteAll(q->findChildren<Transport *>(Qt::FindDirectChildrenOnly)); // those that are hanging up
    if (!std::exchange(m_socket, nullptr))
        return;
    post({ .input = ChannelInput::SocketLost, .error = SyncError(u"the client went to another thread"_s) });
}

void TwilsockChannelPrivate::setHeld(bool held)
{
    m_isHeld = held;
    if (held)
        messageProgressed();
    if (m_socket)
        m_socket->setHeld(held);
}

void TwilsockChannelPrivate::send(const QByteArray &frame)
{
    if (!m_socket || m_socketGone)
        return;
    m_counters.bytesSent += frame.size();
    m_socket->send(frame);
}

// Noting the time of each frame is cheaper than restarting a timer for each.
void TwilsockChannelPrivate::checkSilence()
{
    const milliseconds left = m_lastHeard + options.watchdog - options.clock();
    if (left > milliseconds(0))
        m_watchdog.start(left);
    else
        post({ .input = ChannelInput::WatchdogFired });
}

// Silence alone says little: the service may talk to us without hearing us. A ping that is answered shows
// that both directions work; one whose answer is behind a message that is still arriving gets more time.
void TwilsockChannelPrivate::watchPath()
{
    switch (m_path) {
    case Path::Good:
        m_path = Path::Asked;
        m_pathTimer.start(options.pongTimeout);
        m_socket->ping();
        break;
    case Path::Asked:
        m_path = Path::Doubtful;
        m_pathTimer.start(std::min(grace, options.pongTimeout));
        break;
    case Path::Doubtful:
        post({ .input = ChannelInput::WatchdogFired,
               .error = SyncError(u"no answer to a ping within %1 ms"_s.arg(options.pongTimeout.count())) });
        break;
    }
}

void TwilsockChannelPrivate::ponged()
{
    m_lastHeard = options.clock();
    if (!isSessionUp(state))
        return;
    m_path = Path::Good;
    m_pathTimer.start(options.pingInterval);
}

void TwilsockChannelPrivate::messageProgressed()
{
    m_lastHeard = options.clock();
    m_requests.replyProgressed();
    if (!isSessionUp(state) || m_path == Path::Good)
        return;
    m_path = Path::Asked;
    m_pathTimer.start(options.pongTimeout);
}

} // namespace Twilio
