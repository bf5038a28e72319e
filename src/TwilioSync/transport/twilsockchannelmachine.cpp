#include "TwilioSync/transport/twilsockchannel_p.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/clientmessage.h"
#include "TwilioSync/transport/clientmetadata.h"
#include "TwilioSync/transport/endpoint.h"
#include "TwilioSync/transport/websockettransport.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>

#include <tuple>

namespace Twilio {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr auto name(ChannelState state)
{
    switch (state) {
    case ChannelState::Disconnected:
        return "Disconnected";
    case ChannelState::Connecting:
        return "Connecting";
    case ChannelState::Initializing:
        return "Initializing";
    case ChannelState::Connected:
        return "Connected";
    case ChannelState::Throttling:
        return "Throttling";
    case ChannelState::WaitAndReconnect:
        return "WaitAndReconnect";
    case ChannelState::Disconnecting:
        return "Disconnecting";
    case ChannelState::Denied:
        return "Denied";
    case ChannelState::Failed:
        break;
    }
    return "Failed";
}

// One of them is why the application hears of an error.
constexpr bool isTrouble(ChannelState state)
{
    return state == ChannelState::WaitAndReconnect || state == ChannelState::Denied
            || state == ChannelState::Failed;
}

} // namespace

TwilsockChannelPrivate::TwilsockChannelPrivate(TwilsockChannel *channel, TransportFactory factory)
    : q(channel)
    , transportFactory(std::move(factory))
    , m_backoff(options.backoffInitial, options.backoffCap)
    , m_idPrefix("TM"
                 + QByteArray::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, '0'))
{
    m_stateTimer.setSingleShot(true);
    m_watchdog.setSingleShot(true);
    m_updateTimer.setSingleShot(true);
    m_requests.setTimeouts(options.queueTimeout, options.requestTimeout);
    QObject::connect(&m_stateTimer, &QTimer::timeout, q,
                     [this] { post({ .input = ChannelInput::TimerFired }); });
    QObject::connect(&m_watchdog, &QTimer::timeout, q, [this] { checkSilence(); });
    QObject::connect(&m_updateTimer, &QTimer::timeout, q, [this] { updateTimedOut(); });
    QObject::connect(&m_requests, &RequestTable::timedOut, q,
                     [](const std::vector<RequestTable::Ended> &ended) {
                         for (const auto &[done, result] : ended)
                             done(result);
                     });
}

void TwilsockChannelPrivate::setOptions(const TwilsockChannel::Options &newOptions)
{
    const bool otherEndpoint =
            options.url != newOptions.url || options.allowInsecure != newOptions.allowInsecure;
    if (options.backoffInitial != newOptions.backoffInitial || options.backoffCap != newOptions.backoffCap
        || options.seed != newOptions.seed)
        m_backoff = Backoff(newOptions.backoffInitial, newOptions.backoffCap, newOptions.seed);
    options = newOptions;
    m_requests.setTimeouts(options.queueTimeout, options.requestTimeout);
    if (otherEndpoint)
        post({ .input = ChannelInput::NewEndpoint });
}

void TwilsockChannelPrivate::close(Callback<Nothing> done)
{
    if (done)
        m_closeCallbacks.push_back(std::move(done));
    post({ .input = ChannelInput::Close });
}

void TwilsockChannelPrivate::completeClose()
{
    for (auto &callback : std::exchange(m_closeCallbacks, {}))
        settleSoon<Nothing>(std::move(callback), Nothing());
}

quint64 TwilsockChannelPrivate::request(const RestRequest &request, Callback<RestReply> done)
{
    const quint64 number = ++m_lastNumber;
    if (!request.url.isValid() || request.url.host().isEmpty()) {
        settleSoon<RestReply>(
                std::move(done),
                SyncError(u"request: expected an absolute URL, got '%1'"_s.arg(request.url.toString())));
    } else if (isTerminal(state)) {
        settleSoon<RestReply>(std::move(done), unableToConnect());
    } else {
        m_requests.add(
                number, request, done ? std::move(done) : [](const SyncResult<RestReply> &) {});
        sendQueued();
    }
    return number;
}

bool TwilsockChannelPrivate::cancel(quint64 number)
{
    auto done = m_requests.take(number);
    if (!done)
        return false;
    settleSoon<RestReply>(std::move(*done), SyncError(u"cancelled"_s));
    return true;
}

void TwilsockChannelPrivate::destroy()
{
    state = ChannelState::Disconnected;
    m_events.clear();
    m_socket.reset();
    m_stateTimer.stop();
    m_watchdog.stop();
    failRequests(m_requests.takeAll(), clientDestroyedError());
    dropTokenUpdates(clientDestroyedError());
    for (auto &callback : std::exchange(m_closeCallbacks, {}))
        settleSoon<Nothing>(std::move(callback), clientDestroyedError());
    while (!m_due.empty()) // a callback may ask for something that fails in turn
        runDue();
}

