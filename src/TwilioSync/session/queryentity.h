#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/syncnamespace.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/queries.h"
#include "TwilioSync/store/observers.h"
#include "TwilioSync/store/resultstore.h"

#include <memory>
#include <stop_token>

namespace Twilio {

class ClientSession;
class QueryLink;

/*!
    \brief A handle of a live query, as the query sees it.
*/
class QueryObserver
{
public:
    //! Status, error, id or subscription may have changed.
    virtual void queryChanged() = 0;
    //! The result has changed already. \a isEvent is false for the first one.
    virtual void resultChanged(const std::vector<ResultChange> &changes, bool isEvent) = 0;

protected:
    ~QueryObserver() = default;
};

/*!
    \brief One live query as one client knows it, shared by all of that client's handles to it.

    Made when a handle attaches, and again with each session: what differs then comes as changes like any
    other. What the service refuses for the moment is asked again after a while. protocol.md, 7.8.
*/
class QueryEntity : public std::enable_shared_from_this<QueryEntity>
{
    Q_DISABLE_COPY_MOVE(QueryEntity)

public:
    enum class State : quint8 { Asking, Ready, Failed };

    QueryEntity(ClientSession *session, QString indexName, QString expression);
    ~QueryEntity();

    [[nodiscard]] const QString &indexName() const { return m_indexName; }
    [[nodiscard]] const QString &expression() const { return m_expression; }
    [[nodiscard]] State state() const { return m_state; }
    //! Why state() is Failed, or what came back last while it is asked again; null otherwise.
    [[nodiscard]] SyncError error() const { return m_error; }
    [[nodiscard]] Sync::SubscriptionState subscriptionState() const { return m_subscription; }
    //! As the service calls it; empty while unknown.
    [[nodiscard]] const QByteArray &id() const { return m_id; }
    [[nodiscard]] const ResultStore &result() const { return m_result; }

    //! The first observer asks, the last one ends it.
    void attach(QueryObserver *observer);
    void detach(QueryObserver *observer);
    //! Asks again what has failed, or waits for another try.
    void retry();

    // For the session.
    [[nodiscard]] bool isAsking() const { return m_asking.has_value(); }
    void connected() { ask(); }
    void disconnected();
    void sessionDestroyed();

    // For its link.
    void take(const Protocol::QueryEvent &event, bool isStrict);
    void subscriptionChanged(Sync::SubscriptionState state, const SyncError &error);
    void replayed(qint64 lastEventId);
    //! The service has forgotten it, or an event could not be read.
    void askAgain();
    [[nodiscard]] qint64 cursor() const { return m_lastEventId; }

private:
    void ask();
    void askLater();
    void endAsking();
    void answered(const SyncResult<Protocol::QueryResult> &result);
    void failed(const SyncError &error);
    void tell();
    void tellResult(const std::vector<ResultChange> &changes, bool isEvent);
    void unlink();

    ClientSession *m_session;
    const QString m_indexName;
    const QString m_expression;
    ResultStore m_result;
    Observers<QueryObserver> m_observers;
    State m_state = State::Asking;
    SyncError m_error;
    Sync::SubscriptionState m_subscription = Sync::SubscriptionState::Unsubscribed;
    QByteArray m_id;
    qint64 m_lastEventId = -1;
    std::shared_ptr<QueryLink> m_link;
    Patience m_patience { { .cap = std::chrono::minutes(1) } };
    //! Set while an answer is awaited.
    std::optional<std::stop_source> m_asking;
    bool m_wasReady = false;
    //! Of the try that is waited for.
    quint64 m_try = 0;
};

using QueryPtr = std::shared_ptr<QueryEntity>;

} // namespace Twilio
