#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/requests/requester.h"
#include "TwilioSync/session/pacer.h"
#include "TwilioSync/store/observers.h"
#include "TwilioSync/store/rootstate.h"
#include "TwilioSync/subscriptions/subscriptionregistry.h"

#include <memory>
#include <set>

namespace Twilio {

class ClientSession;

enum class ObjectKind : quint8 { Document, List, Map, Stream };

//! The protocol's word in subscriptions, e.g. "list".
[[nodiscard]] QByteArray objectTypeOf(ObjectKind kind);
//! The path of all objects of a kind, e.g. "/v3/Lists".
[[nodiscard]] QByteArray rootPathOf(ObjectKind kind);

/*!
    \brief A handle, as the remote object behind it sees it.
*/
class EntityObserver
{
public:
    //! Dates, revision, subscription or the number of pending writes may have changed.
    virtual void rootChanged() = 0;
    //! Once; the object is gone from the service.
    virtual void rootRemoved(bool isLocal) = 0;

protected:
    ~EntityObserver() = default;
};

/*!
    \brief One remote object as one client knows it, shared by all of that client's handles to it.

    Subscribed while a handle is attached. Outlives its handles as long as calls are under way; without its
   session it only answers that the client is gone.
*/
class Entity : public Subscriber, public std::enable_shared_from_this<Entity>
{
    Q_DISABLE_COPY_MOVE(Entity)

public:
    Entity(ObjectKind kind, ClientSession *session);
    ~Entity() override;

    [[nodiscard]] ObjectKind kind() const { return m_kind; }
    [[nodiscard]] virtual RootState &root() = 0;
    [[nodiscard]] const RootState &root() const { return const_cast<Entity *>(this)->root(); }
    [[nodiscard]] Sync::SubscriptionState subscriptionState() const { return m_subscription; }
    //! Why the subscription failed; null otherwise.
    [[nodiscard]] SyncError subscriptionError() const { return m_subscriptionError; }
    [[nodiscard]] int pendingWrites() const { return m_pendingWrites; }

    //! The first observer subscribes, the last one unsubscribes.
    void attach(EntityObserver *observer);
    void detach(EntityObserver *observer);

    void setTtl(qint64 seconds, Callback<Nothing> done);
    //! Deletes the object on the service.
    void removeObject(Callback<Nothing> done);

    //! A change that the service reports; \a isStrict if it may move the cursor in any state
    //! (protocol.md 8.1).
    virtual void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) = 0;
    //! What opening it gave: its first state, cursor included.
    virtual void adopt(const Protocol::RootResource &resource) { root().take(resource, true); }
    //! A later read of the object itself.
    virtual void refresh(const Protocol::RootResource &resource);
    //! Applies events that wait for the end of this turn of the event loop.
    virtual void flush() { }
    //! Tells observers, once, and lets go of the subscription.
    void markRemoved(bool isLocal);
    //! The session is being destroyed.
    void sessionGone();

    void subscriptionChanged(Sync::SubscriptionState state, const SyncError &error) override;
    void replayed(qint64 lastEventId) override;
    void objectGone() override;
    [[nodiscard]] std::optional<qint64> replayCursor() const override { return root().lastEventId; }

protected:
    void tellChanged();
    //! A reply of 404 that means the object itself: then it is gone.
    void noticeRemoval(const SyncError &error);
    //! Sends \a body to \a url; fails at once if the object or the client is gone.
    void request(const char *method, const QByteArray &url, const QByteArray &body, Requester::Repeat repeat,
                 Callback<RestReply> done, const QByteArray &ifMatch = {});
    //! As request(), at the object's own pace.
    void pacedRequest(const char *method, const QByteArray &url, const QByteArray &body,
                      Requester::Repeat repeat, Callback<RestReply> done);
    //! For the queues of writes: lets one start when the pace allows it.
    [[nodiscard]] std::function<void(std::function<void()>)> writeGate();
    //! \c {"data":…,"ttl":…}, either left out if there is none.
    [[nodiscard]] static QByteArray writeBody(const SyncValue *value, std::optional<qint64> ttl);
    //! The object itself as \a reply describes it.
    [[nodiscard]] static SyncResult<Protocol::RootResource> stateOfReply(const SyncResult<RestReply> &reply);
    //! Counts a write as pending until \a done is called.
    template <typename T>
    Callback<T> countWrite(Callback<T> done)
    {
        const auto self = shared_from_this(); // whoever is told may let go of this
        changePending(1);
        return [self, done = std::move(done)](SyncResult<T> result) {
            self->changePending(-1);
            done(std::move(result));
        };
    }
    [[nodiscard]] ClientSession *session() const { return m_session; }
    //! Whatever reply is still to come knows of all events up to this one.
    [[nodiscard]] qint64 answered() const
    {
        return m_requestedAt.empty() ? root().lastEventId : *m_requestedAt.begin();
    }

private:
    void changePending(int by);

    const ObjectKind m_kind;
    //! Waiting writes may outlive this object.
    const std::shared_ptr<Pacer> m_pacer = std::make_shared<Pacer>();
    ClientSession *m_session;
    Observers<EntityObserver> m_observers;
    Sync::SubscriptionState m_subscription = Sync::SubscriptionState::Unsubscribed;
    SyncError m_subscriptionError;
    int m_pendingWrites = 0;
    //! The cursor at the time of each request that has not been answered yet.
    std::multiset<qint64> m_requestedAt;
};

using EntityPtr = std::shared_ptr<Entity>;

} // namespace Twilio
