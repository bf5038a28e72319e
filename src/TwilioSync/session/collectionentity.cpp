#include "TwilioSync/session/collectionentity.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/pagereader.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/largereading.h"
#include "TwilioSync/store/pageprogress.h"
#include "TwilioSync/store/placeholder.h"

#include <algorithm>
#include <limits>

namespace Twilio {

TargetState stateOf(const ItemPtr &item)
{
    if (!item)
        return {};
    return { true, item->json().toByteArray(), item->revision().toByteArray(), item->lastEventId(), item };
}

namespace {

ItemKey keyOfResource(const Protocol::ItemResource &item, const ItemKey &fallback = {})
{
    return { item.index.value_or(fallback.index), item.key.value_or(fallback.key) };
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

std::unique_ptr<CollectionStore> CollectionEntity::newStore()
{
    auto store = std::make_unique<CollectionStore>(isList() ? CollectionStore::Kind::List
                                                            : CollectionStore::Kind::Map);
    store->observers.add(&m_targets); // before who shows it
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
    return isList()
            ? SyncError(QStringLiteral("No item with index %1 found").arg(shownIndex(key.index)), 404, 54151)
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
    stopReadingKept();
    if (!m_store->root.sid.isEmpty()) { // what it knew has grown old
        m_retired.push_back(std::move(m_store));
        m_store = newStore();
        ++m_storeNumber;
        m_context = {};
    }
    Entity::adopt(resource);
}

CachedRoot CollectionEntity::stateForCache() const
{
    CachedRoot kept = Entity::stateForCache();
    kept.coverage = m_store->coverage;
    kept.coverage.add(m_store->toCome());
    kept.context = m_context.json;
    kept.contextEventId = m_context.eventId;
    return kept;
}

//! What a page has of what was asked for.
struct CollectionEntity::PageReply
{
    // What the fields are views into.
    QByteArray body;
    Protocol::PageResource resource;
    //! In the order asked for.
    std::vector<ItemKey> keys = {};
    std::vector<ItemFields> fields = {};
    bool hasNext = false;
    bool hasPrevious = false;
};

void CollectionEntity::readPage(const PageRequest &query, Callback<Page> done, const CancelToken &cancelled,
                                PageAhead ahead)
{
    const bool ascending = query.order == Qt::AscendingOrder;
    QByteArray url = itemsUrl() + "?HideExpired=true&Order=" + (ascending ? "asc" : "desc");
    const int most = readLimits().items;
    int size = std::min(query.size, most);
    if (query.from) {
        const qint64 beside = query.from->index + (ascending ? 1 : -1);
        if (isList() && query.excludesFrom && beside >= 0) {
            url += "&From=" + QByteArray::number(beside);
        } else {
            url += "&From="
                    + (isList() ? QByteArray::number(query.from->index)
                                : QUrl::toPercentEncoding(QString::fromUtf8(query.from->key)));
            if (query.excludesFrom)
                size = std::min(size + 1, most); // From itself comes along, and is left out here
        }
    }
    url += "&PageSize=" + QByteArray::number(size);
    Entity::get(
            url,
            [self = self(), query, done = std::move(done), ahead = std::move(ahead),
             number = m_storeNumber](const SyncResult<RestReply> &reply) {
                const QByteArray body = errorOf(reply) ? QByteArray() : std::get<RestReply>(reply).body;
                self->parsePage(
                        reply,
                        [self, query, done, ahead, body, number](SyncResult<Protocol::PageResource> parsed) {
                            auto read = self->pageOf(query, body, std::move(parsed));
                            if (const auto *error = errorOf(read)) {
                                done(*error);
                                return;
                            }
                            auto &page = std::get<PageReply>(read);
                            if (number != self->m_storeNumber) {
                                done(pageBesides(page));
                                return;
                            }
                            if (ahead && page.hasNext && !page.keys.empty())
                                ahead(page.keys.back());
                            // Whoever asked shows the page as one, so it goes into the store in front
                            // of their eyes.
                            self->m_store->whenSettled([self, query, done, page = std::move(page)] {
                                done(self->storePage(query, page));
                                if (!self->isAttached())
                                    self->dropUnseen(); // no event will
                            });
                        });
            },
            cancelled);
}

// A large one in turns of the event loop, in which nothing else is read.
void CollectionEntity::parsePage(const SyncResult<RestReply> &reply, Callback<Protocol::PageResource> done)
{
    if (const auto *error = errorOf(reply)) {
        done(*error);
        return;
    }
    const QByteArray &body = std::get<RestReply>(reply).body;
    if (body.size() < Protocol::PageReader::large || !session())
        done(Protocol::parsePageResource(body, readLimits()));
    else
        session()->readings().add(
                std::make_shared<LargeReading<Protocol::PageReader>>(std::move(done), body, readLimits()));
}

SyncResult<CollectionEntity::PageReply>
CollectionEntity::pageOf(const PageRequest &query, const QByteArray &body,
                         SyncResult<Protocol::PageResource> parsed) const
{
    if (const auto *error = errorOf(parsed))
        return *error;
    PageReply page { .body = body, .resource = std::get<Protocol::PageResource>(std::move(parsed)) };
    page.hasNext = page.resource.hasNext;
    page.hasPrevious = page.resource.hasPrevious;
    page.keys.reserve(page.resource.items.size());
    page.fields.reserve(page.resource.items.size());
    for (const auto &item : page.resource.items) {
        ItemKey key = keyOfResource(item);
        if (!m_store->accepts(key))
            continue;
        if (query.excludesFrom && query.from && key == *query.from) {
            page.hasPrevious = true;
            continue;
        }
        if (page.keys.size() == std::size_t(query.size)) {
            page.hasNext = true; // From itself is gone and one more has come instead
            break;
        }
        page.keys.push_back(std::move(key));
        page.fields.push_back(fieldsOf(page.keys.back(), item, item.data));
    }
    const SyncError stuck =
            PageProgress(query.order, query.from, query.excludesFrom).check(page.keys, page.hasNext);
    if (!stuck.isNull())
        return stuck;
    return page;
}

Page CollectionEntity::outlineOf(const PageReply &reply)
{
    Page page;
    page.hasNext = reply.hasNext;
    page.hasPrevious = reply.hasPrevious;
    if (!reply.keys.empty()) {
        page.first = reply.keys.front();
        page.last = reply.keys.back();
    }
    return page;
}

// What it has is of no use to the store there is now.
Page CollectionEntity::pageBesides(const PageReply &reply)
{
    Page page = outlineOf(reply);
    for (const ItemFields &fields : reply.fields)
        page.items.push_back(ItemPtr::make(fields));
    return page;
}

Page CollectionEntity::storePage(const PageRequest &query, const PageReply &reply)
{
    Page page = outlineOf(reply);
    const bool ascending = query.order == Qt::AscendingOrder;
    Cut low = Cut::bottom();
    Cut high = Cut::bottom(); // nothing is known
    if (page.last || !page.hasNext) {
        const auto beside = [](const ItemKey &key, bool below) {
            return below ? Cut::before(key) : Cut::after(key);
        };
        const auto end = [](bool below) { return below ? Cut::bottom() : Cut::top(); };
        const Cut from = query.from ? beside(*query.from, ascending != query.excludesFrom) : end(ascending);
        const Cut to = page.hasNext ? beside(*page.last, !ascending) : end(!ascending);
        low = ascending ? from : to;
        high = ascending ? to : from;
    }
    if (ascending)
        m_store->applyPage(reply.fields, low, high);
    else
        m_store->applyPage({ reply.fields.rbegin(), reply.fields.rend() }, low, high);
    touchMirror();
    for (const ItemKey &key : reply.keys) {
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
            [self = self(), key, done = std::move(done),
             number = m_storeNumber](const SyncResult<RestReply> &reply) {
                if (const auto *error = errorOf(reply)) {
                    done(*error);
                    return;
                }
                const auto parsed =
                        Protocol::parsePageResource(std::get<RestReply>(reply).body, self->readLimits());
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
                if (number == self->m_storeNumber)
                    self->m_store->apply(fields, CollectionStore::Source::Read);
                const ItemPtr item = self->m_store->items().find(key);
                // What was read counts even if the event ids say that it is no news (protocol.md, defect
                // 17).
                done(item && item->lastEventId() > fields.lastEventId ? item : ItemPtr::make(fields));
            },
            cancelled);
}

void CollectionEntity::get(const ItemKey &wanted, Callback<ItemPtr> done, const CancelToken &cancelled)
{
    const ItemKey key = resolved(wanted);
    if (isPlaceholder(key)) {
        const auto pending = pendingAt(key, {});
        done(pending ? SyncResult<ItemPtr>(pending->item) : missingItem(key));
        return;
    }
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

std::optional<TargetState> CollectionEntity::expected(const Write &write) const
{
    auto state = known(write);
    if (!state && write.item && m_store->coverage.contains(*write.item))
        state = TargetState(); // it would be here
    return state;
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
    const bool creates = !isList() && write.operation != WriteOperation::Remove
            && write.operation != WriteOperation::SetTtl;
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
    const auto parsed = Protocol::parseItemResource(reply.body, readLimits());
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
    if (write.operation == WriteOperation::Push)
        namePushed(write.id, key.index);
    const ItemPtr item = ItemPtr::make(fieldsOf(key, *resource, write.sentValue));
    // Only a map's PUT creates, and 201 says that it did (protocol.md 7.2, no. 9).
    const bool created = write.operation == WriteOperation::Push || (!isList() && reply.status == 201);
    m_store->apply(item, created ? CollectionStore::Source::LocalAdd : CollectionStore::Source::LocalUpdate);
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

// The reply has no value. The known one is right if no event is missing before this one, or waits; else the
// event of this write brings it.
void CollectionEntity::ttlWritten(const ItemKey &key, const Protocol::ItemResource &resource)
{
    m_store->flush();
    const ItemPtr known = m_store->items().find(key);
    if (known && m_store->hasApplied(resource.lastEventId - 1))
        m_store->apply(fieldsOf(key, resource, known->json()), CollectionStore::Source::LocalUpdate);
    else if (!known || known->lastEventId() < resource.lastEventId)
        m_store->expectOwnEvent(resource.lastEventId);
}

} // namespace Twilio
