#include "TwilioSync/session/queryentity.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/livequeries.h"

#include <QtCore/qtimer.h>

namespace Twilio {
namespace {

// Another try may end otherwise.
bool isOfTheMoment(const SyncError &error)
{
    const ReplyVerdict verdict = verdictOf(error);
    return verdict == ReplyVerdict::Throttled || verdict == ReplyVerdict::NotSent
            || verdict == ReplyVerdict::MaybeApplied || error.status() >= 500;
}

} // namespace

QueryEntity::QueryEntity(ClientSession *session, QString indexName, QString expression)
    : m_session(session)
    , m_indexName(std::move(indexName))
    , m_expression(std::move(expression))
{ }

QueryEntity::~QueryEntity() { unlink(); }

void QueryEntity::attach(QueryObserver *observer)
{
    const bool isFirst = m_observers.isEmpty();
    m_observers.add(observer);
    if (isFirst)
        ask();
}

void QueryEntity::detach(QueryObserver *observer)
{
    const auto self = shared_from_this();
    m_observers.remove(observer);
    if (!m_observers.isEmpty())
        return;
    if (m_asking)
        m_asking->request_stop();
    endAsking();
    unlink();
    // Without a subscription it grows old: who comes next asks anew.
    m_result = {};
    m_state = State::Asking;
    m_error = {};
    m_wasReady = false;
}

void QueryEntity::retry()
{
    if (m_state == State::Failed || !m_error.isNull())
        ask();
}

void QueryEntity::ask()
{
    if (!m_session || m_asking || m_observers.isEmpty())
        return;
    if (m_state == State::Failed) {
        m_state = State::Asking;
        m_error = {};
        tell();
    }
    ++m_try;
    m_asking.emplace();
    m_session->queries().search(
            m_indexName, m_expression, true,
            [self = weak_from_this(),
             token = m_asking->get_token()](const SyncResult<Protocol::QueryResult> &result) {
                const auto alive = self.lock();
                if (alive && !token.stop_requested())
                    alive->answered(result);
            },
            m_asking->get_token());
}

void QueryEntity::askLater()
{
    if (!m_session)
        return;
    QTimer::singleShot(m_patience.next(), m_session, [self = weak_from_this(), number = ++m_try] {
        if (const auto alive = self.lock(); alive && alive->m_try == number)
            alive->ask();
    });
}

void QueryEntity::askAgain()
{
    unlink();
    ask();
}

void QueryEntity::answered(const SyncResult<Protocol::QueryResult> &result)
{
    const auto self = shared_from_this();
    endAsking();
    if (const auto *error = errorOf(result)) {
        failed(*error);
        return;
    }
    const auto &found = std::get<Protocol::QueryResult>(result);
    const bool isOfAnother = found.id != m_id;
    if (isOfAnother)
        unlink();
    m_id = found.id;
    m_lastEventId = found.lastEventId;
    m_state = State::Ready;
    m_error = {};
    const auto changes = m_result.replace(found.items, isOfAnother);
    const bool isEvent = std::exchange(m_wasReady, true);
    if (!m_link && m_session && !m_observers.isEmpty()) {
        m_link = m_session->queries().link(m_id);
        m_link->add(this);
    }
    tell();
    tellResult(changes, isEvent);
}

// Whoever waits for all that is wanted looks a turn later: what comes of the answer is wanted by then.
void QueryEntity::endAsking()
{
    m_asking.reset();
    if (m_session)
        m_session->registry().settled();
}

void QueryEntity::failed(const SyncError &error)
{
    m_error = error;
    if (isOfTheMoment(error)) {
        askLater(); // what is known stays
        tell();
        return;
    }
    qCInfo(lcSubscription) << "query of" << m_indexName << "failed:" << error;
    m_state = State::Failed;
    m_wasReady = false;
    unlink();
    tell();
    tellResult(m_result.replace({}, true), false);
}

void QueryEntity::disconnected()
{
    if (m_link)
        unlink();
    tell();
}

void QueryEntity::sessionDestroyed()
{
    unlink();
    m_session = nullptr;
}

void QueryEntity::unlink()
{
    m_subscription = Sync::SubscriptionState::Unsubscribed;
    if (const auto link = std::exchange(m_link, nullptr))
        link->remove(this);
}

void QueryEntity::take(const Protocol::QueryEvent &event, bool isStrict)
{
    const auto self = shared_from_this();
    using Type = Protocol::QueryEvent::Type;
    std::vector<ResultChange> changes;
    if (event.type == Type::Replaced) {
        changes = m_result.replace(event.items, false);
    } else if (event.type == Type::ItemUpdated || event.type == Type::ItemRemoved) {
        if (auto change = m_result.apply(event.items.front()))
            changes.push_back(std::move(*change));
    }
    // As with objects: what came out of order moves the cursor once the subscription is established.
    if (isStrict || m_subscription == Sync::SubscriptionState::Established)
        m_lastEventId = std::max(m_lastEventId, event.lastEventId.value_or(-1));
    tellResult(changes, true);
}

void QueryEntity::replayed(qint64 lastEventId) { m_lastEventId = std::max(m_lastEventId, lastEventId); }

void QueryEntity::subscriptionChanged(Sync::SubscriptionState state, const SyncError &error)
{
    const auto self = shared_from_this();
    if (state == Sync::SubscriptionState::SubscriptionFailed) {
        // The index may be gone, or the query too old: asking tells.
        unlink();
        m_subscription = state;
        m_error = error;
        askLater();
    } else {
        m_subscription = state;
        if (state == Sync::SubscriptionState::Established)
            m_patience.progressed();
    }
    tell();
}

void QueryEntity::tell()
{
    m_observers.each([](QueryObserver &observer) { observer.queryChanged(); });
}

void QueryEntity::tellResult(const std::vector<ResultChange> &changes, bool isEvent)
{
    if (!changes.empty())
        m_observers.each([&](QueryObserver &observer) { observer.resultChanged(changes, isEvent); });
}

} // namespace Twilio
