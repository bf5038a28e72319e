#include "TwilioSync/transport/twilsockchannel_p.h"

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/clientmessage.h"
#include "TwilioSync/transport/clientmetadata.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>

namespace Twilio {

using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr auto name(ChannelState state)
{
    switch (state) {
    case ChannelState::Disconnected:
        return "Disconnected";
    case ChannelState::AwaitingToken:
        return "AwaitingToken";
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
        return "Failed";
    case ChannelState::Offline:
        break;
    }
    return "Offline";
}

// One of them is why the application hears of an error.
constexpr bool isTrouble(ChannelState state)
{
    return state == ChannelState::WaitAndReconnect || state == ChannelState::Denied
            || state == ChannelState::Failed;
}

Patience::Rule reconnecting(const TwilsockChannel::Options &options)
{
    return { .first = options.backoffInitial, .cap = options.backoffCap, .isFirstAtOnce = true };
}

} // namespace

TwilsockChannelPrivate::TwilsockChannelPrivate(TwilsockChannel *channel, TransportFactory factory)
    : q(channel)
    , transportFactory(std::move(factory))
    , m_backoff(reconnecting(options))
    , m_shortSessions(reconnecting(options))
    , m_idPrefix("TM"
                 + QByteArray::number(QRandomGenerator::system()->generate64(), 16).rightJustified(16, '0'))
{
    m_stateTimer.setSingleShot(true);
    m_watchdog.setSingleShot(true);
    m_updateTimer.setSingleShot(true);
    m_pathTimer.setSingleShot(true);
    m_networkTimer.setSingleShot(true);
    m_requests.setTimeouts(options.queueTimeout, options.requestTimeout);
    QObject::connect(&m_stateTimer, &QTimer::timeout, q,
                     [this] { post({ .input = ChannelInput::TimerFired }); });
    QObject::connect(&m_watchdog, &QTimer::timeout, q, [this] { checkSilence(); });
    QObject::connect(&m_updateTimer, &QTimer::timeout, q, [this] { updateTimedOut(); });
    QObject::connect(&m_pathTimer, &QTimer::timeout, q, [this] { watchPath(); });
    QObject::connect(&m_networkTimer, &QTimer::timeout, q, [this] { networkChanged(); });
    QObject::connect(&m_requests, &RequestQueue::timedOut, q,
                     [this](const std::vector<RequestQueue::Ended> &ended) {
                         for (const auto &[done, result] : ended)
                             settleSoon<RestReply>(done, result);
                     });
}

