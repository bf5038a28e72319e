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
    if (!m_store.isNews(state.lastEventId))
        return;
    const auto alive = shared_from_this();
    const qint64 eventId = state.lastEventId.value_or(-1);
    if (!m_store.contents().isEmpty() && eventId - 1 > root().lastEventId)
        outbox().trail().missedUpTo(eventId - 1); // a document's states replace each other
    m_store.apply(state, isLocal);
    if (outbox().keepsTrail())
        outbox().trail().note({ .eventId = eventId, .json = m_store.contents() });
    outbox().targetChanged({});
    tellChanged();
}

void DocumentEntity::handleEvent(Protocol::EventType type, const Protocol::Event &event, bool)
{
    if (root().removed)
        return;
    if (type == Protocol::EventType::DocumentRemoved)
        markRemoved(false);
    else if (type == Protocol::EventType::DocumentUpdated)
        apply(m_store.stateOf(event), false);
}

void DocumentEntity::adopt(const Protocol::RootResource &resource)
{
    if (!root().sid.isEmpty())
        m_store.clear(); // what it knew has grown old
    noteRead();
    apply(resource, false);
}

void DocumentEntity::compareWith(const Protocol::RootResource &state)
{
    const auto alive = shared_from_this();
    m_store.restart(state);
    outbox().targetChanged({});
    endComparison();
}

CachedRoot DocumentEntity::stateForCache() const
{
    CachedRoot kept = Entity::stateForCache();
    kept.resource.data = m_store.contents();
    return kept;
}

QByteArray DocumentEntity::pendingContents() const
{
    const auto effect = outbox().effectOn({}, m_store.contents());
    return effect && effect->json ? *effect->json : m_store.contents();
}

void DocumentEntity::readContents(const Callback<QByteArray> &done, const CancelToken &cancelled)
{
    // What nobody is attached to has been read just now (EntityCache's law).
    if ((!isAttached() && !isFromCache()) || following() == Following::Yes) {
        done(m_store.contents());
        return;
    }
    read({}, converted<TargetState, QByteArray>(done, [](const TargetState &state) { return state.json; }),
         cancelled);
}

std::optional<TargetState> DocumentEntity::known(const Write &) const
{
    return TargetState { true, m_store.contents(), m_store.root.revision, m_store.root.lastEventId, {} };
}

void DocumentEntity::read(const Write &, Callback<TargetState> done, const CancelToken &cancelled)
{
    get(
            root().url,
            [self = self(), done = std::move(done)](const SyncResult<RestReply> &reply) {
                const auto state = self->stateOfReply(reply);
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
