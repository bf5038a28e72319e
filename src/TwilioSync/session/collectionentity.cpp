#include "TwilioSync/session/collectionentity.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/mutation.h"

#include <QtCore/qtimer.h>

#include <algorithm>

namespace Twilio {
namespace {

using Repeat = Requester::Repeat;

constexpr int maxPageSize = 100; // protocol.md 7.7

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

CollectionEntity::CollectionEntity(ObjectKind kind, ClientSession *session) : Entity(kind, session) { }

std::shared_ptr<CollectionEntity> CollectionEntity::self()
{
    return std::static_pointer_cast<CollectionEntity>(shared_from_this());
}

QByteArray CollectionEntity::itemsUrl() const
{
    const RootState &state = m_store.root;
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

SyncError CollectionEntity::errorOfItem(const ItemKey &key, const SyncError &error) const
{
    const SyncError missing = missingItem(key);
    return error.status() == missing.status() && error.code() == missing.code() ? missing : error;
}

CollectionEntity::Queue &CollectionEntity::queueOf(const ItemKey &key)
{
    auto &queue = m_queues[key];
    if (!queue)
        queue = std::make_shared<Queue>(writeGate());
    return *queue;
}

void CollectionEntity::dropIdleQueue(const ItemKey &key)
{
    const auto queue = m_queues.constFind(key);
    if (queue != m_queues.cend() && (*queue)->isIdle())
        m_queues.erase(queue);
}

void CollectionEntity::readPage(const PageRequest &query, Callback<Page> done)
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
    request("GET", url, {}, Repeat::Safely,
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
                auto &resource = std::get<Protocol::PageResource>(parsed);
                Page page;
                page.hasNext = resource.hasNext;
                page.hasPrevious = resource.hasPrevious;
                std::vector<ItemKey> keys;
                std::vector<ItemFields> fields;
                keys.reserve(resource.items.size());
                for (const auto &item : resource.items) {
                    ItemKey key = keyOfResource(item);
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
                if (!keys.empty()) {
                    page.first = keys.front();
                    page.last = keys.back();
                }
                if (query.order == Qt::DescendingOrder)
                    std::reverse(fields.begin(), fields.end());
                self->m_store.applyPage(fields);
                for (const ItemKey &key : keys) {
                    if (ItemPtr item = self->m_store.items().find(key))
                        page.items.push_back(std::move(item));
                }
                done(std::move(page));
            });
}

void CollectionEntity::readItem(const ItemKey &key, Callback<ItemPtr> done)
{
    const QByteArray which = isList() ? "Index=" + QByteArray::number(key.index)
                                      : "Key=" + QUrl::toPercentEncoding(QString::fromUtf8(key.key));
    request("GET", itemsUrl() + "?HideExpired=true&" + which, {}, Repeat::Safely,
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
                self->m_store.apply(fields, CollectionStore::Source::Read);
                const ItemPtr item = self->m_store.items().find(key);
                // What was read counts even if the event ids say that it is no news (protocol.md, defect 17).
                done(item && item->lastEventId() > fields.lastEventId ? item : ItemPtr::make(fields));
            });
}

void CollectionEntity::get(const ItemKey &key, Callback<ItemPtr> done)
{
    if (subscriptionState() == Sync::SubscriptionState::Established) {
        if (const ItemPtr item = m_store.items().find(key)) {
            done(item);
            return;
        }
        if (m_store.isTombstone(key)) {
            done(missingItem(key));
            return;
        }
    }
    readItem(key, [self = self(), key, done = std::move(done)](SyncResult<ItemPtr> result) {
        const auto *item = std::get_if<ItemPtr>(&result);
        if (item && !*item)
            done(self->missingItem(key));
        else
            done(std::move(result));
    });
}

void CollectionEntity::push(const SyncValue &value, std::optional<qint64> ttl, Callback<ItemPtr> done)
{
    done = countWrite<ItemPtr>(std::move(done));
    pacedRequest("POST", itemsUrl(), writeBody(&value, ttl), Repeat::Once,
                 [self = self(), value, done = std::move(done)](const SyncResult<RestReply> &reply) {
                     if (const auto *error = errorOf(reply)) {
                         done(*error);
                         return;
                     }
                     const auto parsed = Protocol::parseItemResource(std::get<RestReply>(reply).body);
                     if (const auto *error = errorOf(parsed)) {
                         done(*error);
                         return;
                     }
                     const auto &resource = std::get<Protocol::ItemResource>(parsed);
                     const ItemKey key = keyOfResource(resource);
                     const QByteArray json = value.toJson();
                     const ItemPtr item = ItemPtr::make(fieldsOf(key, resource, json));
                     self->m_store.apply(item->fields(), CollectionStore::Source::LocalAdd);
                     self->tellChanged();
                     done(item);
                 });
}

void CollectionEntity::write(const ItemKey &key, const SyncValue &value, std::optional<qint64> ttl,
                             const QByteArray &ifMatch, Callback<ItemPtr> done)
{
    request(
            isList() ? "POST" : "PUT", itemUrl(key), writeBody(&value, ttl), Repeat::Safely,
            [self = self(), key, value, done = std::move(done)](const SyncResult<RestReply> &reply) {
                if (const auto *error = errorOf(reply)) {
                    done(self->errorOfItem(key, *error));
                    return;
                }
                const auto &answer = std::get<RestReply>(reply);
                const auto parsed = Protocol::parseItemResource(answer.body);
                if (const auto *error = errorOf(parsed)) {
                    done(*error);
                    return;
                }
                const QByteArray json = value.toJson();
                const ItemPtr item =
                        ItemPtr::make(fieldsOf(key, std::get<Protocol::ItemResource>(parsed), json));
                // Only a map's PUT creates, and 201 says that it did (protocol.md 7.2, no. 9).
                const bool created = !self->isList() && answer.status == 201;
                self->m_store.apply(item->fields(),
                                    created ? CollectionStore::Source::LocalAdd
                                            : CollectionStore::Source::LocalUpdate);
                self->tellChanged();
                done(item);
            },
            ifMatch);
}

void CollectionEntity::set(const ItemKey &key, const SyncValue &value, std::optional<qint64> ttl,
                           Callback<ItemPtr> done)
{
    done = countWrite<ItemPtr>(std::move(done));
    queueOf(key).add(
            true, ttl,
            [self = self(), key, value](std::optional<qint64> sentTtl, const Callback<ItemPtr> &written) {
                self->write(key, value, sentTtl, {}, written);
            },
            [self = self(), key, done = std::move(done)](SyncResult<ItemPtr> result) {
                self->dropIdleQueue(key);
                done(std::move(result));
            });
}

//! One mutate() on its way through lost races.
struct CollectionEntity::Mutation
{
    ItemKey key;
    Mutator mutator;
    std::optional<qint64> ttl;
    Callback<ItemPtr> done;
    int attempts = 0;
};

void CollectionEntity::mutate(const ItemKey &key, const Mutator &mutator, std::optional<qint64> ttl,
                              Callback<ItemPtr> done)
{
    done = countWrite<ItemPtr>(std::move(done));
    queueOf(key).add(
            false, ttl,
            [self = self(), key, mutator](std::optional<qint64> sentTtl, const Callback<ItemPtr> &written) {
                auto mutation = std::make_shared<Mutation>(Mutation { key, mutator, sentTtl, written, 0 });
                if (const ItemPtr known = self->m_store.items().find(key)) {
                    self->mutateOn(mutation, known);
                    return;
                }
                self->readItem(key, [self, mutation](const SyncResult<ItemPtr> &read) {
                    if (const auto *error = errorOf(read))
                        mutation->done(*error);
                    else
                        self->mutateOn(mutation, std::get<ItemPtr>(read));
                });
            },
            [self = self(), key, done = std::move(done)](SyncResult<ItemPtr> result) {
                self->dropIdleQueue(key);
                done(std::move(result));
            });
}

void CollectionEntity::mutateOn(const std::shared_ptr<Mutation> &mutation, const ItemPtr &current)
{
    if (!current && isList()) {
        mutation->done(missingItem(mutation->key));
        return;
    }
    const SyncValue value = current ? SyncValue::fromCheckedJson(current->json().toByteArray()) : SyncValue();
    const auto made = runMutator(mutation->mutator, value);
    if (const auto *error = errorOf(made)) {
        mutation->done(*error);
        return;
    }
    const auto &next = std::get<std::optional<SyncValue>>(made);
    if (!next) {
        mutation->done(current);
        return;
    }
    const QByteArray ifMatch = current ? current->revision().toByteArray() : QByteArray("-1");
    write(mutation->key, *next, mutation->ttl, ifMatch,
          [self = self(), mutation](SyncResult<ItemPtr> result) {
              const auto *error = errorOf(result);
              if (!error || error->status() != 412 || ++mutation->attempts >= maxMutationAttempts
                  || !self->session()) {
                  mutation->done(std::move(result));
                  return;
              }
              QTimer::singleShot(mutationDelay(mutation->attempts), self->session(), [self, mutation] {
                  self->readItem(mutation->key, [self, mutation](const SyncResult<ItemPtr> &read) {
                      if (const auto *failure = errorOf(read))
                          mutation->done(*failure);
                      else
                          self->mutateOn(mutation, std::get<ItemPtr>(read));
                  });
              });
          });
}

void CollectionEntity::remove(const ItemKey &key, Callback<Nothing> done)
{
    done = countWrite<Nothing>(std::move(done));
    // The last value is part of itemRemoved(), so an item that is not known is read first (protocol.md 10.3).
    get(key, [self = self(), key, done = std::move(done)](const SyncResult<ItemPtr> &read) {
        if (const auto *error = errorOf(read)) {
            done(*error);
            return;
        }
        const ItemPtr last = std::get<ItemPtr>(read);
        self->pacedRequest("DELETE", self->itemUrl(key), {}, Repeat::Safely,
                           [self, key, last, done](const SyncResult<RestReply> &reply) {
                               if (const auto *error = errorOf(reply)) {
                                   done(self->errorOfItem(key, *error));
                                   return;
                               }
                               ItemFields fields = last->fields();
                               const auto parsed =
                                       Protocol::parseItemResource(std::get<RestReply>(reply).body);
                               if (const auto *item = std::get_if<Protocol::ItemResource>(&parsed)) {
                                   fields.lastEventId = item->lastEventId;
                                   fields.updated = item->updated.value_or(fields.updated);
                               } else {
                                   ++fields.lastEventId;
                               }
                               self->m_store.applyRemoval(fields, true);
                               self->tellChanged();
                               done(Nothing());
                           });
    });
}

void CollectionEntity::setItemTtl(const ItemKey &key, qint64 ttl, Callback<Nothing> done)
{
    done = countWrite<Nothing>(std::move(done));
    pacedRequest("POST", itemUrl(key), writeBody(nullptr, ttl), Repeat::Safely,
                 [self = self(), key, done = std::move(done)](const SyncResult<RestReply> &reply) {
                     if (const auto *error = errorOf(reply)) {
                         done(self->errorOfItem(key, *error));
                         return;
                     }
                     const auto parsed = Protocol::parseItemResource(std::get<RestReply>(reply).body);
                     if (const auto *resource = std::get_if<Protocol::ItemResource>(&parsed))
                         self->ttlWritten(key, *resource);
                     self->tellChanged();
                     done(Nothing());
                 });
}

// The reply has no value. The known one is right if no event is missing before this one; else the event of
// this write brings it.
void CollectionEntity::ttlWritten(const ItemKey &key, const Protocol::ItemResource &resource)
{
    m_store.flush();
    const ItemPtr known = m_store.items().find(key);
    if (known && resource.lastEventId <= root().lastEventId + 1)
        m_store.apply(fieldsOf(key, resource, known->json()), CollectionStore::Source::LocalUpdate);
    else if (!known || known->lastEventId() < resource.lastEventId)
        m_store.expectOwnEvent(resource.lastEventId);
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
    // What is from before the opening is in what was read since, and must not come back from an older
    // subscription.
    if (!root().noteEvent(event.id.value_or(-1), event.revision, isStrict))
        return;
    applyEvent(type, event);
    m_store.forgetOldEvents(answered());
    tellChanged();
    if (!m_store.isWaiting() || !session() || std::exchange(m_flushScheduled, true))
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

void CollectionEntity::flush() { m_store.flush(); }

void CollectionEntity::applyEvent(Protocol::EventType type, const Protocol::Event &event)
{
    ItemFields fields;
    fields.index = event.index.value_or(-1);
    fields.key = event.key.value_or(QByteArrayView());
    fields.json = event.data;
    fields.revision = event.itemRevision;
    fields.lastEventId = event.id.value_or(-1);
    fields.updated = event.date.value_or(noTime);
    fields.expires = event.expires.value_or(noTime);
    switch (type) {
    case Protocol::EventType::ListItemAdded:
    case Protocol::EventType::MapItemAdded:
        fields.created = fields.updated;
        m_store.enqueue(fields, CollectionStore::Source::AddedEvent, event.hasExpires);
        break;
    case Protocol::EventType::ListItemUpdated:
    case Protocol::EventType::MapItemUpdated:
        m_store.enqueue(fields, CollectionStore::Source::UpdatedEvent, event.hasExpires);
        break;
    case Protocol::EventType::ListItemRemoved:
    case Protocol::EventType::MapItemRemoved:
        m_store.enqueueRemoval(fields);
        break;
    case Protocol::EventType::Unknown:
    case Protocol::EventType::DocumentUpdated:
    case Protocol::EventType::DocumentRemoved:
    case Protocol::EventType::ListRemoved:
    case Protocol::EventType::MapRemoved:
    case Protocol::EventType::StreamMessagePublished:
    case Protocol::EventType::StreamRemoved:
    case Protocol::EventType::SubscriptionEstablished:
    case Protocol::EventType::SubscriptionCanceled:
    case Protocol::EventType::SubscriptionFailed:
        break;
    }
}

} // namespace Twilio