void TwilsockChannelPrivate::post(ChannelEvent event)
{
    m_events.push_back(std::move(event));
    if (m_dispatching)
        return; // a slot of ours called: finish that transition first
    m_dispatching = true;
    const QPointer<TwilsockChannel> guard(q);
    while (!m_events.empty()) {
        const ChannelEvent next = std::move(m_events.front());
        m_events.pop_front();
        if (const auto to = nextState(state, next.input)) {
            moveTo(*to, next);
            if (!guard)
                return;
        } else if (next.input == ChannelInput::Close && state != ChannelState::Disconnecting) {
            completeClose(); // nothing to close, or (Failed) nothing that a close would change
        }
    }
    m_dispatching = false;
}

void TwilsockChannelPrivate::moveTo(ChannelState to, const ChannelEvent &event)
{
    const ChannelState from = state;
    qCInfo(lcChannel) << name(from) << "->" << name(to);
    leave(to);
    state = to;
    enter(from, event);
    announce(from, event);
}

void TwilsockChannelPrivate::leave(ChannelState to)
{
    m_stateTimer.stop();
    if (isSessionUp(state) && !isSessionUp(to)) {
        m_watchdog.stop();
        noteSessionEnd();
    }
    if (state == ChannelState::Disconnecting)
        completeClose();
}

void TwilsockChannelPrivate::enter(ChannelState from, const ChannelEvent &event)
{
    if (isTerminal(state)) {
        m_whyTerminal = event.error.isNull() ? ownError(from, event.input) : event.error;
        failRequests(m_requests.takeInFlight(), connectionLostError());
        failRequests(m_requests.takeAll(), unableToConnect());
    }
    switch (state) {
    case ChannelState::Connecting:
        dropSocket(false);
        openSocket();
        break;
    case ChannelState::Initializing:
        m_initNumber = ++m_lastNumber;
        m_stateTimer.start(options.initTimeout);
        send(Protocol::encodeInit(idOf(m_initNumber),
                                  { token, m_continuationToken,
                                    options.metadata.isEmpty() ? clientMetadata() : options.metadata }));
        break;
    case ChannelState::Connected:
        if (!isSessionUp(from)) {
            m_sessionAge.start();
            m_backoff.reset();
            m_watchdog.start(options.watchdog);
        }
        sendTokenUpdates();
        sendQueued();
        break;
    case ChannelState::Throttling:
        if (from != ChannelState::Throttling)
            m_pausedUntil = QDeadlineTimer();
        pause(event.policy);
        break;
    case ChannelState::WaitAndReconnect:
        dropSocket(event.sayGoodbye);
        failRequests(m_requests.takeInFlight(), connectionLostError());
        keepTokens(event);
        waitAndReconnect(event.input, event.policy);
        break;
    case ChannelState::Disconnecting:
        dropTokenUpdates(unableToConnect());
        send(Protocol::encodeClose(idOf(++m_lastNumber)));
        m_stateTimer.start(options.closeTimeout);
        m_socket->close();
        break;
    case ChannelState::Disconnected:
        dropSocket(false);
        dropTokenUpdates(unableToConnect());
        m_backoff.reset();
        completeClose();
        break;
    case ChannelState::Denied:
        dropSocket(event.sayGoodbye);
        m_backoff.reset();
        keepTokens(event);
        break;
    case ChannelState::Failed:
        dropSocket(event.sayGoodbye);
        dropTokenUpdates(unableToConnect());
        break;
    }
}

// Each signal may be the one whose slot deletes us.
void TwilsockChannelPrivate::announce(ChannelState from, const ChannelEvent &event)
{
    const ChannelState to = state;
    const QPointer<TwilsockChannel> channel(q);
    if (isTrouble(to)) {
        SyncError error = event.error.isNull() ? ownError(from, event.input) : event.error;
        if (error.status() != 0) // what the service says: the official SDK's wording (J8)
            error = SyncError(u"Connection error: "_s + error.message(), error.status(), error.code(),
                              error.isTerminal());
        qCInfo(lcChannel) << error;
        Q_EMIT channel->errorOccurred(error);
    }
    if (channel && from != to)
        Q_EMIT channel->stateChanged(to);
    if (channel && connectionStateOf(from) != connectionStateOf(to))
        Q_EMIT channel->connectionStateChanged(connectionStateOf(to));
    if (channel && event.tokenExpired)
        Q_EMIT channel->tokenExpired();
}

