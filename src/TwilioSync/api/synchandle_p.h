#pragma once

#include "TwilioSync/api/calltracker_p.h"
#include "TwilioSync/api/clientwatch_p.h"
#include "TwilioSync/api/synchandle.h"
#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/scripthold.h"
#include "TwilioSync/session/clientsession.h"

#include <QtCore/qpointer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace Twilio {

/*!
    \brief What a handle is made of, whichever QObject it belongs to: what it names, opening, closing, its
   properties.
*/
class HandlePrivate : public EntityObserver
{
    Q_DISABLE_COPY_MOVE(HandlePrivate)

public:
    enum class Property : quint8 {
        Client,
        UniqueName,
        Sid,
        Mode,
        Ttl,
        Status,
        Error,
        SubscriptionState,
        DateCreated,
        DateUpdated,
        DateExpires,
        Revision,
        Count,
        Complete,
        PendingWrites,
        FromCache,
        OrderedWrites,
        Optimistic,
        AutoReopen,
        WaitForIt
    };

    explicit HandlePrivate(ObjectKind objectKind) : kind(objectKind) { }
    virtual ~HandlePrivate() = default;

    //! Opens on behalf of the client's own methods; \a done gets the error or a null one.
    void open(SyncClient *by, const OpenRequest &request, std::function<void(const SyncError &)> done,
              const CancelToken &cancelled = {});
    //! Opens what the properties name, once this turn of the event loop has ended.
    void scheduleOpen();
    //! As scheduleOpen(), if that may change something: it failed, is gone, was closed or waits for another
    //! try.
    void reopen();
    void close();
    //! The application names the object by \a property, UniqueName or Sid.
    void declare(Property property, const QString &value);
    //! Forgets what opening has filled in.
    void showDeclared();
    //! Looks for the object, which is gone, until somebody makes it again; or does not any more.
    void setAwaiting(bool awaits);
    //! Follows the client's connection and its end.
    void watchClient();
    //! To be called by the destructor of the object: nothing reaches it any more.
    void destroy();

    //! The error of a call made now; none if the handle is open.
    [[nodiscard]] std::optional<SyncError> refusal() const;
    void setStatus(Sync::Status to, const SyncError &why = {});
    //! Has what differs from what was told last told.
    void tellLater();
    //! Has \a tell called in a turn of its own, not at all once the object is gone.
    void post(std::function<void()> tell);
    //! As post(), of what happened to the remote object: nothing once the handle has let go of it.
    void postEvent(std::function<void()> tell);

    // EntityObserver
    void rootChanged() override;
    void rootRemoved(bool isLocal) override;
    [[nodiscard]] bool showsWrites() const override { return optimistic; }

    //! The QObject, for contexts and guards; set by the constructor of its class.
    QObject *object = nullptr;
    const ObjectKind kind;
    QPointer<SyncClient> client;
    //! What the application wrote; opening changes nothing of it.
    struct Declaration
    {
        QString uniqueName;
        QString sid;
    };
    Declaration declared;
    //! The same, with what opening has filled in.
    QString uniqueName;
    QString sid;
    SyncClient::OpenMode mode = SyncClient::OpenMode::OpenOrCreate;
    QVariant ttl;
    QVariantMap initialValue;
    bool orderedWrites = false;
    bool optimistic = false;
    bool autoReopen = false;
    bool waitForIt = false;
    Sync::Status status = Sync::Status::Null;
    EntityPtr entity;
    CallTracker calls;
    //! A property that was given something it cannot be.
    SyncError settingError;

    //! The error of the handle: why opening failed, what setting was refused, why the subscription failed.
    [[nodiscard]] virtual SyncError error() const;

    virtual void emitChanged(Property property) = 0;
    //! Whether what waits is shown has changed.
    virtual void showOptimistic() { }

protected:
    //! What properties read.
    struct Shown
    {
        QString uniqueName;
        QString sid;
        Sync::Status status = Sync::Status::Null;
        SyncError error;
        Sync::SubscriptionState subscription = Sync::SubscriptionState::Unsubscribed;
        qint64 created = noTime;
        qint64 updated = noTime;
        qint64 expires = noTime;
        QByteArray revision;
        int count = 0;
        bool complete = false;
        int pendingWrites = 0;
        bool fromCache = false;
    };

