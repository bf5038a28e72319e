#pragma once

#include "TwilioSync/api/syncclient.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace Twilio {

class HandlePrivate;

/*!
    \brief What documents, lists, maps and streams share: what they name, whether they are open, and their
   dates.

    Two handles to the same remote object share one state, one subscription and one cache. Set a client and a
   unique name or SID and the handle opens by itself; changes within one turn of the event loop count as one.

    What the application wrote stays what names the object: another client opens the same unique name again.
    An opening that fails for a reason that passes (5xx, 429, no answer in time, a lost connection) is tried
    again, with delays from a second to a minute and with each connection, for as long as it is declared;
    status() is Opening meanwhile, error() the last failure. Failed is what cannot succeed by itself. Writing
    the mode or the same name again, or reopen(), tries again.
*/
class TWILIOSYNC_EXPORT SyncHandle
{
    Q_DISABLE_COPY_MOVE(SyncHandle)

public:
    [[nodiscard]] SyncClient *client() const;
    void setClient(SyncClient *client);
    [[nodiscard]] QString uniqueName() const;
    void setUniqueName(const QString &name);
    [[nodiscard]] QString sid() const;
    void setSid(const QString &sid);
    [[nodiscard]] SyncClient::OpenMode mode() const;
    void setMode(SyncClient::OpenMode mode);
    //! Seconds until a created object expires; used on creation only. setTtl() changes an existing one.
    [[nodiscard]] std::optional<qint64> creationTtl() const;
    void setCreationTtl(std::optional<qint64> seconds);

    [[nodiscard]] Sync::Status status() const;
    //! Why status() is Failed, or still Opening, or subscriptionState() SubscriptionFailed; null otherwise.
    [[nodiscard]] SyncError error() const;
    [[nodiscard]] Sync::SubscriptionState subscriptionState() const;
    //! UTC; invalid while unknown.
    [[nodiscard]] QDateTime dateCreated() const;
    [[nodiscard]] QDateTime dateUpdated() const;
    //! UTC; invalid = never.
    [[nodiscard]] QDateTime dateExpires() const;
    //! Opaque; empty for streams.
    [[nodiscard]] QString revision() const;
    //! Writes of this object that wait or are under way.
    [[nodiscard]] int pendingWrites() const;
    [[nodiscard]] bool hasPendingWrites() const { return pendingWrites() > 0; }
    //! True while what is shown is what SyncClient::cachePath had kept: until the subscription is
    //! established, and what happened meanwhile is in. The difference comes as changes of rows and values
    //! like any other.
    [[nodiscard]] bool isFromCache() const;
    [[nodiscard]] bool orderedWrites() const;
    /*!
        Whether the order of calls is exactly that of their effects, also when some are refused for a while
        (429) and tried again. One write is then under way at a time, so no more than one per round trip; off
        by default: writes to different items, pushes and messages overlap, and only what was under way behind
        a refused one can overtake it. It holds for the object as long as any of its handles asks for it.

        What it costs grows with the round trip: many pushes at once, unpaced, are about 2 to 3 times as fast
        without where there is no delay, and about 80 times on a round trip of 20 ms (tests/bench/writes.cpp).
        The pace that SyncClient::paceWrites keeps, where it does, narrows that.
    */
    void setOrderedWrites(bool ordered);

    //! What setOptimistic() has set.
    [[nodiscard]] bool isOptimistic() const;
    /*!
        Whether what this client writes shows at once, before the service has taken it; off by default. What
       is shown is the service's state with the writes that wait laid over it: what others change meanwhile is
       merged below, and a write that is refused, or taken back, leaves the rows and values as the service has
       them. The role \c pending says which rows wait. The signals of items and updated() come once, when the
       service has taken a write.

        An item that was pushed stands at its end of the list, where the window reaches that, with an
       itemIndex below 0; calls of this handle take that, too, and its row moves to where its index belongs
       once the service has named one. What mutate() makes shows from when its function has run, which is when
       it is sent. Streams show nothing of what is published.
    */
    void setOptimistic(bool optimistic);

    [[nodiscard]] bool autoReopen() const;
    /*!
        Whether an object that has a unique name and is gone comes back once somebody makes it again; off by
        default. status() stays Removed until then, while it is looked for with growing delays, from a second
        to a minute; it is never made anew, whatever the mode. reopen() does that.
    */
    void setAutoReopen(bool reopens);
    [[nodiscard]] bool waitForIt() const;
    /*!
        Whether opening with OpenExisting waits for an object that is not there; off by default, which is
        Failed. status() is Opening until then, error() says what came back last.
    */
    void setWaitForIt(bool waits);

    //! Seconds from now until the object expires, 0 to \c maxTtlSeconds, 0 = never.
    QFuture<void> setTtl(qint64 seconds);

