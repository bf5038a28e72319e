#include "TwilioSync/session/collectionentity.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/store/pageprogress.h"

#include <algorithm>
#include <limits>

namespace Twilio {
namespace {

constexpr int maxPageSize = 100; // protocol.md 7.7

TargetState stateOf(const ItemPtr &item)
{
    if (!item)
        return {};
    return { true, item->json().toByteArray(), item->revision().toByteArray(), item->lastEventId(), item };
}

ItemKey keyOfResource(const Protocol::ItemResource &item, const ItemKey &fallback = {})
{
    return { item.index.value_or(fallback.index), item.key.value_or(fallback.key) };
}

ItemEvent::Kind kindOf(Protocol::EventType type)
{
    switch (type) {
    case Protocol::EventType::ListItemAdded:
    case Protocol::EventType::MapItemAdded:
        return ItemEvent::Kind::Added;
    case Protocol::EventType::ListItemRemoved:
    case Protocol::EventType::MapItemRemoved:
        return ItemEvent::Kind::Removed;
    case Protocol::EventType::ListItemUpdated:
    case Protocol::EventType::MapItemUpdated:
    case Protocol::EventType::Unknown:
    case Protocol::EventType::DocumentUpdated:
    case Protocol::EventType::DocumentRemoved:
    case Protocol::EventType::ListContextUpdated:
    case Protocol::EventType::ListRemoved:
    case Protocol::EventType::MapRemoved:
    case Protocol::EventType::StreamMessagePublished:
    case Protocol::EventType::StreamRemoved:
    case Protocol::EventType::SubscriptionEstablished:
    case Protocol::EventType::SubscriptionCanceled:
    case Protocol::EventType::SubscriptionFailed:
        break;
    }
    return ItemEvent::Kind::Updated;
}

// The views are into \a key, \a item and \a json.
ItemFields fieldsOf(const ItemKey &key, const Protocol::ItemResource &item, QByteArrayView json)
{
    return { key.index,
             key.key,
             json,
             item.revision,
             item.lastEventId,
             item.created.value_or(noTime),
             item.updated.value_or(noTime),
             item.expires.value_or(noTime) };
}

} // namespace

CollectionEntity::CollectionEntity(ObjectKind kind, ClientSession *session)
    : Entity(kind, session)
    , m_store(newStore())
{ }

std::unique_ptr<CollectionStore> CollectionEntity::newStore() const
{
    auto store = std::make_unique<CollectionStore>(isList() ? CollectionStore::Kind::List
                                                            : CollectionStore::Kind::Map);
    if (session())
        store->mostUnseen = session()->mostUnseen().value_or(store->mostUnseen);
    return store;
}

std::shared_ptr<CollectionEntity> CollectionEntity::self()
{
    return std::static_pointer_cast<CollectionEntity>(shared_from_this());
}

QByteArray CollectionEntity::itemsUrl() const
{
    const RootState &state = m_store->root;
    return state.itemsUrl.isEmpty() ? state.url + "/Items" : state.itemsUrl;
}

QByteArray CollectionEntity::itemUrl(const ItemKey &key) const
{
    return itemsUrl() + '/'
            + (isList() ? QByteArray::number(key.index)
                        : QUrl::toPercentEncoding(QString::fromUtf8(key.key), {}, "."));
}

SyncError CollectionEntity::missingItem(const ItemKey &key) const
{
    return isList() ? SyncError(QStringLiteral("No item with index %1 found").arg(key.index), 404, 54151)
                    : SyncError(QStringLiteral("The specified Map Item does not exist"), 404, 54201);
}

QByteArray CollectionEntity::urlOf(const Write &write) const
{
    if (write.operation == WriteOperation::Push)
        return itemsUrl();
    return write.item ? itemUrl(*write.item) : Entity::urlOf(write);
}

void CollectionEntity::adopt(const Protocol::RootResource &resource)
{
    std::erase_if(m_retired, [](const auto &store) { return !store->isBusy(); });
    if (!m_store->root.sid.isEmpty()) { // what it knew has grown old
        m_retired.push_back(std::move(m_store));
        m_store = newStore();
        m_context = {};
    }
    Entity::adopt(resource);
}

void CollectionEntity::readPage(const PageRequest &query, Callback<Page> done, const CancelToken &cancelled)
{
    const bool ascending = query.order == Qt::AscendingOrder;
    QByteArray url = itemsUrl() + "?HideExpired=true&Order=" + (ascending ? "asc" : "desc");
    int size = query.size;
    if (query.from) {
        const QByteArray from = isList() ? QByteArray::number(query.from->index)
                                         : QUrl::toPercentEncoding(QString::fromUtf8(query.from->key));
        url += "&From=" + from;
        if (query.excludesFrom)
            size = std::min(size + 1, maxPageSize); // From itself comes along, and is left out here
    }
    url += "&PageSize=" + QByteArray::number(size);
    Entity::get(
            url,
            [self = self(), query, done = std::move(done)](const SyncResult<RestReply> &reply) {
                if (const auto *error = errorOf(reply)) {
                    done(*error);
                    return;
                }
                auto parsed = Protocol::parsePageResource(std::get<RestReply>(reply).body);
                if (const auto *error = errorOf(parsed)) {
                    done(*error);
                    return;
                }
                // Whoever asked shows the page as one, so it goes into the store in front of their eyes.
                self->m_store->whenSettled(
                        [self, query, done, resource = std::get<Protocol::PageResource>(std::move(parsed))] {
                            done(self->storePage(query, resource));
                            if (!self->isAttached())
                                self->dropUnseen(); // no event will
                        });
            },
            cancelled);
}

SyncResult<Page> CollectionEntity::storePage(const PageRequest &query, const Protocol::PageResource &resource)
{
    Page page;
    page.hasNext = resource.hasNext;
    page.hasPrevious = resource.hasPrevious;
    std::vector<ItemKey> keys;
    std::vector<ItemFields> fields;
    keys.reserve(resource.items.size());
    for (const auto &item : resource.items) {
        ItemKey key = keyOfResource(item);
        if (!m_store->accepts(key))
            continue;
        if (query.excludesFrom && query.from && key == *query.from) {
            page.hasPrevious = true;
            continue;
        }
        if (keys.size() == std::size_t(query.size)) {
            page.hasNext = true; // From itself is gone and one more has come instead
            break;
        }
        keys.push_back(std::move(key));
        fields.push_back(fieldsOf(keys.back(), item, item.data));
    }
    const SyncError stuck =
            PageProgress(query.order, query.from, query.excludesFrom).check(keys, page.hasNext);
    if (!stuck.isNull())
        return stuck;
    if (!keys.empty()) {
        page.first = keys.front();
        page.last = keys.back();
    }
    const bool ascending = query.order == Qt::AscendingOrder;
    if (!ascending)
        std::reverse(fields.begin(), fields.end());
    m_store->applyPage(fields);
    if (page.last || !page.hasNext) {
        const auto beside = [](const ItemKey &key, bool below) {
            return below ? Cut::before(key) : Cut::after(key);
        };
        const auto end = [](bool low) { return low ? Cut::bottom() : Cut::top(); };
        const Cut from = query.from ? beside(*query.from, ascending != query.excludesFrom) : end(ascending);
        const Cut to = page.hasNext ? beside(*page.last, !ascending) : end(!ascending);
        m_store->coverage.add(ascending ? from : to, ascending ? to : from);
    }
    for (const ItemKey &key : keys) {
        if (ItemPtr item = m_store->items().find(key))
            page.items.push_back(std::move(item));
    }
    return page;
}

void CollectionEntity::readItem(const ItemKey &key, Callback<ItemPtr> done, const CancelToken &cancelled)
{
    const QByteArray which = isList() ? "Index=" + QByteArray::number(key.index)
                                      : "Key=" + QUrl::toPercentEncoding(QString::fromUtf8(key.key));
    Entity::get(
            itemsUrl() + "?HideExpired=true&" + which,
            [self = self(), key, done = std::move(done)](const SyncResult<RestReply> &reply) {
                if (const auto *error = errorOf(reply)) {
                    done(*error);
                    return;
                }
                const auto parsed = Protocol::parsePageResource(std::get<RestReply>(reply).body);
                if (const auto *error = errorOf(parsed)) {
                    done(*error);
                    return;
                }
                const auto &items = std::get<Protocol::PageResource>(parsed).items;
                if (items.empty()) {
                    done(ItemPtr());
                    return;
                }
                const ItemFields fields = fieldsOf(key, items.front(), items.front().data);
                self->m_store->apply(fields, CollectionStore::Source::Read);
                const ItemPtr item = self->m_store->items().find(key);
                // What was read counts even if the event ids say that it is no news (protocol.md, defect
                // 17).
                done(item && item->lastEventId() > fields.lastEventId ? item : ItemPtr::make(fields));
            },
            cancelled);
}

void CollectionEntity::get(const ItemKey &key, Callback<ItemPtr> done, const CancelToken &cancelled)
{
    if (subscriptionState() == Sync::SubscriptionState::Established) {
        if (const ItemPtr item = m_store->items().find(key)) {
            done(item);
            return;
        }
        if (m_store->isTombstone(key)) {
            done(missingItem(key));
            return;
        }
    }
    readItem(
            key,
            [self = self(), key, done = std::move(done)](SyncResult<ItemPtr> result) {
                const auto *item = std::get_if<ItemPtr>(&result);
                if (item && !*item)
                    done(self->missingItem(key));
                else
                    done(std::move(result));
            },
            cancelled);
}

std::optional<TargetState> CollectionEntity::known(const Write &write) const
{
    if (!write.item)
        return Entity::known(write);
    if (const ItemPtr item = m_store->items().find(*write.item))
        return stateOf(item);
    // What is gone may have come back unheard, unless everything is heard.
    if (following() == Following::Yes && m_store->isTombstone(*write.item))
        return TargetState();
    return std::nullopt;
}

void CollectionEntity::read(const Write &write, Callback<TargetState> done, const CancelToken &cancelled)
{
    if (!write.item) {
        Entity::read(write, std::move(done), cancelled);
        return;
    }
    readItem(
            *write.item,
            [done = std::move(done)](const SyncResult<ItemPtr> &result) {
                if (const auto *error = errorOf(result))
                    done(*error);
                else
                    done(stateOf(std::get<ItemPtr>(result)));
            },
            cancelled);
}

SyncError CollectionEntity::missing(const Write &write) const
{
    const bool creates = !isList() && write.operation != WriteOperation::Remove;
    return !write.item || creates ? SyncError() : missingItem(*write.item);
}

// That an item is missing reads alike whichever call finds out.
SyncError CollectionEntity::explained(const Write &write, const SyncError &error) const
{
    const SyncError missing = write.item ? missingItem(*write.item) : SyncError();
    const bool isMissing = write.item && error.status() == missing.status() && error.code() == missing.code();
    return isMissing ? missing : Entity::explained(write, error);
}

SyncResult<WriteOutcome> CollectionEntity::confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply)
{
    if (!write.item && write.operation != WriteOperation::Push)
        return Entity::confirm(write, before, reply);
    const auto parsed = Protocol::parseItemResource(reply.body);
    const auto *resource = std::get_if<Protocol::ItemResource>(&parsed);
    if (write.operation == WriteOperation::Remove) {
        removed(before, resource);
        return WriteOutcome();
    }
    if (!resource)
        return std::get<SyncError>(parsed);
    const ItemKey key = keyOfResource(*resource, write.item.value_or(ItemKey()));
    if (!m_store->accepts(key))
        return SyncError(QStringLiteral("unexpected reply: item: expected %1")
                                 .arg(isList() ? QStringLiteral("an index") : QStringLiteral("a key")));
    if (write.operation == WriteOperation::SetTtl) {
        ttlWritten(key, *resource);
        tellChanged();
        return WriteOutcome();
    }
    const ItemPtr item = ItemPtr::make(fieldsOf(key, *resource, write.sentValue));
    // Only a map's PUT creates, and 201 says that it did (protocol.md 7.2, no. 9).
    const bool created = write.operation == WriteOperation::Push || (!isList() && reply.status == 201);
    m_store->apply(item->fields(),
                   created ? CollectionStore::Source::LocalAdd : CollectionStore::Source::LocalUpdate);
    tellChanged();
    return WriteOutcome { item, {}, {}, resource->lastEventId };
}