    virtual void emitRemoved(bool isLocal) = 0;
    //! The end of a list or map that is shown first.
    [[nodiscard]] virtual Qt::SortOrder firstShown() const { return Qt::AscendingOrder; }
    //! The entity is there and observed.
    virtual void attached() { }
    //! Stops observing \a old; the last thing to be done, as slots of rows that go may do anything.
    virtual void detached(Entity &old) { Q_UNUSED(old); }
    //! Sets \a shown to what is true now.
    virtual void show(Shown &shown) const;

private:
    void tellChanges();
    void openDeclared();
    //! None if nothing can be opened; the status says why.
    [[nodiscard]] std::optional<OpenRequest> declaredRequest();
    //! With the outcome; not \a isCurrent if another opening has begun meanwhile, or the handle has gone.
    using Opened = std::function<void(const SyncResult<EntityPtr> &result, bool isCurrent)>;
    void start(const OpenRequest &request, Opened done, const CancelToken &cancelled);
    void opened(const EntityPtr &opened);
    void openingFailed(const OpenRequest &request, const SyncError &failure);
    //! True if the same request may succeed another time.
    [[nodiscard]] bool isWorthAnotherTry(const OpenRequest &request, const SyncError &failure) const;
    void stopOpening();
    void openLater();
    //! The connection is there: what waits for another try gets it.
    void openAtOnce();
    void detach();
    void clientDestroyed();
    //! What the identity before saw is not shown to another.
    void identityChanging();

    //! As it was told last.
    Shown m_shown;
    SyncError m_openError;
    //! Of the opening under way; replies to an earlier one are ignored.
    quint64 m_opening = 0;
    bool m_openScheduled = false;
    bool m_tellPosted = false;
    //! What it showed before: calls may still be under way there.
    std::vector<std::weak_ptr<Entity>> m_left;
    //! Counts the objects that the handle has let go of.
    quint64 m_generation = 0;
    //! Opening failed for want of a connection: worth another try with the next one.
    bool m_retryWhenConnected = false;
    //! Opening failed for a reason that passes.
    bool m_waitsToOpen = false;
    //! The object is gone, and is looked for.
    bool m_awaitsAgain = false;
    Patience m_openPatience { { .first = std::chrono::seconds(1), .cap = std::chrono::seconds(60) } };
    //! Handles need their client, which scripts do not know of.
    ScriptHold m_clientHold;
    ClientWatch m_clientWatch;
};

/*!
    \brief The part that knows the signals of the class it belongs to.
*/
template <typename Object>
class HandleSignals : public HandlePrivate
{
public:
    using HandlePrivate::HandlePrivate;

    [[nodiscard]] Object *q() const { return static_cast<Object *>(object); }

    void emitChanged(Property property) override
    {
        switch (property) {
        case Property::Client:
            Q_EMIT q()->clientChanged();
            break;
        case Property::UniqueName:
            Q_EMIT q()->uniqueNameChanged();
            break;
        case Property::Sid:
            Q_EMIT q()->sidChanged();
            break;
        case Property::Mode:
            Q_EMIT q()->modeChanged();
            break;
        case Property::Ttl:
            Q_EMIT q()->ttlChanged();
            break;
        case Property::Status:
            Q_EMIT q()->statusChanged();
            break;
        case Property::Error:
            Q_EMIT q()->errorChanged();
            break;
        case Property::SubscriptionState:
            Q_EMIT q()->subscriptionStateChanged();
            break;
        case Property::DateCreated:
            Q_EMIT q()->dateCreatedChanged();
            break;
        case Property::DateUpdated:
            Q_EMIT q()->dateUpdatedChanged();
            break;
        case Property::DateExpires:
            Q_EMIT q()->dateExpiresChanged();
            break;
        case Property::Revision:
            Q_EMIT q()->revisionChanged();
            break;
        case Property::Count:
            if constexpr (requires(Object * o) { o->countChanged(); })
                Q_EMIT q()->countChanged();
            break;
        case Property::Complete:
            if constexpr (requires(Object * o) { o->completeChanged(); })
                Q_EMIT q()->completeChanged();
            break;
        case Property::PendingWrites:
            Q_EMIT q()->pendingWritesChanged();
            break;
        case Property::FromCache:
            Q_EMIT q()->fromCacheChanged();
            break;
        case Property::OrderedWrites:
            Q_EMIT q()->orderedWritesChanged();
            break;
        case Property::Optimistic:
            Q_EMIT q()->optimisticChanged();
            break;
        case Property::AutoReopen:
            Q_EMIT q()->autoReopenChanged();
            break;
        case Property::WaitForIt:
            Q_EMIT q()->waitForItChanged();
            break;
        }
    }
};

} // namespace Twilio
