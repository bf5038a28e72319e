#pragma once

#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/requests/requester.h"
#include "TwilioSync/session/diskcache.h"
#include "TwilioSync/session/entity.h"
#include "TwilioSync/session/entitycache.h"
#include "TwilioSync/session/eventrouter.h"
#include "TwilioSync/session/livequeries.h"
#include "TwilioSync/session/objectlookups.h"
#include "TwilioSync/subscriptions/subscriptionregistry.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qobject.h>

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>

namespace Twilio {

//! How an object is to be opened (protocol.md 10.1).
enum class OpenWay : quint8 { OpenOrCreate, OpenExisting, CreateNew };

struct OpenRequest
{
    ObjectKind kind = ObjectKind::List;
    OpenWay way = OpenWay::OpenOrCreate;
    //! SID or unique name; empty only with CreateNew.
    QString id;
    std::optional<qint64> ttl;
    //! Initial contents of a created document.
    SyncValue value;
    //! What the cache has of it is good enough to begin with.
    bool mayBeCached = true;
    //! Of that, the items from this end on come first.
    Qt::SortOrder order = Qt::AscendingOrder;
};

/*!
    \brief What one client is made of: the channel, the requests on it, the subscriptions, and the objects it
   knows.
*/
class ClientSession : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ClientSession)

public:
    explicit ClientSession(QObject *parent = nullptr);
    ~ClientSession() override;

    //! All that the application is told goes through it.
    [[nodiscard]] Notifier &notifier() { return m_notifier; }
    [[nodiscard]] TwilsockChannel &channel() { return m_channel; }
    [[nodiscard]] Requester &requests() { return m_requests; }
    [[nodiscard]] SubscriptionRegistry &registry() { return m_registry; }
    [[nodiscard]] EntityCache &cache() { return m_cache; }
    [[nodiscard]] DiskCache &diskCache() { return m_diskCache; }
    [[nodiscard]] ObjectLookups &lookups() { return m_lookups; }
    [[nodiscard]] LiveQueries &queries() { return m_queries; }
    [[nodiscard]] int pendingWrites() const { return m_pendingWrites; }
    // For metrics.
    [[nodiscard]] qint64 eventsReceived() const { return m_router.events(); }
    [[nodiscard]] qint64 retries() const { return m_requests.retries() + m_writeRetries; }
    //! Requests that have not been sent yet, or wait to be sent again.
    [[nodiscard]] int queuedRequests() const { return m_requests.waiting() + m_channel.queuedRequests(); }
    [[nodiscard]] int objects() const { return int(m_living.size()); }
    [[nodiscard]] qint64 storeMemory() const;
    //! In the order of the calls.
    [[nodiscard]] std::vector<Write> writes() const;
    //! False if there is none with this number; see Outbox::cancel().
    bool cancelWrite(qint64 id);
    void cancelWrites(const QByteArray &objectSid);

    //! Every entity there is, oldest first, those that are only kept by a call under way as well.
    using Living = std::list<Entity *>;
    [[nodiscard]] const Living &living() const { return m_living; }
    //! What is large, and is to be read in turns of the event loop.
    [[nodiscard]] ReadingQueue &readings() { return m_readings; }

    //! For all outboxes, those of objects that are opened later as well.
    void setWriteOptions(const Outbox::Options &options);
    [[nodiscard]] const Outbox::Options &writeOptions() const { return m_writeOptions; }

    //! For all that is read from now on.
    void setReadLimits(const Protocol::ReadLimits &limits) { m_readLimits = limits; }
    [[nodiscard]] const Protocol::ReadLimits &readLimits() const { return m_readLimits; }

    //! CollectionStore::mostUnseen of what is opened from now on.
    void setMostUnseen(qsizetype items) { m_mostUnseen = items; }
    [[nodiscard]] std::optional<qsizetype> mostUnseen() const { return m_mostUnseen; }

    //! True if nothing will be sent before the application acts; whyClosed() is the error of calls then.
    [[nodiscard]] bool isClosed() const;
    [[nodiscard]] SyncError whyClosed() const { return m_channel.whyClosed(); }
    //! As TwilsockChannel::setExpectingToken(), for all calls.
    void setExpectingToken(bool on);

    //! "https://cds.us1.twilio.com" and the like, without a path.
    void setRestBase(const QByteArray &base) { m_restBase = base; }
    [[nodiscard]] QByteArray restBase() const { return m_restBase; }

    //! Writes at a time (SyncLimits::pendingWrites); one more fails with tooManyWrites().
    void setWriteLimit(int limit) { m_writeLimit = limit; }
    [[nodiscard]] SyncError tooManyWrites() const;
    //! How long a write may wait before it is sent, milliseconds; 0 = for ever.
    [[nodiscard]] qint64 maximumWriteAge() const { return m_maximumWriteAge; }
    void setMaximumWriteAge(qint64 milliseconds);
    [[nodiscard]] bool pacesWrites() const { return m_pacesWrites; }
    void setPacesWrites(bool paces) { m_pacesWrites = paces; }
    //! True for addresses of Twilio itself.
    [[nodiscard]] bool isRealService() const;

    //! Gives the shared object; asks the service unless it is known. Never from within the call.
    void open(const OpenRequest &request, Callback<EntityPtr> done, const CancelToken &cancelled = {});

    //! The token is another identity's: nothing that is known, asked for or to be written is its.
    void changeIdentity();
    //! Counts the identities.
    [[nodiscard]] quint64 identity() const { return m_identity; }

    //! The client is being destroyed: handles and objects let go.
    void close();

    // For entities.
    [[nodiscard]] Living::iterator enlist(Entity *entity) { return m_living.insert(m_living.end(), entity); }
    void delist(Living::iterator place) { m_living.erase(place); }
    [[nodiscard]] qint64 nextWriteId() { return ++m_lastWriteId; }
    //! Calls \a done, perhaps from within, once all writes have ended whose calls have been made by now.
    void waitForWrites(Callback<Nothing> done);
    // For WritePlace.
    [[nodiscard]] qint64 reserveWrite();
    void releaseWrite(qint64 id);
    void countRetry() { ++m_writeRetries; }
    void writeFailed(const Write &write, const SyncError &error) { Q_EMIT writeHasFailed(write, error); }
    //! False if nobody wants to be asked.
    [[nodiscard]] bool askAboutConflict(const Write &write, const TargetState &theirs);
    //! \a asks says whether somebody wants to be asked now.
    void setAsksAboutConflicts(std::function<bool()> asks) { m_asksAboutConflicts = std::move(asks); }
    [[nodiscard]] bool hasConflict(qint64 id) const;
    //! As Outbox::resolve().
    [[nodiscard]] bool resolveConflict(qint64 id, const std::optional<QByteArray> &value);
    void writeAdded(const Write &write);
    void writeChanged(const Write &write) { Q_EMIT writeUpdated(write); }
    void writeEnded(const Write &write);
    //! Has \a entity followed until its writes have ended.
    void followWrites(const EntityPtr &entity);