void CollectionEntity::confirmRemoval(const Write &write, const TargetState &before)
{
    if (!write.item)
        Entity::confirmRemoval(write, before);
    else if (following() == Following::No)
        removed(before, nullptr);
    else if (m_store->items().find(*write.item))
        m_ownRemovals.insert(*write.item); // its event, which names its id, is still to come
}

void CollectionEntity::removed(const TargetState &before, const Protocol::ItemResource *answer)
{
    if (!before.item)
        return;
    ItemFields fields = before.item->fields();
    if (answer) {
        fields.lastEventId = answer->lastEventId;
        fields.updated = answer->updated.value_or(fields.updated);
    } else if (fields.lastEventId < std::numeric_limits<qint64>::max()) {
        ++fields.lastEventId;
    }
    m_store->applyRemoval(fields, true);
    tellChanged();
}

// The reply has no value. The known one is right if no event is missing before this one; else the event of
// this write brings it.
void CollectionEntity::ttlWritten(const ItemKey &key, const Protocol::ItemResource &resource)
{
    m_store->flush();
    const ItemPtr known = m_store->items().find(key);
    if (known && resource.lastEventId - 1 <= root().lastEventId)
        m_store->apply(fieldsOf(key, resource, known->json()), CollectionStore::Source::LocalUpdate);
    else if (!known || known->lastEventId() < resource.lastEventId)
        m_store->expectOwnEvent(resource.lastEventId);
}

