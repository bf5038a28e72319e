#include "TwilioSync/session/documententity.h"

#include "TwilioSync/session/clientsession.h"

namespace Twilio {

DocumentEntity::DocumentEntity(ClientSession *session) : Entity(ObjectKind::Document, session) { }

std::shared_ptr<DocumentEntity> DocumentEntity::self()
{
    return std::static_pointer_cast<DocumentEntity>(shared_from_this());
}

void DocumentEntity::apply(const Protocol::RootResource &state, bool isLocal)
{
    const bool isFirst = m_contents.isEmpty();
    if (!isFirst && state.lastEventId.value_or(-1) <= m_root.lastEventId)
        return; // known already, or overtaken
    const auto alive = shared_from_this();
    const qint64 eventId = state.lastEventId.value_or(-1);
    if (!isFirst && eventId - 1 > m_root.lastEventId)
        outbox().trail().missedUpTo(eventId - 1); // a document's states replace each other
    if (outbox().keepsTrail())
        outbox().trail().note({ .eventId = eventId, .json = state.data.isEmpty() ? m_contents : state.data });
    const QByteArray before = m_contents;
    const qint64 oldExpiry = m_root.expires;
    m_root.take(state, true);
    if (!state.data.isEmpty())
        m_contents = state.data;
    else if (isFirst)
        m_contents = QByteArrayLiteral("{}");
    tellChanged();
    // A change of the expiry alone is none of the contents.
    const bool isExpiryOnly = m_contents == before && m_root.expires != oldExpiry;
    if (!isFirst && !isExpiryOnly)
        observers.each(
                [&](DocumentObserver &observer) { observer.contentsChanged(m_contents, before, isLocal); });
}

void DocumentEntity::handleEvent(Protocol::EventType type, const Protocol::Event &event, bool)
{
    if (m_root.removed)
        return;
    if (type == Protocol::EventType::DocumentRemoved) {
        markRemoved(false);
        return;
    }
    if (type != Protocol::EventType::DocumentUpdated)
        return;
    Protocol::RootResource state;
    state.sid = m_root.sid;
    state.revision = event.revision.toByteArray();
    state.lastEventId = event.id;
    state.updated = event.date;
    state.hasExpires = event.hasExpires;
    state.expires = event.expires;
    state.data = event.data.toByteArray();
    apply(state, false);
}

void DocumentEntity::adopt(const Protocol::RootResource &resource)
{
    if (!m_root.sid.isEmpty()) { // what it knew has grown old
        m_root = {};
        m_contents.clear();
    }
    apply(resource, false);
}

std::optional<TargetState> DocumentEntity::known(const Write &) const
{
    return TargetState { true, m_contents, m_root.revision, m_root.lastEventId, {} };
}

void DocumentEntity::read(const Write &, Callback<TargetState> done, const CancelToken &cancelled)
{
    get(
            m_root.url,
            [self = self(), done = std::move(done)](const SyncResult<RestReply> &reply) {
                const auto state = stateOfReply(reply);
                if (const auto *error = errorOf(state)) {
                    done(*error);
                    return;
                }
                // Its revision counts even if the event ids say that it is no news.
                const auto &fresh = std::get<Protocol::RootResource>(state);
                self->apply(fresh, false);
                done(TargetState { true, fresh.data, fresh.revision, fresh.lastEventId.value_or(-1), {} });
            },
            cancelled);
}

SyncResult<WriteOutcome> DocumentEntity::confirm(const Write &write, const TargetState &before,
                                                 const RestReply &reply)
{
    if (write.operation == WriteOperation::SetTtl || write.operation == WriteOperation::RemoveObject)
        return Entity::confirm(write, before, reply);
    auto state = stateOfReply(reply);
    if (const auto *error = errorOf(state))
        return *error;
    auto &resource = std::get<Protocol::RootResource>(state);
    resource.data = write.sentValue; // writes never echo it
    apply(resource, true);
    return WriteOutcome { {}, write.sentValue, {}, resource.lastEventId.value_or(-1) };
}

} // namespace Twilio