void TwilsockChannelPrivate::setOptions(const TwilsockChannel::Options &newOptions)
{
    const bool otherEndpoint = options.url != newOptions.url
            || options.allowInsecure != newOptions.allowInsecure
            || options.sslConfiguration != newOptions.sslConfiguration;
    if (options.backoffInitial != newOptions.backoffInitial || options.backoffCap != newOptions.backoffCap
        || options.seed != newOptions.seed)
        m_backoff = m_shortSessions = Patience(reconnecting(newOptions), newOptions.seed);
    options = newOptions;
    m_requests.setClock(options.clock);
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
    if (!request.url.isValid()) {
        settleSoon<RestReply>(std::move(done),
                              SyncError(u"request: expected an absolute URL, got '%1'"_s.arg(
                                                QString::fromUtf8(request.url.text())),
                                        0, 0, true));
    } else if (isClosed()) {
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
    settleSoon<RestReply>(std::move(*done), cancelledError());
    return true;
}

void TwilsockChannelPrivate::destroy()
{
    state = ChannelState::Disconnected;
    m_events.clear();
    m_announcements.clear();
    m_socket.reset();
    m_stateTimer.stop();
    m_watchdog.stop();
    m_pathTimer.stop();
    m_networkTimer.stop();
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
    if (m_moving)
        return; // finish that move first
    m_moving = true;
    while (!m_events.empty()) {
        const ChannelEvent next = std::move(m_events.front());
        m_events.pop_front();
        if (const auto to = nextState(state, next.input))
            moveTo(*to, next);
        else if (next.input == ChannelInput::Close && state != ChannelState::Disconnecting)
            completeClose(); // nothing to close, or (Failed) nothing that a close would change
    }
    m_moving = false;
    if (m_announcing)
        announceSoon(); // a slot of ours called, which may be about to run an event loop
    else
        announce();
}

void TwilsockChannelPrivate::moveTo(ChannelState to, const ChannelEvent &event)
{
    const ChannelState from = state;
    qCInfo(lcChannel) << name(from) << "->" << name(to);
    leave(to);
    state = to;
    enter(from, event);
    noteAnnouncements(from, event);
}

ChannelCounters TwilsockChannelPrivate::counters() const
{
    ChannelCounters now = m_counters;
    if (state == ChannelState::Throttling)
        now.throttled += options.clock() - m_throttledSince;
    return now;
}

void TwilsockChannelPrivate::leave(ChannelState to)
{
    m_stateTimer.stop();
    if (isSessionUp(state) && !isSessionUp(to)) {
        m_watchdog.stop();
        m_pathTimer.stop();
        noteSessionEnd();
    }
    if (state == ChannelState::Throttling) {
        m_requests.setPaused(false);
        if (to != ChannelState::Throttling)
            m_counters.throttled += options.clock() - m_throttledSince;
    }
    if (state == ChannelState::Disconnecting)
        completeClose();
}

void TwilsockChannelPrivate::enter(ChannelState from, const ChannelEvent &event)
{
    m_waitsForToken = state == ChannelState::Denied && event.tokenExpired && m_expectsToken;
    if (isTerminal(state)) {
        if (from != ChannelState::Disconnecting)
            m_whyTerminal = event.error.isNull() ? ownError(from, event.input) : event.error;
        failRequests(m_requests.takeInFlight(), connectionLostError());
        if (!m_waitsForToken)
            failRequests(m_requests.takeAll(), unableToConnect());
    }
    switch (state) {
    case ChannelState::AwaitingToken:
        dropSocket(false);
        break;
    case ChannelState::Connecting:
        dropSocket(false);
        openSocket();
        break;
    case ChannelState::Initializing:
        m_connectTime = options.clock() - m_lastAttempt;
        m_searchUntil = milliseconds(0);
        m_initNumber = ++m_lastNumber;
        m_stateTimer.start(options.initTimeout);
        send(Protocol::encodeInit(idOf(m_initNumber),
                                  { token, m_continuationToken,
                                    options.metadata.isEmpty() ? clientMetadata() : options.metadata }));
        break;
    case ChannelState::Connected:
        if (!isSessionUp(from)) {
            m_sessionBegin = options.clock();
            ++m_counters.sessions;
            m_backoff.progressed();
            m_isWaitNamed = false;
            m_watchdog.start(options.watchdog);
            m_path = Path::Good;
            m_pathTimer.start(options.pingInterval);
        }
        sendTokenUpdates();
        sendQueued();
        break;
    case ChannelState::Throttling:
        if (from != ChannelState::Throttling) {
            m_pausedUntil = milliseconds(0);
            m_throttledSince = options.clock();
        }
        m_requests.setPaused(true);
        pause(event.policy);
        break;
    case ChannelState::WaitAndReconnect:
        dropSocket(event.sayGoodbye);
        failRequests(m_requests.takeInFlight(), connectionLostError());
        keepTokens(event);
        if (event.input == ChannelInput::WatchdogFired)
            m_searchUntil = options.clock() + options.searchTime;
        else if (event.input != ChannelInput::TimerFired)
            m_searchUntil = milliseconds(0); // somebody is there
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
        m_backoff.progressed();
        completeClose();
        break;
    case ChannelState::Denied:
        dropSocket(event.sayGoodbye);
        m_backoff.progressed();
        keepTokens(event);
        break;
    case ChannelState::Failed:
        dropSocket(event.sayGoodbye);
        dropTokenUpdates(unableToConnect());
        break;
    case ChannelState::Offline:
        dropSocket(event.sayGoodbye);
        failRequests(m_requests.takeInFlight(), connectionLostError());
        m_backoff.progressed();
        m_searchUntil = milliseconds(0);
        keepTokens(event);
        break;
    }
}

void TwilsockChannelPrivate::noteAnnouncements(ChannelState from, const ChannelEvent &event)
{
    const ChannelState to = state;
    if (isTrouble(to)) {
        SyncError error = event.error.isNull() ? ownError(from, event.input) : event.error;
        if (error.status() != 0) // what the service says: the official SDK's wording (J8)
            error = SyncError(u"Connection error: "_s + error.message(), error.status(), error.code(),
                              error.isTerminal());
        qCInfo(lcChannel) << error;
        m_announcements.emplace_back([this, error] { Q_EMIT q->errorOccurred(error); });
    }
    if (from != to)
        m_announcements.emplace_back([this, to] { Q_EMIT q->stateChanged(to); });
    if (event.tokenExpired)
        m_announcements.emplace_back([this] { Q_EMIT q->tokenExpired(); });
}

// Each signal may be the one whose slot deletes us, or runs an event loop, which the others must not wait
// for.
void TwilsockChannelPrivate::announce()
{
    m_announceScheduled = false;
    const QPointer<TwilsockChannel> guard(q);
    const bool outer = std::exchange(m_announcing, true);
    while (!m_announcements.empty()) {
        const auto tell = std::move(m_announcements.front());
        m_announcements.pop_front();
        announceSoon();
        tell();
        if (!guard)
            return;
    }
    m_announcing = outer;
}

void TwilsockChannelPrivate::announceSoon()
{
    if (!m_announcements.empty() && !std::exchange(m_announceScheduled, true))
        QMetaObject::invokeMethod(
                q, [this] { announce(); }, Qt::QueuedConnection);
}

void TwilsockChannelPrivate::sendQueued()
{
    bool hasSent = false;
    while (state == ChannelState::Connected && m_socket && m_socket->takesMore()) {
        const auto sendable = m_requests.takeSendable();
        if (!sendable)
            break;
        qCDebug(lcChannel) << "request" << sendable->number << sendable->request.method
                           << sendable->request.url.pathUpTo(4) // what follows is a key
                           << sendable->request.body.size() << "bytes";
        send(Protocol::encodeMessage(idOf(sendable->number), sendable->request));
        hasSent = true;
    }
    if (hasSent && m_socket)
        m_socket->flush();
}

// protocol.md 5.6: a 429 names a range to pick from, a 308 a minimum.
void TwilsockChannelPrivate::waitAndReconnect(ChannelInput input, const Protocol::BackoffPolicy &policy)
{
    milliseconds wait;
    m_isWaitNamed = m_isWaitNamed || input == ChannelInput::TooManyRequests || policy.min;
    if (input == ChannelInput::TooManyRequests) {
        wait = m_backoff.next(policy.min.value_or(options.throttleMin),
                              policy.max.value_or(options.throttleMax));
    } else if (input == ChannelInput::TimerFired && isSearching()) {
        wait = options.searchWait;
    } else {
        if (policy.min)
            m_backoff.setMinimum(*policy.min);
        wait = m_backoff.next();
    }
    wait = std::max(wait, std::exchange(m_shortSessionWait, milliseconds(0)));
    qCInfo(lcChannel) << "reconnecting in" << wait.count() << "ms";
    m_stateTimer.start(wait);
}

// A path that has died comes back at some moment; an attempt from before does not notice.
milliseconds TwilsockChannelPrivate::attemptTime() const
{
    return isSearching()
            ? std::min(std::max(options.searchAttempt, 4 * m_connectTime), options.connectTimeout)
            : options.connectTimeout;
}

void TwilsockChannelPrivate::pause(const Protocol::BackoffPolicy &policy)
{
    const milliseconds wait = m_throttling.next(policy.min.value_or(options.throttleMin),
                                                policy.max.value_or(options.throttleMax));
    const milliseconds now = options.clock();
    m_pausedUntil = std::max(m_pausedUntil, now + wait);
    m_stateTimer.start(m_pausedUntil - now);
}

void TwilsockChannelPrivate::noteSessionEnd()
{
    if (options.clock() - m_sessionBegin < options.backoffInitial)
        m_shortSessionWait = m_shortSessions.next();
    else
        m_shortSessions.progressed();
}

void TwilsockChannelPrivate::failRequests(std::vector<RequestQueue::Done> callbacks, const SyncError &error)
{
    for (auto &done : callbacks)
        settleSoon<RestReply>(std::move(done), error);
}

// What no message and no socket said.
SyncError TwilsockChannelPrivate::ownError(ChannelState from, ChannelInput input) const
{
    if (input == ChannelInput::Close)
        return SyncError(u"the client was shut down"_s);
    if (input == ChannelInput::WatchdogFired)
        return SyncError(u"nothing heard from the service for %1 ms"_s.arg(options.watchdog.count()));
    if (input == ChannelInput::TimerFired && from == ChannelState::Connecting)
        return SyncError(u"no connection within %1 ms"_s.arg(attemptTime().count()));
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
    scheduleDue();
}

void TwilsockChannelPrivate::scheduleDue()
{
    if (!m_due.empty() && !std::exchange(m_runScheduled, true))
        QMetaObject::invokeMethod(
                q, [this] { runDue(); }, Qt::QueuedConnection);
}

// A callback may delete the channel, which calls the others, or run an event loop, which calls them as well.
void TwilsockChannelPrivate::runDue()
{
    m_runScheduled = false;
    const QPointer<TwilsockChannel> guard(q);
    for (std::size_t left = m_due.size(); guard && left > 0 && !m_due.empty(); --left) {
        const auto callback = std::move(m_due.front());
        m_due.pop_front();
        scheduleDue();
        callback();
    }
}

} // namespace Twilio
