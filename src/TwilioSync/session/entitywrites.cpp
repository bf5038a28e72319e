#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/entity.h"
#include "TwilioSync/session/writerequest.h"
#include "TwilioSync/writes/writebytes.h"

#include <QtCore/qdatetime.h>

#include <utility>

// What an Entity does for its outbox.
namespace Twilio {
namespace {

ItemKey targetOf(const Write &write)
{
    return write.operation == WriteOperation::Push ? placeholderOf(write.id) : write.item.value_or(ItemKey());
}

} // namespace

void Entity::askForOrder(bool ask)
{
    m_askedForOrder += ask ? 1 : -1;
    m_outbox.setOrdered(m_askedForOrder > 0);
}

void Entity::write(Write write, Mutator mutator, Callback<WriteOutcome> done, const CancelToken &cancelled)
{
    if (const SyncError why = refusal(); !why.isNull()) {
        done(why);
        return;
    }
    if (m_session->isClosed() && !keepsWrites()) {
        done(m_session->whyClosed());
        return;
    }
    if (const SyncError error = m_session->tooManyWrites(); !error.isNull()) {
        done(error);
        return;
    }
    if (const SyncError error = prepare(write); !error.isNull()) {
        done(error);
        return;
    }
    write.objectSid = root().sid;
    write.objectName = root().uniqueName;
    write.created = QDateTime::currentMSecsSinceEpoch();
    m_outbox.setPaced(m_session->pacesWrites(), m_session->isRealService());
    m_outbox.add(std::move(write), std::move(mutator), std::move(done), cancelled);
}

void Entity::restoreWrites(std::vector<Write> writes)
{
    m_outbox.setPaced(m_session->pacesWrites(), m_session->isRealService());
    noteKeptInTrail(writes);
    m_outbox.setOrdered(true); // as they were made
    for (Write &write : writes)
        m_outbox.restore(std::move(write));
    m_outbox.setOrdered(m_askedForOrder > 0); // once they have ended
}

bool Entity::keepsWrites() const { return m_session && m_session->diskCache().keepsWrites(); }

// What a function will make cannot be kept before it has.
bool Entity::keep(const Write &write, const std::function<void()> &kept)
{
    if (!keepsWrites() || (write.operation == WriteOperation::Mutate && write.sentValue.isEmpty()))
        return false;
    m_session->diskCache().keepWrite(
            { .id = write.id, .object = stateForCache(), .body = encodeWrite(write) }, kept);
    return true;
}

bool Entity::makesAhead() const
{
    return keepsWrites()
            || m_observers.any([](const EntityObserver &observer) { return observer.showsWrites(); });
}

bool Entity::asksAbout(const Write &write, const TargetState &theirs)
{
    return m_session && m_session->askAboutConflict(write, theirs);
}

void Entity::failed(const Write &write, const SyncError &error)
{
    if (m_session && (m_whyGone.isNull() || !keepsWrites()))
        m_session->writeFailed(write, error);
}

qint64 Entity::nextWriteId() { return m_session->nextWriteId(); }

bool Entity::canSend() const { return m_session && m_session->channel().state() == ChannelState::Connected; }

WriteHost::Following Entity::following() const
{
    switch (m_subscription) {
    case Sync::SubscriptionState::Established:
        return Following::Yes;
    case Sync::SubscriptionState::Pending:
    case Sync::SubscriptionState::Subscribing:
        return Following::Soon;
    case Sync::SubscriptionState::Unsubscribed:
    case Sync::SubscriptionState::SubscriptionFailed:
        break;
    }
    return Following::No;
}

qint64 Entity::newestEvent() const { return qMax(root().newestEventId, root().lastEventId); }

void Entity::transmit(const Write &write, Callback<RestReply> done)
{
    if (write.attempts > 1)
        m_session->countRetry();
    m_session->channel().request(requestOf(write, urlOf(write), m_kind), whileAsking(std::move(done)));
}

SyncResult<WriteOutcome> Entity::confirm(const Write &write, const TargetState &before,
                                         const RestReply &reply)
{
    if (write.operation == WriteOperation::RemoveObject) {
        confirmRemoval(write, before);
        return WriteOutcome();
    }
    const auto resource = stateOfReply(reply);
    if (const auto *error = errorOf(resource))
        return *error;
    refresh(std::get<Protocol::RootResource>(resource));
    return WriteOutcome();
}

void Entity::confirmRemoval(const Write &, const TargetState &) { markRemoved(true); }

std::optional<TargetState> Entity::known(const Write &) const { return TargetState(); }

void Entity::read(const Write &, Callback<TargetState> done, const CancelToken &cancelled)
{
    get(
            root().url,
            [this, done = std::move(done)](const SyncResult<RestReply> &reply) {
                const auto state = stateOfReply(reply);
                if (const auto *error = errorOf(state)) {
                    done(*error);
                    return;
                }
                const auto &resource = std::get<Protocol::RootResource>(state);
                done(TargetState {
                        true, resource.data, resource.revision, resource.lastEventId.value_or(-1), {} });
            },
            cancelled);
}

void Entity::search(const Write &push, Callback<TargetState> done, const CancelToken &cancelled)
{
    read(push, std::move(done), cancelled); // only lists have pushes
}

qint64 Entity::maximumAge() const { return m_session ? m_session->maximumWriteAge() : 0; }

SyncError Entity::missing(const Write &) const { return removedError(m_kind); }

SyncError Entity::explained(const Write &write, const SyncError &error) const
{
    return explainedSize(error, m_kind, write.sentValue);
}

void Entity::refused(const Write &write, const SyncError &error) { noticeRemoval(urlOf(write), error); }

void Entity::noticeRemoval(const QByteArray &url, const SyncError &error)
{
    const bool isAboutObject = url == root().url && error.status() == 404;
    if (isAboutObject || isMissingObject(m_kind, error))
        markRemoved(false);
}

void Entity::writeAdded(const Write &write)
{
    m_selfWhileWriting = shared_from_this(); // its handles may all be closed
    if (m_session)
        m_session->writeAdded(write);
    tellWrites(targetOf(write));
    tellChanged();
}

void Entity::writeChanged(const Write &write)
{
    if (m_session)
        m_session->writeChanged(write);
    tellWrites(targetOf(write));
}

void Entity::writeEnded(const Write &write)
{
    const auto self = m_outbox.isEmpty() ? std::move(m_selfWhileWriting) : nullptr;
    if (m_session) {
        if (keepsWrites() && m_whyGone.isNull())
            m_session->diskCache().dropWrite(write.id);
        m_session->writeEnded(write);
    }
    tellWrites(targetOf(write));
    tellChanged();
}

} // namespace Twilio