void CollectionEntity::handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict)
{
    if (root().removed)
        return;
    if (type == Protocol::EventType::ListRemoved || type == Protocol::EventType::MapRemoved) {
        markRemoved(false);
        return;
    }
    const auto alive = shared_from_this();
    if (type == Protocol::EventType::ListContextUpdated) {
        contextEvent(event, isStrict);
        return;
    }
    noteInTrail(type, event, isStrict);
    // What is from before the opening is in what was read since, and must not come back from an older
    // subscription.
    if (!m_store->receive(eventOf(type, event, isStrict)))
        return;
    m_store->forgetOldEvents(answered());
    tellChanged();
    if (m_store->isWorthDropping())
        dropUnseen();
    if (!m_store->isWaiting() || !session() || std::exchange(m_flushScheduled, true))
        return;
    QMetaObject::invokeMethod(
            session(),
            [weak = std::weak_ptr(self())] {
                if (const auto living = weak.lock()) {
                    living->m_flushScheduled = false;
                    living->flush();
                }
            },
            Qt::QueuedConnection);
}

void CollectionEntity::noteInTrail(Protocol::EventType type, const Protocol::Event &event, bool isStrict)
{
    EventTrail &trail = outbox().trail();
    const qint64 id = event.id.value_or(-1);
    if (isStrict && id - 1 > root().lastEventId)
        trail.missedUpTo(id - 1); // a replay that leaves out what is overwritten
    if (!outbox().keepsTrail())
        return;
    trail.note({ .eventId = id,
                 .kind = kindOf(type),
                 .item = ItemKey { event.index.value_or(-1),
                                   event.key.value_or(QByteArrayView()).toByteArray() },
                 .json = event.data.toByteArray() });
}

