#pragma once

#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/requests/requester.h"
#include "TwilioSync/session/entity.h"
#include "TwilioSync/session/entitycache.h"
#include "TwilioSync/session/objectlookups.h"
#include "TwilioSync/subscriptions/subscriptionregistry.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qobject.h>

#include <deque>
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
    [[nodiscard]] ObjectLookups &lookups() { return m_lookups; }
    [[nodiscard]] int pendingWrites() const { return m_pendingWrites; }
    // For metrics.
    [[nodiscard]] qint64 eventsReceived() const { return m_eventsReceived; }
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

    //! For all outboxes, those of objects that are opened later as well.
    void setWriteOptions(const Outbox::Options &options);
    [[nodiscard]] const Outbox::Options &writeOptions() const { return m_writeOptions; }

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
    [[nodiscard]] bool pacesWrites() const { return m_pacesWrites; }
    void setPacesWrites(bool paces) { m_pacesWrites = paces; }
    //! True for addresses of Twilio itself.
    [[nodiscard]] bool isRealService() const;

    //! Gives the shared object; asks the service unless it is known. Never from within the call.
    void open(const OpenRequest &request, Callback<EntityPtr> done, const CancelToken &cancelled = {});

    //! The client is being destroyed: handles and objects let go.
    void close();

    // For entities.
    using Living = std::list<Entity *>;
    [[nodiscard]] Living::iterator enlist(Entity *entity) { return m_living.insert(m_living.end(), entity); }
    void delist(Living::iterator place) { m_living.erase(place); }
    [[nodiscard]] qint64 nextWriteId() { return ++m_lastWriteId; }
    void countRetry() { ++m_writeRetries; }
    void writeAdded(const Write &write);
    void writeChanged(const Write &write) { Q_EMIT writeUpdated(write); }
    void writeEnded(const Write &write);

Q_SIGNALS:
    void pendingWritesChanged();
    //! For lists of writes, from within calls and answers.
    void writeAppended(const Twilio::Write &write);
    void writeUpdated(const Twilio::Write &write);
    void writeRemoved(const Twilio::Write &write);
    //! For handles: the client goes away now.
    void closing();

private:
    void read(const OpenRequest &request, int round, Callback<EntityPtr> done, const CancelToken &cancelled);
    void create(const OpenRequest &request, int round, Callback<EntityPtr> done,
                const CancelToken &cancelled);
    [[nodiscard]] SyncResult<EntityPtr> adopt(const OpenRequest &request, const RestReply &reply, bool isNew);
    //! What was opened, to all who wait for it.
    void handOut(const SyncResult<EntityPtr> &opened, const Callback<EntityPtr> &done);
    [[nodiscard]] EntityPtr makeEntity(ObjectKind kind);
    template <typename Do>
    void eachLiving(Do what);
    void handleNotification(const ChannelNotification &notification);
    struct Unread;
    void readOn();
    void recycle(std::shared_ptr<Unread> unread);
    void noteIncomplete(const Protocol::Notification &notification);
    void handleEvent(const Protocol::Notification &notification, const Protocol::Event &event, bool isStrict);
    //! An event of \a sid, an object of \a kind, could not be read; either may be unknown.
    void missEvents(QByteArrayView sid, std::optional<ObjectKind> kind);

    // The last to go: what the others end with is told all the same.
    Notifier m_notifier { this };
    // Requests that end with the next ones call it.
    ObjectLookups m_lookups { this };
    TwilsockChannel m_channel;
    Requester m_requests;
    SubscriptionRegistry m_registry;
    QByteArray m_restBase;
    EntityCache m_cache;
    //! Every entity there is, oldest first, those that are only kept by a call under way as well.
    Living m_living;
    //! A notification of which some events may still be to be handled.
    struct Unread
    {
        Protocol::NotificationParser parser;
        const Protocol::Notification *notification = nullptr;
        bool isStrict = false;
        bool isBegun = false;
        std::size_t next = 0;
    };
    //! More than one only in event loops of slots.
    std::deque<std::shared_ptr<Unread>> m_unread;
    //! For the next one.
    std::shared_ptr<Unread> m_spare;
    bool m_pacesWrites = true;
    int m_pendingWrites = 0;
    int m_writeLimit = SyncLimits().pendingWrites;
    qint64 m_lastWriteId = 0;
    qint64 m_eventsReceived = 0;
    qint64 m_writeRetries = 0;
    Outbox::Options m_writeOptions;
    std::optional<qsizetype> m_mostUnseen;
};

} // namespace Twilio