void TwilsockChannelPrivate::openSocket()
{
    if (const SyncError problem = endpointProblem(options.url, options.allowInsecure); !problem.isNull()) {
        post({ .input = ChannelInput::Unusable, .error = problem });
        return;
    }
    m_socket = transportFactory ? transportFactory() : std::make_unique<WebSocketTransport>();
    m_socketGone = false;
    QObject::connect(m_socket.get(), &Transport::opened, q,
                     [this] { post({ .input = ChannelInput::SocketUp }); });
    QObject::connect(m_socket.get(), &Transport::messageReceived, q,
                     [this](const QByteArray &frame) { handleFrame(frame); });
    QObject::connect(m_socket.get(), &Transport::closed, q, [this](const SyncError &error) {
        m_socketGone = true;
        post({ .input = error.isTerminal() ? ChannelInput::Unusable : ChannelInput::SocketLost,
               .error = error });
    });
    m_stateTimer.start(options.connectTimeout);
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
    if (std::exchange(m_socketGone, false)) {
        old->deleteLater();
        return;
    }
    QObject::connect(old, &Transport::closed, old, &QObject::deleteLater);
    QTimer::singleShot(options.closeTimeout, old, &QObject::deleteLater);
    old->close();
}

void TwilsockChannelPrivate::send(const QByteArray &frame)
{
    if (m_socket && !m_socketGone)
        m_socket->send(frame);
}

void TwilsockChannelPrivate::sendQueued()
{
    while (state == ChannelState::Connected) {
        const auto sendable = m_requests.takeSendable();
        if (!sendable)
            return;
        qCDebug(lcChannel) << "request" << sendable->number << sendable->request.method
                           << sendable->request.url.path() << sendable->request.body.size() << "bytes";
        send(Protocol::encodeMessage(idOf(sendable->number), sendable->request));
    }
}

// protocol.md 5.6: a 429 names a range to pick from, a 308 a minimum.
void TwilsockChannelPrivate::waitAndReconnect(ChannelInput input, const Protocol::BackoffPolicy &policy)
{
    milliseconds wait;
    if (input == ChannelInput::TooManyRequests) {
        wait = m_backoff.next(policy.min.value_or(options.throttleMin),
                              policy.max.value_or(options.throttleMax));
    } else {
        if (policy.min)
            m_backoff.setMinimum(*policy.min);
        wait = m_backoff.next();
    }
    qCInfo(lcChannel) << "reconnecting in" << wait.count() << "ms";
    m_stateTimer.start(wait);
}

void TwilsockChannelPrivate::pause(const Protocol::BackoffPolicy &policy)
{
    const milliseconds wait = m_backoff.between(policy.min.value_or(options.throttleMin),
                                                policy.max.value_or(options.throttleMax));
    const milliseconds longest =
            std::max(wait, std::chrono::ceil<milliseconds>(m_pausedUntil.remainingTimeAsDuration()));
    m_pausedUntil = QDeadlineTimer(longest);
    m_stateTimer.start(longest);
}

// Noting the time of each frame is cheaper than restarting a timer for each.
void TwilsockChannelPrivate::checkSilence()
{
    const milliseconds left = options.watchdog - milliseconds(m_lastHeard.elapsed());
    if (left > milliseconds(0))
        m_watchdog.start(left);
    else
        post({ .input = ChannelInput::WatchdogFired });
}

// A gateway that accepts and drops us again and again must not be asked at full speed: from the second such
// time on the immediate first attempt is skipped.
void TwilsockChannelPrivate::noteSessionEnd()
{
    const bool isShort = milliseconds(m_sessionAge.elapsed()) < options.backoffInitial;
    if (isShort && m_lastSessionShort)
        std::ignore = m_backoff.next();
    m_lastSessionShort = isShort;
}

void TwilsockChannelPrivate::failRequests(std::vector<RequestTable::Done> callbacks, const SyncError &error)
{
    for (auto &done : callbacks)
        settleSoon<RestReply>(std::move(done), error);
}

// What no message and no socket said.
SyncError TwilsockChannelPrivate::ownError(ChannelState from, ChannelInput input) const
{
    if (input == ChannelInput::WatchdogFired)
        return SyncError(u"nothing heard from the service for %1 ms"_s.arg(options.watchdog.count()));
    if (input == ChannelInput::TimerFired && from == ChannelState::Connecting)
        return SyncError(u"no connection within %1 ms"_s.arg(options.connectTimeout.count()));
    if (input == ChannelInput::TimerFired && from == ChannelState::Initializing)
        return SyncError(u"no reply to init within %1 ms"_s.arg(options.initTimeout.count()));
    return SyncError(connectionLostError().message());
}

SyncError TwilsockChannelPrivate::unableToConnect() const
{
    const SyncError &why = m_whyTerminal.isNull() ? connectionLostError() : m_whyTerminal;
    return SyncError(u"Unable to connect: "_s + why.message(), why.status(), why.code(), true);
}

void TwilsockChannelPrivate::runSoon(std::function<void()> callback)
{
    m_due.push_back(std::move(callback));
    if (!std::exchange(m_runScheduled, true))
        QMetaObject::invokeMethod(
                q, [this] { runDue(); }, Qt::QueuedConnection);
}

void TwilsockChannelPrivate::runDue()
{
    m_runScheduled = false;
    const auto due =
            std::exchange(m_due, {}); // ours: every one is called even if one of them deletes the channel
    for (const auto &callback : due)
        callback();
}

} // namespace Twilio
