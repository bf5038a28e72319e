#include "TwilioSync/session/livequeries.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/queryeventreader.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/largereading.h"

#include <QtCore/qpointer.h>

#include <algorithm>

namespace Twilio {

QueryLink::~QueryLink() { m_queries.ended(this); }

void QueryLink::add(QueryEntity *entity)
{
    m_entities.push_back(entity);
    if (m_entities.size() == 1)
        m_queries.registry().add(m_id, QByteArrayLiteral("live_query"), this);
    else
        m_queries.registry().renew(m_id); // it may be behind the others
}

void QueryLink::remove(QueryEntity *entity)
{
    std::erase(m_entities, entity);
    if (m_entities.empty())
        m_queries.registry().remove(m_id);
}

template <typename Tell>
void QueryLink::each(Tell tell)
{
    const auto self = shared_from_this();
    const std::vector<QueryEntity *> all = m_entities; // some leave while they are told
    for (QueryEntity *entity : all) {
        if (std::find(m_entities.begin(), m_entities.end(), entity) == m_entities.end())
            continue;
        const auto alive = entity->weak_from_this().lock();
        if (alive)
            tell(*alive);
    }
}

void QueryLink::take(const Protocol::QueryEvent &event, bool isStrict)
{
    each([&](QueryEntity &entity) { entity.take(event, isStrict); });
}

void QueryLink::missEvent()
{
    each([](QueryEntity &entity) { entity.askAgain(); });
}

QByteArray QueryLink::requestMembers() const
{
    const QueryEntity &any = *m_entities.front();
    return Protocol::querySubscription(any.indexName(), any.expression());
}

std::optional<qint64> QueryLink::replayCursor() const
{
    const auto first = std::min_element(
            m_entities.begin(), m_entities.end(),
            [](const QueryEntity *a, const QueryEntity *b) { return a->cursor() < b->cursor(); });
    return (*first)->cursor();
}

void QueryLink::subscriptionChanged(Sync::SubscriptionState state, const SyncError &error)
{
    each([&](QueryEntity &entity) { entity.subscriptionChanged(state, error); });
}

void QueryLink::replayed(qint64 lastEventId)
{
    each([&](QueryEntity &entity) { entity.replayed(lastEventId); });
}

void QueryLink::objectGone()
{
    each([](QueryEntity &entity) { entity.askAgain(); });
}

// Of one notification.
class LiveQueries::EventReading final : public Reading
{
public:
    EventReading(LiveQueries &queries, const ChannelNotification &notification)
        : m_queries(queries)
        , m_notification(notification)
        , m_reader(notification.payload, queries.m_session->readLimits())
    { }

    bool step() override
    {
        if (m_isDone)
            return false; // it runs an event loop
        const auto read = m_reader.next();
        m_isDone = errorOf(read) || !std::get<bool>(read);
        if (const auto *error = errorOf(read))
            m_queries.missEvents(m_notification, *error);
        else
            m_queries.handle(m_reader.take());
        return !m_isDone;
    }

private:
    LiveQueries &m_queries;
    const ChannelNotification m_notification;
    Protocol::QueryEventReader m_reader;
    bool m_isDone = false;
};

LiveQueries::~LiveQueries() { close(); }

template <typename Do>
void LiveQueries::each(Do what)
{
    std::vector<QueryPtr> all;
    for (auto it = m_queries.begin(); it != m_queries.end();) {
        if (QueryPtr alive = it->second.lock()) {
            all.push_back(std::move(alive));
            ++it;
        } else {
            it = m_queries.erase(it);
        }
    }
    for (const QueryPtr &query : all)
        what(*query);
}

QueryPtr LiveQueries::query(const QString &indexName, const QString &expression)
{
    std::erase_if(m_queries, [](const auto &known) { return known.second.expired(); });
    auto &known = m_queries[{ indexName, expression }];
    QueryPtr query = known.lock();
    if (!query)
        known = query = std::make_shared<QueryEntity>(m_session, indexName, expression);
    return query;
}

void LiveQueries::search(const QString &indexName, const QString &expression, bool isLive,
                         Callback<Protocol::QueryResult> done, const CancelToken &cancelled)
{
    RestRequest request { QByteArrayLiteral("POST"),
                          RestUrl::fromEncoded(m_session->restBase() + Protocol::queryPath(indexName)),
                          {},
                          Protocol::queryBody(expression, isLive) };
    // A query changes nothing.
    m_session->requests().send(
            std::move(request), Requester::Repeat::Safely,
            [isLive, limits = m_session->readLimits(), readings = QPointer(&m_session->readings()),
             done = std::move(done)](const SyncResult<RestReply> &reply) {
                if (const auto *error = errorOf(reply)) {
                    done(*error);
                    return;
                }
                const QByteArray &body = std::get<RestReply>(reply).body;
                if (body.size() < Protocol::LargeReader::large || !readings)
                    done(Protocol::parseQueryResult(body, isLive, limits));
                else
                    readings->add(std::make_shared<LargeReading<Protocol::QueryReader>>(done, body, isLive,
                                                                                        limits));
            },
            cancelled);
}

bool LiveQueries::route(const ChannelNotification &notification)
{
    if (m_links.isEmpty() || !Protocol::isOfQueries(notification.payload))
        return false;
    m_session->readings().add(std::make_shared<EventReading>(*this, notification));
    return true;
}

void LiveQueries::missEvents(const ChannelNotification &notification, const SyncError &error)
{
    qCWarning(lcStore) << "dropped a notification of" << notification.payload.size() << "bytes:" << error;
    const auto links = m_links.values(); // whose it was is not known
    for (const auto &weak : links)
        if (const auto link = weak.lock())
            link->missEvent();
}

void LiveQueries::handle(const Protocol::QueryEvents &events)
{
    for (const Protocol::QueryEvent &event : events.events)
        if (const auto link = m_links.value(event.id).lock())
            link->take(event, events.isStrict);
}

bool LiveQueries::areAsking() const
{
    return std::any_of(m_queries.cbegin(), m_queries.cend(), [](const auto &known) {
        const QueryPtr query = known.second.lock();
        return query && query->isAsking();
    });
}

void LiveQueries::connected()
{
    if (!std::exchange(m_isConnected, true))
        each([](QueryEntity &query) { query.connected(); });
}

void LiveQueries::disconnected()
{
    if (std::exchange(m_isConnected, false))
        each([](QueryEntity &query) { query.disconnected(); });
}

void LiveQueries::close()
{
    each([](QueryEntity &query) { query.sessionDestroyed(); });
    m_queries.clear();
}

std::shared_ptr<QueryLink> LiveQueries::link(const QByteArray &id)
{
    auto &known = m_links[id];
    auto link = known.lock();
    if (!link)
        known = link = std::make_shared<QueryLink>(*this, id);
    return link;
}

SubscriptionRegistry &LiveQueries::registry() { return m_session->registry(); }

void LiveQueries::ended(const QueryLink *link) { m_links.remove(link->id()); }

} // namespace Twilio
