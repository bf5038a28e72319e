#include "TwilioSync/subscriptions/subscriptionregistry.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/protocol/restresources.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qpointer.h>

#include <algorithm>
#include <iterator>
#include <span>

namespace Twilio {
namespace {

using namespace std::chrono_literals;

// What a reply without estimated_delivery_in_ms is taken to promise.
constexpr auto defaultDelivery = 5000ms;
// Of repeated replays that bring nothing; the first repetition has no wait.
constexpr auto replayDelay = 250ms;

// True for a refusal that may mean the cursor: not who asks, nor how often, nor that the service is ill.
bool mayBeOfCursor(int status)
{
    return status >= 400 && status < 500 && status != 401 && status != 403 && status != 429;
}

RoundPacer::Rule paceOf(const SubscriptionRegistry::Options &options)
{
    return { .gathering = options.gathering,
             .patience = { .first = options.gathering, .cap = options.retryCap } };
}

} // namespace

SubscriptionRegistry::SubscriptionRegistry(Send send, Options options, QObject *parent)
    : QObject(parent)
    , m_send(std::move(send))
    , m_options(options)
    , m_pacer(paceOf(options), this)
    , m_batchSize(options.batchSize)
{
    m_ttlTimer.setSingleShot(true);
    connect(&m_pacer, &RoundPacer::due, this, &SubscriptionRegistry::run);
    connect(&m_ttlTimer, &QTimer::timeout, this, [this] {
        m_ttlExpired = true;
        m_pacer.hurry();
        wantAll();
    });
}

SubscriptionRegistry::~SubscriptionRegistry() = default;

void SubscriptionRegistry::setOptions(const Options &options)
{
    m_options = options;
    m_pacer.setRule(paceOf(options));
}

void SubscriptionRegistry::add(const QByteArray &sid, const QByteArray &objectType, Subscriber *subscriber)
{
    std::erase_if(m_leaving, [&](const Leaving &leaving) { return leaving.sid == sid; });
    Entry &entry = m_entries[sid];
    entry = Entry { .replays = Patience({ .first = std::min<Milliseconds>(replayDelay, m_options.retryCap),
                                          .cap = m_options.retryCap,
                                          .isFirstAtOnce = true }) };
    entry.objectType = objectType;
    entry.subscriber = subscriber;
    changed();
    setStep(entry, Step::Wanted);
}

void SubscriptionRegistry::remove(const QByteArray &sid)
{
    const auto found = m_entries.constFind(sid);
    if (found == m_entries.cend())
        return;
    if (m_connected && (found->step == Step::Requested || found->step == Step::Established)) {
        m_leaving.push_back({ sid, found->objectType });
        changed();
    }
    m_entries.erase(found);
    lookWhetherCaughtUp();
}

void SubscriptionRegistry::renew(const QByteArray &sid)
{
    const auto found = m_entries.find(sid);
    if (found == m_entries.end() || (found->step != Step::Requested && found->step != Step::Established))
        return; // it is asked for anyway, or was refused
    changed();
    setStep(*found, Step::Wanted);
}

void SubscriptionRegistry::connected()
{
    if (std::exchange(m_connected, true))
        return;
    ++m_connection;
    m_catchingUp = true;
    lookWhetherCaughtUp();
    m_pacer.progressed();
    m_leaving.clear();
    m_pacer.hurry(); // all of it is known: there is nothing to wait for
    wantAll();
}

void SubscriptionRegistry::disconnected()
{
    if (!m_connected)
        return;
    m_connected = false;
    m_catchingUp = false;
    lookWhetherCaughtUp();
    m_pacer.stop();
    m_ttlTimer.stop();
    m_leaving.clear();
    wantAll();
}

template <typename Sids, typename Handle>
void SubscriptionRegistry::each(const Sids &sids, Handle handle)
{
    const QPointer guard(this);
    for (const QByteArray &sid : sids) {
        if (!guard)
            return;
        if (const auto found = m_entries.find(sid); found != m_entries.end())
            handle(sid, *found);
    }
}

void SubscriptionRegistry::retryRefused()
{
    changed();
    each(m_entries.keys(), [this](const QByteArray &, Entry &entry) {
        if (entry.step == Step::Refused || entry.step == Step::Revoked)
            setStep(entry, Step::Wanted);
    });
}

void SubscriptionRegistry::wantAll()
{
    for (Entry &entry : m_entries) {
        entry.attempts = 0;
        entry.correlationId = 0;
        entry.pause = 0;
        entry.comparedAt = std::nullopt;
        entry.step = Step::Wanted;
    }
    each(m_entries.keys(), [this](const QByteArray &, Entry &entry) {
        if (entry.step == Step::Wanted) // who was told before may have brought a connection, and so a request
            setStep(entry, Step::Wanted);
    });
}

bool SubscriptionRegistry::compares(Entry &entry)
{
    const auto cursor = entry.subscriber->replayCursor();
    if (!cursor || cursor == std::exchange(entry.comparedAt, cursor))
        return entry.subscriber->isComparing();
    return entry.subscriber->compare();
}

void SubscriptionRegistry::lookWhetherCaughtUp()
{
    if ((m_connected && !m_catchingUp) || std::exchange(m_looks, true))
        return;
    QMetaObject::invokeMethod(
            this,
            [this] {
                m_looks = false;
                if (m_connected && m_catchingUp) {
                    m_catchingUp = m_awaits()
                            || std::any_of(m_entries.cbegin(), m_entries.cend(), [](const Entry &entry) {
                                       return entry.step == Step::Wanted || entry.step == Step::Requested
                                               || entry.subscriber->isComparing();
                                   });
                }
                Q_EMIT caughtUpChanged();
            },
            Qt::QueuedConnection);
}

// Who is told may end the session, and this with it: the last thing a function does, or guarded.
void SubscriptionRegistry::setStep(Entry &entry, Step step, const SyncError &error)
{
    entry.step = step;
    if (step != Step::Wanted && step != Step::Requested)
        lookWhetherCaughtUp();
    Subscriber *const subscriber = entry.subscriber; // being told, it may leave, and the entry with it
    switch (step) {
    case Step::Wanted:
        subscriber->subscriptionChanged(Sync::SubscriptionState::Pending, {});
        break;
    case Step::Requested:
        subscriber->subscriptionChanged(Sync::SubscriptionState::Subscribing, {});
        break;
    case Step::Established:
        subscriber->subscriptionChanged(Sync::SubscriptionState::Established, {});
        break;
    case Step::Refused:
        subscriber->subscriptionChanged(Sync::SubscriptionState::SubscriptionFailed, error);
        break;
    case Step::Revoked:
        subscriber->subscriptionChanged(Sync::SubscriptionState::Unsubscribed, {});
        break;
    }
}

void SubscriptionRegistry::changed()
{
    if (m_connected)
        m_pacer.changed();
}

void SubscriptionRegistry::pause(std::vector<QByteArray> sids, Milliseconds delay)
{
    if (delay <= 0ms) {
        m_pacer.hurry();
        return;
    }
    const quint64 number = ++m_lastPause;
    for (const QByteArray &sid : sids) {
        if (const auto entry = m_entries.find(sid); entry != m_entries.end())
            entry->pause = number;
    }
    QTimer::singleShot(delay, this, [this, number, sids = std::move(sids)] {
        for (const QByteArray &sid : sids) {
            const auto entry = m_entries.find(sid);
            if (entry == m_entries.end() || entry->pause != number)
                continue; // of another connection
            entry->pause = 0;
            m_pacer.hurry();
        }
    });
}

qint64 SubscriptionRegistry::nextCorrelationId()
{
    m_lastCorrelationId = std::max(m_lastCorrelationId + 1, QDateTime::currentMSecsSinceEpoch());
    return m_lastCorrelationId;
}

void SubscriptionRegistry::run()
{
    if (!m_connected)
        return;
    m_pacer.beginRound();
    const auto batchSize = std::size_t(std::max(1, m_batchSize));
    const std::vector<Leaving> leaving = std::exchange(m_leaving, {});
    for (std::size_t at = 0; at < leaving.size(); at += batchSize) {
        const auto end = std::min(leaving.size(), at + batchSize);
        cancel({ leaving.begin() + std::ptrdiff_t(at), leaving.begin() + std::ptrdiff_t(end) });
    }

    // First requests and repeated ones apart, as retried_requests speaks of a whole request.
    std::vector<QByteArray> fresh;
    std::vector<QByteArray> repeated;
    for (auto it = m_entries.cbegin(); it != m_entries.cend(); ++it) {
        if (it->step == Step::Wanted && it->pause == 0)
            (it->attempts > 0 ? repeated : fresh).push_back(it.key());
    }
    const QPointer guard(this);
    for (auto *sids : { &fresh, &repeated }) {
        std::sort(sids->begin(), sids->end());
        for (std::size_t at = 0; guard && at < sids->size(); at += batchSize) {
            const auto end = std::min(sids->size(), at + batchSize);
            establish({ sids->begin() + std::ptrdiff_t(at), sids->begin() + std::ptrdiff_t(end) },
                      sids == &repeated);
        }
    }
}

void SubscriptionRegistry::establish(const std::vector<QByteArray> &sids, bool isRetry)
{
    const qint64 correlationId = nextCorrelationId();
    QByteArray requests;
    std::size_t count = 0;
    const QPointer guard(this);
    each(sids, [&](const QByteArray &sid, Entry &entry) {
        if (entry.step != Step::Wanted)
            return;
        const auto cursor = entry.subscriber->replayCursor();
        requests += (count > 0 ? "," : "") + QByteArray("{\"object_sid\":") + Protocol::quoteJson(sid)
                + ",\"object_type\":\"" + entry.objectType
                + "\",\"last_event_id\":" + (cursor ? QByteArray::number(*cursor) : QByteArray("null"))
                + entry.subscriber->requestMembers() + '}';
        ++count;
        entry.correlationId = correlationId;
        entry.askedAfter = cursor;
        setStep(entry, Step::Requested);
    });
    if (!guard || count == 0)
        return;
    const QByteArray body =
            QByteArray("{\"event_protocol_version\":4,\"action\":\"establish\",\"correlation_id\":")
            + QByteArray::number(correlationId)
            + ",\"retried_requests\":" + QByteArray::number(isRetry ? qint64(count) : 0) + ",\"ttl_in_s\":-1"
            + (m_ttlExpired ? ",\"reason\":\"ttl\"" : "") + ",\"requests\":[" + requests + "]}";
    m_ttlExpired = false;
    qCInfo(lcSubscription) << "asking for" << count << "subscriptions, correlation id" << correlationId;
    const Request request { correlationId, m_pacer.round() };
    m_pacer.sent(correlationId);
    m_send(body, [self = QPointer(this), request](const SyncResult<RestReply> &reply) {
        if (self)
            self->replied(request, reply);
    });
}

void SubscriptionRegistry::cancel(const std::vector<Leaving> &batch)
{
    QByteArray requests;
    for (const Leaving &leaving : batch) {
        requests += (requests.isEmpty() ? "" : ",") + QByteArray("{\"object_sid\":")
                + Protocol::quoteJson(leaving.sid) + ",\"object_type\":\"" + leaving.objectType + "\"}";
    }
    const Request request { nextCorrelationId(), m_pacer.round() };
    const QByteArray body =
            QByteArray("{\"event_protocol_version\":4,\"action\":\"cancel\",\"correlation_id\":")
            + QByteArray::number(request.correlationId)
            + ",\"retried_requests\":0,\"ttl_in_s\":-1,\"requests\":[" + requests + "]}";
    m_pacer.sent(request.correlationId);
    m_send(body, [self = QPointer(this), batch, request](const SyncResult<RestReply> &reply) {
        if (self)
            self->canceled(batch, request, reply);
    });
}

// What is wanted again meanwhile must not be cancelled any more. Other failures are not worth a repetition:
// the session's end cancels as well.
void SubscriptionRegistry::canceled(const std::vector<Leaving> &batch, const Request &request,
                                    const SyncResult<RestReply> &reply)
{
    m_pacer.answered(request.correlationId, !errorOf(reply));
    if (!m_connected || verdictOf(reply) != ReplyVerdict::Throttled)
        return;
    const auto again = [this, batch, connection = m_connection] {
        if (connection != m_connection || !m_connected)
            return;
        std::copy_if(batch.begin(), batch.end(), std::back_inserter(m_leaving),
                     [this](const Leaving &leaving) { return !m_entries.contains(leaving.sid); });
        if (!m_leaving.empty())
            m_pacer.hurry();
    };
    QTimer::singleShot(m_pacer.delayAfter(request.round), this, again);
}

void SubscriptionRegistry::replied(const Request &request, const SyncResult<RestReply> &reply)
{
    m_pacer.answered(request.correlationId, !errorOf(reply));
    if (!m_connected)
        return;
    if (const auto *error = errorOf(reply)) {
        qCWarning(lcSubscription) << "subscription request failed:" << *error;
        if (verdictOf(reply) == ReplyVerdict::Refused && error->status() < 500)
            refuse(request, *error);
        else
            wantAgain(request, *error);
        return;
    }
    Milliseconds delivery = defaultDelivery;
    const auto parsed = Protocol::parseSubscriptionTerms(std::get<RestReply>(reply).body);
    if (const auto *terms = std::get_if<Protocol::SubscriptionTerms>(&parsed)) {
        if (terms->maxBatchSize.value_or(0) > 0)
            m_batchSize = int(std::min<qint64>(*terms->maxBatchSize, 10'000));
        if (terms->estimatedDeliveryMs.value_or(0) > 0)
            delivery = Milliseconds(std::min<qint64>(*terms->estimatedDeliveryMs, 600'000));
        if (terms->ttlSeconds.value_or(0) > 0 && !m_ttlTimer.isActive())
            m_ttlTimer.start(std::chrono::seconds(std::min<qint64>(*terms->ttlSeconds, 1'000'000)));
    }
    SyncError missing(QStringLiteral("the service gave no outcome of the subscription"));
    if (const auto *unreadable = errorOf(parsed))
        missing = *unreadable;
    QTimer::singleShot(delivery, this, [this, request, missing] { checkDelivery(request, missing); });
}

void SubscriptionRegistry::checkDelivery(const Request &request, const SyncError &missing)
{
    const bool isMissing = std::any_of(m_entries.cbegin(), m_entries.cend(), [&](const Entry &entry) {
        return entry.step == Step::Requested && entry.correlationId == request.correlationId;
    });
    if (!isMissing)
        return;
    qCWarning(lcSubscription) << "no outcome for correlation id" << request.correlationId
                              << "in time, asking again";
    wantAgain(request, missing);
}

void SubscriptionRegistry::wantAgain(const Request &request, const SyncError &error)
{
    // A service that is down for a while comes back; one that answers and does nothing may not.
    const bool isDown = error.status() != 0;
    std::vector<QByteArray> wanted;
    std::vector<QByteArray> given;
    for (auto it = m_entries.begin(); it != m_entries.end(); ++it) {
        if (it->step == Step::Requested && it->correlationId == request.correlationId)
            (++it->attempts >= m_options.tries && !isDown ? given : wanted).push_back(it.key());
    }
    pause(wanted, m_pacer.delayAfter(request.round));
    const QPointer guard(this);
    const auto tell = [&](const std::vector<QByteArray> &sids, Step step, const SyncError &why) {
        each(sids, [&](const QByteArray &, Entry &entry) {
            if (entry.step == Step::Requested && entry.correlationId == request.correlationId)
                setStep(entry, step, why);
        });
    };
    tell(wanted, Step::Wanted, {});
    if (guard)
        tell(given, Step::Refused, error);
}

void SubscriptionRegistry::refuse(const Request &request, const SyncError &error)
{
    each(m_entries.keys(), [this, &request, &error](const QByteArray &, Entry &entry) {
        if (entry.step == Step::Requested && entry.correlationId == request.correlationId)
            setStep(entry, Step::Refused, error);
    });
}

bool SubscriptionRegistry::isLatest(QByteArrayView sid, qint64 correlationId) const
{
    const auto entry = m_entries.constFind(QByteArray::fromRawData(sid.data(), sid.size()));
    return entry != m_entries.cend() && entry->correlationId == correlationId;
}

void SubscriptionRegistry::outcome(Protocol::EventType type, const Protocol::Event &event,
                                   std::optional<qint64> correlationId)
{
    const auto found = m_entries.find(event.sid.toByteArray());
    if (found == m_entries.end())
        return;
    Entry &entry = *found;
    if (type == Protocol::EventType::SubscriptionCanceled) {
        // With an id it answers a cancel of ours, and the entry is a newer wish for the same object.
        if (!correlationId && entry.step != Step::Wanted)
            setStep(entry, Step::Revoked);
        return;
    }
    if (entry.step != Step::Requested || correlationId != entry.correlationId)
        return; // late: another request has taken its place
    entry.attempts = 0;
    m_pacer.progressed();
    if (type == Protocol::EventType::SubscriptionFailed) {
        const SyncError error(QString::fromUtf8(event.errorMessage), event.errorStatus, event.errorCode);
        qCWarning(lcSubscription) << "subscription to" << event.sid << "failed:" << error;
        Subscriber *const subscriber = entry.subscriber;
        if (event.errorStatus == 404) {
            subscriber->objectGone();
        } else if (subscriber->isRestored() && mayBeOfCursor(event.errorStatus) && compares(entry)) {
            pause({ found.key() }, entry.replays.next());
            setStep(entry, Step::Wanted);
        } else {
            setStep(entry, Step::Refused, error);
        }
        return;
    }
    const auto cursor = entry.subscriber->replayCursor();
    if (event.replayInterrupted) {
        if (cursor != std::exchange(entry.interruptedAt, cursor))
            entry.replays.progressed();
        else if (compares(entry))
            qCInfo(lcSubscription) << "the replay for" << event.sid << "is stuck: comparing";
        pause({ found.key() }, entry.replays.next());
        setStep(entry, Step::Wanted);
        return;
    }
    entry.replays.progressed();
    const bool isBehind = event.lastEventId && *event.lastEventId < entry.askedAfter.value_or(-1);
    if (((isBehind && entry.subscriber->isRestored()) || entry.subscriber->isOfAnotherTime())
        && compares(entry))
        qCInfo(lcSubscription) << "the service knows another history of" << event.sid << ": comparing";
    const QPointer guard(this);
    if (event.lastEventId)
        entry.subscriber->replayed(*event.lastEventId);
    if (!guard)
        return;
    // What was replayed may have been told in a slot's event loop, and another connection come with it.
    const auto still = m_entries.find(event.sid.toByteArray());
    if (still != m_entries.end() && still->step == Step::Requested && still->correlationId == *correlationId)
        setStep(*still, Step::Established);
}

} // namespace Twilio