Q_SIGNALS:
    void pendingWritesChanged();
    //! For lists of writes, from within calls and answers.
    void writeAppended(const Twilio::Write &write);
    void writeUpdated(const Twilio::Write &write);
    void writeRemoved(const Twilio::Write &write);
    //! It will not be done, and nobody has taken it back.
    void writeHasFailed(const Twilio::Write &write, const Twilio::SyncError &error);
    //! What it was made of is \a theirs by now; it waits for the application.
    void conflictFound(const Twilio::Write &write, const Twilio::TargetState &theirs);
    //! For handles: to let go, and to open anew.
    void identityChanging();
    //! For handles: the client goes away now.
    void closing();

private:
    //! From the cache, if it has it.
    void openCached(const OpenRequest &request, const Callback<EntityPtr> &done,
                    const CancelToken &cancelled);
    void openRestored(const OpenRequest &request, const std::optional<CachedObject> &kept,
                      const Callback<EntityPtr> &done, const CancelToken &cancelled);
    //! As read(), for what the cache does not have: fails while there is no connection.
    void readIfConnected(const OpenRequest &request, Callback<EntityPtr> done, const CancelToken &cancelled);
    //! As read(), until it turns out that the cache has it, or, if it \a needsConnection, that there is none.
    void readUnknown(const OpenRequest &request, Callback<EntityPtr> done, const CancelToken &cancelled,
                     bool needsConnection);
    void connectionMissing();
    //! A file has been opened: what is being read may be in it.
    void cacheOpened();
    //! Writes of processes before this one.
    void restoreWrites(const KeptOutbox &kept);
    void restoreWrites(const KeptWrites &kept);
    void dropIdleKeepers();
    void read(const OpenRequest &request, int round, Callback<EntityPtr> done, const CancelToken &cancelled);
    void create(const OpenRequest &request, int round, Callback<EntityPtr> done,
                const CancelToken &cancelled);
    [[nodiscard]] SyncResult<EntityPtr> adopt(const OpenRequest &request, const RestReply &reply, bool isNew);
    //! What was opened, to all who wait for it.
    void handOut(const SyncResult<EntityPtr> &opened, const Callback<EntityPtr> &done);
    [[nodiscard]] EntityPtr makeEntity(ObjectKind kind);
    //! Calls \a act, or if another identity has come by then, \a done with that.
    template <typename Act>
    [[nodiscard]] auto ofIdentity(Callback<EntityPtr> done, Act act)
    {
        return [this, done = std::move(done), act = std::move(act),
                identity = m_identity](const auto &...come) {
            if (identity == m_identity)
                act(come...);
            else
                done(identityChangedError());
        };
    }
    template <typename Do>
    void eachLiving(Do what);
    //! One write more, or less, whose number is \a id, for those who wait for it.
    void countForWaiting(qint64 id, int change);

    // The last to go: what the others end with is told all the same.
    Notifier m_notifier { this };
    // Requests that end with the next ones call these.
    ObjectLookups m_lookups { this };
    //! Who reads what may come from the cache yet, or does not want to wait for a connection.
    struct Unknown
    {
        quint64 number;
        OpenRequest request;
        Callback<EntityPtr> done;
        CancelToken cancelled;
        std::stop_source reading;
        bool needsConnection;

        void fail(const SyncError &error)
        {
            reading.request_stop();
            done(error);
        }
    };
    [[nodiscard]] std::optional<Unknown> takeUnknown(quint64 number);
    std::vector<Unknown> m_unknown;
    quint64 m_lastUnknown = 0;
    TwilsockChannel m_channel;
    Requester m_requests;
    SubscriptionRegistry m_registry;
    DiskCache m_diskCache { this };
    QByteArray m_restBase;
    EntityCache m_cache;
    Living m_living;
    ReadingQueue m_readings { &m_channel, this };
    EventRouter m_router { this };
    LiveQueries m_queries { this };
    quint64 m_identity = 0;
    bool m_pacesWrites = true;
    std::function<bool()> m_asksAboutConflicts;
    qint64 m_maximumWriteAge = 0;
    int m_pendingWrites = 0;
    int m_writeLimit = SyncLimits().pendingWrites;
    qint64 m_lastWriteId = 0;
    //! Writes of which the object is not known yet.
    int m_reservedWrites = 0;
    //! Who waits for the writes up to a number, and how many of them are left.
    struct WaitingForWrites
    {
        qint64 lastId;
        int left;
        Callback<Nothing> done;
    };
    std::vector<WaitingForWrites> m_waitingForWrites;
    //! Follows an object while there are writes to it of a process before this one, or of a handle that has
    //! gone: their outcome may be among its events.
    class WriteKeeper final : public EntityObserver
    {
        Q_DISABLE_COPY_MOVE(WriteKeeper)

    public:
        explicit WriteKeeper(EntityPtr entity) : m_entity(std::move(entity)) { m_entity->attach(this); }
        ~WriteKeeper() { m_entity->detach(this); }
        [[nodiscard]] bool isIdle() const { return m_entity->outbox().isEmpty(); }
        [[nodiscard]] bool keeps(const EntityPtr &entity) const { return m_entity == entity; }

        void rootChanged() override { }
        void rootRemoved(bool) override { }

    private:
        const EntityPtr m_entity;
    };
    std::vector<std::unique_ptr<WriteKeeper>> m_keepers;
    bool m_dropsKeepers = false;
    qint64 m_writeRetries = 0;
    Outbox::Options m_writeOptions;
    Protocol::ReadLimits m_readLimits;
    std::optional<qsizetype> m_mostUnseen;
};

} // namespace Twilio
