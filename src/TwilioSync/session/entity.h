#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/protocol/objectkind.h"
#include "TwilioSync/requests/requester.h"
#include "TwilioSync/store/observers.h"
#include "TwilioSync/store/rootstate.h"
#include "TwilioSync/subscriptions/subscriptionregistry.h"
#include "TwilioSync/writes/outbox.h"

#include <list>
#include <memory>
#include <vector>

namespace Twilio {

class ClientSession;
class CollectionStore;
class ObjectMirror;

/*!
    \brief A handle, as the remote object behind it sees it.
*/
class EntityObserver
{
public:
    //! Dates, revision, subscription or the number of pending writes may have changed.
    virtual void rootChanged() = 0;
    //! Of a list: its context has become known, or, if \a isEvent, somebody has changed it.
    virtual void contextChanged(bool isEvent) { Q_UNUSED(isEvent) }
    //! Once; the object is gone from the service.
    virtual void rootRemoved(bool isLocal) = 0;
    //! Writes to \a target, ItemKey() for the object itself, have come, gone or changed.
    virtual void writesChanged(const ItemKey &target) { Q_UNUSED(target) }
    //! True if it shows what writes will make before they are done.
    [[nodiscard]] virtual bool showsWrites() const { return false; }

protected:
    ~EntityObserver() = default;
};

/*!
    \brief One remote object as one client knows it, shared by all of that client's handles to it.

    Subscribed while a handle is attached. Outlives its handles as long as calls are under way; without its
   session it only answers that the client is gone. Its writes stand in its outbox.
*/
class Entity : public Subscriber, public std::enable_shared_from_this<Entity>, protected WriteHost
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
    //! Bytes of what is known of its contents.
    [[nodiscard]] virtual qsizetype memory() const { return 0; }
    [[nodiscard]] Outbox &outbox() { return m_outbox; }
    [[nodiscard]] const Outbox &outbox() const { return m_outbox; }
    [[nodiscard]] int pendingWrites() const { return m_outbox.count(); }

    //! The first observer subscribes, the last one unsubscribes.
    void attach(EntityObserver *observer);
    void detach(EntityObserver *observer);
    [[nodiscard]] bool isAttached() const { return !m_observers.isEmpty(); }

    //! One more, or one less, handle wants the order of calls to be that of their effects.
    void askForOrder(bool ask);
    //! Puts \a write, of which operation, item, value, ttl and owner are filled in, into the outbox.
    void write(Write write, Mutator mutator, Callback<WriteOutcome> done, const CancelToken &cancelled = {});

    //! A change that the service reports; \a isStrict if it may move the cursor in any state
    //! (protocol.md 8.1).
    virtual void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) = 0;
    //! What opening it gave: its first state, cursor included. Once more only while nobody is attached.
    virtual void adopt(const Protocol::RootResource &resource);
    //! What was kept of it in the cache; like adopt(), and it says so until it has caught up.
    virtual void restore(const CachedObject &kept);
    //! True while what is known is what was kept: the service has not been heard since.
    [[nodiscard]] bool isFromCache() const { return m_isFromCache; }
    //! Something that is to be kept may be different.
    void touchMirror();
    //! What is to be kept of it, but for its items.
    [[nodiscard]] virtual CachedRoot stateForCache() const;
    //! A later read of the object itself.
    virtual void refresh(const Protocol::RootResource &resource);
    //! Applies events that wait for the end of this turn of the event loop.
    virtual void flush() { }
    //! An event that came could not be read: the service is asked for it again.
    void missEvent();
    //! Tells observers, once, and lets go of the subscription.
    void markRemoved(bool isLocal);
    //! It is another identity's from now on: what is kept of writes comes back with the one before.
    void leave(const SyncError &why);
    //! The session is being destroyed.
    void sessionDestroyed();
    //! The service takes requests (again).
    void sessionUp() { m_outbox.pump(); }
    //! Nothing will be sent before the application acts.
    void sessionFailed(const SyncError &why)
    {
        if (!keepsWrites()) // those wait for another time
            m_outbox.failAll(why);
    }
    //! Puts \a writes, of a process before this one, into the outbox.
    void restoreWrites(std::vector<Write> writes);

    void subscriptionChanged(Sync::SubscriptionState state, const SyncError &error) override;
    void replayed(qint64 lastEventId) override;
    void objectGone() override;
    [[nodiscard]] std::optional<qint64> replayCursor() const override { return root().lastEventId; }
    [[nodiscard]] bool isRestored() const override { return m_isFromCache; }
    [[nodiscard]] bool isOfAnotherTime() const override;
    bool compare() override;
    [[nodiscard]] bool isComparing() const override { return m_comparison != nullptr; }