void CollectionEntity::flush()
{
    m_store->flush();
    tellChanged();
    if (m_store->isWorthDropping())
        dropUnseen();
}

void CollectionEntity::dropUnseen()
{
    m_store->whenSettled([self = self()] {
        QSet<ItemKey> needed = self->m_ownRemovals;
        const QList<ItemKey> targets = self->outbox().targets();
        needed.unite({ targets.cbegin(), targets.cend() });
        self->m_store->dropUnseen(self->answered(), needed);
    });
}

// Its event is faster than its answer, or all that came of it.
bool CollectionEntity::isOwnRemoval(ItemKeyView view)
{
    if (outbox().isEmpty() && m_ownRemovals.isEmpty())
        return false;
    const ItemKey key = ownedKey(view);
    return m_ownRemovals.remove(key) || outbox().isRemoving(key);
}

CollectionEvent CollectionEntity::eventOf(Protocol::EventType type, const Protocol::Event &event,
                                          bool isInOrder)
{
    const auto kind = kindOf(type);
    ItemFields fields;
    fields.index = event.index.value_or(-1);
    fields.key = event.key.value_or(QByteArrayView());
    fields.json = event.data;
    fields.revision = event.itemRevision;
    fields.lastEventId = event.id.value_or(-1);
    fields.updated = event.date.value_or(noTime);
    fields.expires = event.expires.value_or(noTime);
    if (kind == ItemEvent::Kind::Added)
        fields.created = fields.updated;
    return { .kind = kind,
             .item = fields,
             .knowsExpires = event.hasExpires,
             .isLocal = kind == ItemEvent::Kind::Removed && isOwnRemoval({ fields.index, fields.key }),
             .revision = event.revision,
             .isInOrder = isInOrder };
}

} // namespace Twilio
