#include "TwilioSync/session/objectlookups.h"

#include "TwilioSync/session/clientsession.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace Twilio {

void ObjectLookups::find(ObjectKind kind, const QString &id, Callback<EntityPtr> done,
                         const CancelToken &cancelled)
{
    LookupPtr lookup = m_lookups[int(kind)].value(id);
    const bool isNew = !lookup;
    if (isNew) {
        if (const EntityPtr known = m_session->cache().find(kind, id)) {
            done(known);
            return;
        }
        lookup = std::make_shared<Lookup>(Lookup { kind, id });
    }
    if (m_waiting >= m_session->requests().options().limit) {
        done(m_session->requests().tooMany());
        return;
    }
    wait(lookup, std::move(done), cancelled);
    if (isNew)
        read(lookup);
}

void ObjectLookups::wait(const LookupPtr &lookup, Callback<EntityPtr> done, const CancelToken &cancelled)
{
    ++m_waiting;
    ++lookup->wanted;
    auto onCancel = std::make_unique<OnCancel>(cancelled, [this, weak = std::weak_ptr(lookup)] {
        if (const LookupPtr alive = weak.lock())
            noLongerWanted(alive);
    });
    lookup->waiting.push_back({ std::move(done), cancelled, std::move(onCancel) });
}

void ObjectLookups::read(const LookupPtr &lookup)
{
    m_lookups[int(lookup->kind)].insert(lookup->id, lookup);
    OpenRequest request;
    request.kind = lookup->kind;
    request.way = OpenWay::OpenExisting;
    request.id = lookup->id;
    request.mayBeCached = false; // what it gives may be asked for at once
    m_session->open(
            request,
            [this, session = QPointer(m_session), lookup](const SyncResult<EntityPtr> &result) {
                if (session)
                    settle(lookup, result);
            },
            lookup->reading.get_token());
}

// Its entries go with it, later: one of them is the caller.
void ObjectLookups::noLongerWanted(const LookupPtr &lookup)
{
    --m_waiting;
    if (--lookup->wanted > 0)
        return;
    remove(lookup);
    lookup->reading.request_stop();
}

void ObjectLookups::found(const EntityPtr &entity)
{
    const auto &lookups = m_lookups[int(entity->kind())];
    const RootState &root = entity->root();
    for (const LookupPtr &lookup :
         { lookups.value(QString::fromUtf8(root.sid)), lookups.value(QString::fromUtf8(root.uniqueName)) }) {
        if (lookup)
            settle(lookup, entity);
    }
}

void ObjectLookups::failAll(const SyncError &error)
{
    for (auto &lookups : m_lookups) {
        const auto all = std::exchange(lookups, {});
        for (const LookupPtr &lookup : all)
            settle(lookup, error);
    }
}

void ObjectLookups::settle(const LookupPtr &lookup, const SyncResult<EntityPtr> &result)
{
    // What a slot calls meanwhile waits behind those that are here.
    const QPointer guard(m_session);
    while (guard && !lookup->waiting.empty()) {
        const Waiting next = std::move(lookup->waiting.front());
        lookup->waiting.pop_front();
        if (next.cancelled.stop_requested())
            continue;
        --m_waiting;
        --lookup->wanted;
        next.done(result);
    }
    if (guard)
        remove(lookup);
}

void ObjectLookups::remove(const LookupPtr &lookup)
{
    auto &lookups = m_lookups[int(lookup->kind)];
    const auto place = lookups.constFind(lookup->id);
    if (place != lookups.cend() && *place == lookup)
        lookups.erase(place);
}

} // namespace Twilio