protected:
    // WriteHost; what depends on the kind of object is left to the classes below.
    [[nodiscard]] std::shared_ptr<void> keepAlive() override { return shared_from_this(); }
    [[nodiscard]] qint64 nextWriteId() override;
    [[nodiscard]] bool canSend() const override;
    [[nodiscard]] Following following() const override;
    [[nodiscard]] qint64 newestEvent() const override;
    [[nodiscard]] qint64 cursor() const override { return root().lastEventId; }
    void transmit(const Write &write, Callback<RestReply> done) override;
    [[nodiscard]] SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply) override;
    void confirmRemoval(const Write &write, const TargetState &before) override;
    [[nodiscard]] std::optional<TargetState> known(const Write &write) const override;
    void read(const Write &write, Callback<TargetState> done, const CancelToken &cancelled) override;
    [[nodiscard]] SyncError missing(const Write &write) const override;
    [[nodiscard]] SyncError explained(const Write &write, const SyncError &error) const override;
    void refused(const Write &write, const SyncError &error) override;
    void search(const Write &push, Callback<TargetState> done, const CancelToken &cancelled) override;
    [[nodiscard]] qint64 maximumAge() const override;
    [[nodiscard]] bool keep(const Write &write, const std::function<void()> &kept) override;
    [[nodiscard]] bool keepsWrites() const override;
    void failed(const Write &write, const SyncError &error) override;
    [[nodiscard]] bool makesAhead() const override;
    [[nodiscard]] bool asksAbout(const Write &write, const TargetState &theirs) override;
    void writeAdded(const Write &write) override;
    void writeChanged(const Write &write) override;
    void writeEnded(const Write &write) override;

    //! The service has said what it is: nothing is as it was kept.
    void noteRead();
    void tellChanged();
    void tellWrites(const ItemKey &target);
    //! Nothing is kept of it any more.
    void endMirror(bool isGone = false);
    //! What a mirror is to follow besides the root; null if there is nothing.
    [[nodiscard]] virtual CollectionStore *itemStore() { return nullptr; }
    void tellContext(bool isEvent);
    //! The first step of compare() is done: \a state is what the service says now. Ends with one of the
    //! next two.
    virtual void compareWith(const Protocol::RootResource &state) = 0;
    void endComparison();
    //! Calls \a act once all that was kept has been read; at once if it has.
    virtual void whenKeptIsRead(const std::function<void()> &act) { act(); }
    //! Nobody is interested in the rest any more.
    virtual void stopReadingKept() { }
    //! Begins it anew a while later.
    void repeatComparison(const SyncError &error);
    //! What has happened since \a writes were sent, as far as what was kept tells.
    virtual void noteKeptInTrail(const std::vector<Write> &writes) { Q_UNUSED(writes) }
    //! Asks for \a url; fails at once if the object or the client is gone.
    void get(const QByteArray &url, Callback<RestReply> done, const CancelToken &cancelled = {});
    //! Names the item of \a write as the service does, if that is known; why it cannot be written, if not so.
    [[nodiscard]] virtual SyncError prepare(Write &write) const
    {
        Q_UNUSED(write)
        return {};
    }
    //! Where a write goes.
    [[nodiscard]] virtual QByteArray urlOf(const Write &) const { return root().url; }
    //! The object itself as \a reply describes it.
    [[nodiscard]] SyncResult<Protocol::RootResource> stateOfReply(const SyncResult<RestReply> &reply) const;
    [[nodiscard]] Protocol::ReadLimits readLimits() const;
    [[nodiscard]] ClientSession *session() const { return m_session; }
    //! Whatever reply is still to come knows of all events up to this one.
    [[nodiscard]] qint64 answered() const
    {
        return m_requestedAt.empty() ? root().lastEventId : m_requestedAt.front();
    }

private:
    void readForComparison();
    //! What the service calls its storage in this session; empty = it has not said.
    [[nodiscard]] QByteArray storageNow() const;
    void leaveSession();
    //! Ends all with m_whyGone; whether they were done is not known of those that \a areKept.
    void failWrites(bool areKept);
    //! Why no call can be made: the object or the client is gone; null if both are there.
    [[nodiscard]] SyncError refusal() const;
    //! \a error, of a call on \a url, may say that the object is gone.
    void noticeRemoval(const QByteArray &url, const SyncError &error);
    //! Notes where the cursor is until \a done is called, and keeps this alive.
    [[nodiscard]] Callback<RestReply> whileAsking(Callback<RestReply> done);

    const ObjectKind m_kind;
    ClientSession *m_session;
    //! Among those the session knows of.
    std::list<Entity *>::iterator m_place;
    Observers<EntityObserver> m_observers;
    Sync::SubscriptionState m_subscription = Sync::SubscriptionState::Unsubscribed;
    SyncError m_subscriptionError;
    //! The cursor at the time of each request that has not been answered yet, ascending.
    std::vector<qint64> m_requestedAt;
    Outbox m_outbox;
    int m_askedForOrder = 0;
    bool m_isFromCache = false;
    //! Why there is no session any more, or not for long; writes that end stay on the disk, if they are
    //! there.
    SyncError m_whyGone;
    //! The service's storage that its events are of; empty = it has not been named.
    QByteArray m_storageId;
    //! From restore() until somebody attaches: nothing has changed since.
    bool m_isAsKept = false;
    //! Between compare() and endComparison(): how patiently. Nothing of it is to be kept meanwhile.
    std::unique_ptr<Patience> m_comparison;
    //! While it is attached, and there is a cache.
    std::unique_ptr<ObjectMirror> m_mirror;
    //! Set while there are writes.
    std::shared_ptr<Entity> m_selfWhileWriting;
};

using EntityPtr = std::shared_ptr<Entity>;

} // namespace Twilio
