#include "TwilioSync/session/documententity.h"

#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/mutation.h"

#include <QtCore/qtimer.h>

namespace Twilio {

DocumentEntity::DocumentEntity(ClientSession *session)
    : Entity(ObjectKind::Document, session)
    , m_queue(std::make_shared<WriteQueue<SyncValue>>(writeGate()))
{ }

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

void DocumentEntity::write(const SyncValue &value, std::optional<qint64> ttl, const QByteArray &ifMatch,
                           Callback<SyncValue> done)
{
    request(
            "POST", m_root.url, writeBody(&value, ttl), Requester::Repeat::Safely,
            [self = self(), value, done = std::move(done)](const SyncResult<RestReply> &reply) {
                auto state = self->stateOfReply(reply);
                if (const auto *error = errorOf(state)) {
                    done(*error);
                    return;
                }
                auto &resource = std::get<Protocol::RootResource>(state);
                resource.data = value.toJson(); // writes never echo it
                self->apply(resource, true);
                done(value);
            },
            ifMatch);
}

void DocumentEntity::set(const SyncValue &value, std::optional<qint64> ttl, Callback<SyncValue> done)
{
    m_queue->add(
            true, ttl,
            [self = self(), value](std::optional<qint64> sentTtl, const Callback<SyncValue> &written) {
                self->write(value, sentTtl, {}, written);
            },
            countWrite<SyncValue>(std::move(done)));
}

//! One mutate() on its way through lost races.
struct DocumentEntity::Mutation
{
    Mutator mutator;
    std::optional<qint64> ttl;
    Callback<SyncValue> done;
    int attempts = 0;
};

void DocumentEntity::mutate(const Mutator &mutator, std::optional<qint64> ttl, Callback<SyncValue> done)
{
    m_queue->add(
            false, ttl,
            [self = self(), mutator](std::optional<qint64> sentTtl, const Callback<SyncValue> &written) {
                self->mutateOn(std::make_shared<Mutation>(Mutation { mutator, sentTtl, written, 0 }),
                               self->m_contents, self->m_root.revision);
            },
            countWrite<SyncValue>(std::move(done)));
}

void DocumentEntity::mutateOn(const std::shared_ptr<Mutation> &mutation, const QByteArray &contents,
                              const QByteArray &revision)
{
    const SyncValue current = SyncValue::fromCheckedJson(contents);
    const auto made = runMutator(mutation->mutator, current);
    if (const auto *error = errorOf(made)) {
        mutation->done(*error);
        return;
    }
    const auto &next = std::get<std::optional<SyncValue>>(made);
    if (!next) {
        mutation->done(current);
        return;
    }
    write(*next, mutation->ttl, revision, [self = self(), mutation](SyncResult<SyncValue> result) {
        const auto *error = errorOf(result);
        if (!error || error->status() != 412 || ++mutation->attempts >= maxMutationAttempts
            || !self->session()) {
            mutation->done(std::move(result));
            return;
        }
        QTimer::singleShot(mutationDelay(mutation->attempts), self->session(), [self, mutation] {
            self->request("GET", self->m_root.url, {}, Requester::Repeat::Safely,
                          [self, mutation](const SyncResult<RestReply> &reply) {
                              const auto state = self->stateOfReply(reply);
                              if (const auto *failure = errorOf(state)) {
                                  mutation->done(*failure);
                                  return;
                              }
                              // Its revision counts even if the event ids say that it is no news.
                              const auto &fresh = std::get<Protocol::RootResource>(state);
                              self->apply(fresh, false);
                              self->mutateOn(mutation, fresh.data, fresh.revision);
                          });
        });
    });
}

} // namespace Twilio
