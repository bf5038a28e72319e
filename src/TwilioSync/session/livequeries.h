#pragma once

#include "TwilioSync/session/queryentity.h"
#include "TwilioSync/subscriptions/subscriptionregistry.h"

#include <QtCore/qhash.h>

#include <map>
#include <memory>
#include <vector>

namespace Twilio {

class LiveQueries;
struct ChannelNotification;

/*!
    \brief The one subscription of a query that the service calls by one id, however many of ours it is: it
   may see that two expressions, or two names of an index, are the same.
*/
class QueryLink final : public Subscriber, public std::enable_shared_from_this<QueryLink>
{
    Q_DISABLE_COPY_MOVE(QueryLink)

public:
    QueryLink(LiveQueries &queries, QByteArray id) : m_queries(queries), m_id(std::move(id)) { }
    ~QueryLink() override;

    [[nodiscard]] const QByteArray &id() const { return m_id; }
    //! The first one subscribes; the link ends with the last.
    void add(QueryEntity *entity);
    void remove(QueryEntity *entity);
    void take(const Protocol::QueryEvent &event, bool isStrict);
    void missEvent();

    [[nodiscard]] QByteArray requestMembers() const override;
    [[nodiscard]] std::optional<qint64> replayCursor() const override;
    void subscriptionChanged(Sync::SubscriptionState state, const SyncError &error) override;
    void replayed(qint64 lastEventId) override;
    void objectGone() override;

private:
    //! Calls \a tell with each that is there now.
    template <typename Tell>
    void each(Tell tell);

    LiveQueries &m_queries;
    const QByteArray m_id;
    std::vector<QueryEntity *> m_entities;
};

/*!
    \brief The queries of one client: what is followed, and where its events go.
*/
class LiveQueries
{
    Q_DISABLE_COPY_MOVE(LiveQueries)

public:
    explicit LiveQueries(ClientSession *session) : m_session(session) { }
    ~LiveQueries();

    //! The query that handles share, made now if there is none.
    [[nodiscard]] QueryPtr query(const QString &indexName, const QString &expression);
    //! Asks once. Never calls \a done from within.
    void search(const QString &indexName, const QString &expression, bool isLive,
                Callback<Protocol::QueryResult> done, const CancelToken &cancelled = {});
    //! True if \a notification was of live queries, and has been, or will be, taken.
    bool route(const ChannelNotification &notification);

    //! True while an answer is awaited that leads to a subscription.
    [[nodiscard]] bool areAsking() const;
    void connected();
    void disconnected();
    //! The session goes.
    void close();

    // For queries and links.
    [[nodiscard]] std::shared_ptr<QueryLink> link(const QByteArray &id);
    [[nodiscard]] SubscriptionRegistry &registry();
    void ended(const QueryLink *link);

private:
    class EventReading;
    using Name = std::pair<QString, QString>;

    void handle(const Protocol::QueryEvents &events);
    void missEvents(const ChannelNotification &notification, const SyncError &error);
    template <typename Do>
    void each(Do what);

    ClientSession *const m_session;
    std::map<Name, std::weak_ptr<QueryEntity>> m_queries;
    QHash<QByteArray, std::weak_ptr<QueryLink>> m_links;
    bool m_isConnected = false;
};

} // namespace Twilio