    // For Q_PROPERTY: a date or null, a number or null.
    [[nodiscard]] QVariant dateCreatedOrNull() const;
    [[nodiscard]] QVariant dateUpdatedOrNull() const;
    [[nodiscard]] QVariant dateExpiresOrNull() const;
    [[nodiscard]] QVariant creationTtlOrNull() const;
    void setCreationTtlOrNull(const QVariant &seconds);

protected:
    explicit SyncHandle(std::unique_ptr<HandlePrivate> priv);
    ~SyncHandle();

    //! Stops events for this handle; the last one out unsubscribes.
    void closeHandle();
    void reopenHandle();

    friend class ClientPrivate;
    friend class HandlePrivate;
    const std::unique_ptr<HandlePrivate> d;
};

//! The properties of SyncHandle, for the two classes that are QObjects.
#define TWILIOSYNC_HANDLE_PROPERTIES                                                                         \
    Q_PROPERTY(Twilio::SyncClient *client READ client WRITE setClient NOTIFY clientChanged FINAL)            \
    Q_PROPERTY(QString uniqueName READ uniqueName WRITE setUniqueName NOTIFY uniqueNameChanged FINAL)        \
    Q_PROPERTY(QString sid READ sid WRITE setSid NOTIFY sidChanged FINAL)                                    \
    Q_PROPERTY(Twilio::SyncClient::OpenMode mode READ mode WRITE setMode NOTIFY modeChanged FINAL)           \
    Q_PROPERTY(QVariant ttl READ creationTtlOrNull WRITE setCreationTtlOrNull NOTIFY ttlChanged FINAL)       \
    Q_PROPERTY(Twilio::Sync::Status status READ status NOTIFY statusChanged FINAL)                           \
    Q_PROPERTY(Twilio::SyncError error READ error NOTIFY errorChanged FINAL)                                 \
    Q_PROPERTY(Twilio::Sync::SubscriptionState subscriptionState READ subscriptionState NOTIFY               \
                       subscriptionStateChanged FINAL)                                                       \
    Q_PROPERTY(QVariant dateCreated READ dateCreatedOrNull NOTIFY dateCreatedChanged FINAL)                  \
    Q_PROPERTY(QVariant dateUpdated READ dateUpdatedOrNull NOTIFY dateUpdatedChanged FINAL)                  \
    Q_PROPERTY(QVariant dateExpires READ dateExpiresOrNull NOTIFY dateExpiresChanged FINAL)                  \
    Q_PROPERTY(QString revision READ revision NOTIFY revisionChanged FINAL)                                  \
    Q_PROPERTY(int pendingWrites READ pendingWrites NOTIFY pendingWritesChanged FINAL)                       \
    Q_PROPERTY(bool hasPendingWrites READ hasPendingWrites NOTIFY pendingWritesChanged FINAL)                \
    Q_PROPERTY(bool fromCache READ isFromCache NOTIFY fromCacheChanged FINAL)                                \
    Q_PROPERTY(                                                                                              \
            bool orderedWrites READ orderedWrites WRITE setOrderedWrites NOTIFY orderedWritesChanged FINAL)  \
    Q_PROPERTY(bool optimistic READ isOptimistic WRITE setOptimistic NOTIFY optimisticChanged FINAL)         \
    Q_PROPERTY(bool autoReopen READ autoReopen WRITE setAutoReopen NOTIFY autoReopenChanged FINAL)           \
    Q_PROPERTY(bool waitForIt READ waitForIt WRITE setWaitForIt NOTIFY waitForItChanged FINAL)

//! Their change signals; removed() differs between the kinds. Each comes in a turn of its own, once all that
//! has changed together is there: rows first, then dates, revision, count and complete, pendingWrites,
//! fromCache, error, status and subscriptionState in this order, then what happened. A setter's own signal
//! comes from within the setter.
#define TWILIOSYNC_HANDLE_SIGNALS                                                                            \
    void clientChanged();                                                                                    \
    void uniqueNameChanged();                                                                                \
    void sidChanged();                                                                                       \
    void modeChanged();                                                                                      \
    void ttlChanged();                                                                                       \
    void statusChanged();                                                                                    \
    void errorChanged();                                                                                     \
    void subscriptionStateChanged();                                                                         \
    void dateCreatedChanged();                                                                               \
    void dateUpdatedChanged();                                                                               \
    void dateExpiresChanged();                                                                               \
    void revisionChanged();                                                                                  \
    void pendingWritesChanged();                                                                             \
    void fromCacheChanged();                                                                                 \
    void orderedWritesChanged();                                                                             \
    void optimisticChanged();                                                                                \
    void autoReopenChanged();                                                                                \
    void waitForItChanged();

} // namespace Twilio
