#include "TwilioSync/session/collectionentity.h"

#include "TwilioSync/store/placeholder.h"

#include <algorithm>

// What shows of writes to items before the service has taken them.
namespace Twilio {
namespace {

// Delegates learn of an index in the turn in which it is named, and dialogs that they opened sometime later.
constexpr std::size_t namesRemembered = 256;

} // namespace

std::optional<PendingItem> CollectionEntity::pendingAt(const ItemKey &key, const ItemPtr &confirmed) const
{
    const Outbox &writes = outbox();
    const bool isUnnamed = isPlaceholder(key);
    const qint64 push = isUnnamed ? pushOf(key) : isList() ? m_pushOfIndex.value(key.index) : 0;
    if (isUnnamed && m_indexOfPush.contains(push))
        return std::nullopt; // it stands at its index by now
    const Write *const pushed = push == 0 ? nullptr : writes.findPush(push);
    if (isUnnamed && !pushed)
        return std::nullopt;
    std::optional<QByteArray> json;
    if (isUnnamed)
        json = pushed->value;
    else if (confirmed)
        json = confirmed->json().toByteArray();
    bool isPending = pushed;
    bool isSaved = !pushed || !pushed->isUnsaved;
    bool isRejected = false;
    qint64 begun = pushed ? pushed->created : noTime;
    const auto take = [&](const ItemKey &target) {
        const auto effect = writes.effectOn(target, json);
        if (!effect)
            return;
        json = effect->json;
        isPending = true;
        isSaved = isSaved && effect->isSaved;
        isRejected = isRejected || effect->isRejected;
        begun = begun == noTime ? effect->begun : begun;
    };
    if (pushed)
        take(Twilio::placeholderOf(push));
    if (!isUnnamed)
        take(key);
    if (!isPending || (!json && !confirmed))
        return std::nullopt;
    PendingItem pending { .item = {},
                          .state = isRejected ? Sync::Pending::Rejected
                                  : isSaved   ? Sync::Pending::Waiting
                                              : Sync::Pending::Unsaved };
    if (!json)
        return pending;
    if (confirmed && confirmed->json() == *json) {
        pending.item = confirmed;
        return pending;
    }
    ItemFields fields = confirmed ? confirmed->fields() : ItemFields { .index = key.index, .key = key.key };
    fields.json = *json;
    if (!confirmed)
        fields.created = fields.updated = begun;
    pending.item = ItemPtr::make(fields);
    return pending;
}

QList<ItemKey> CollectionEntity::pendingKeys() const
{
    QList<ItemKey> keys = outbox().targets();
    keys.removeAll(ItemKey()); // the object itself
    for (const qint64 push : outbox().pushes()) {
        keys.append(Twilio::placeholderOf(push));
        if (const auto index = m_indexOfPush.constFind(push); index != m_indexOfPush.cend())
            keys.append(ItemKey { *index, {} });
    }
    return keys;
}

std::optional<ItemKey> CollectionEntity::placeholderOf(const ItemPtr &item)
{
    if (!isList() || outbox().isEmpty())
        return std::nullopt;
    if (const auto push = m_pushOfIndex.constFind(item->index()); push != m_pushOfIndex.cend())
        return Twilio::placeholderOf(*push);
    const auto push = outbox().pushOfValue(item->json().toByteArray(), item->lastEventId(),
                                           [this](qint64 other) { return m_indexOfPush.contains(other); });
    if (!push)
        return std::nullopt;
    m_pushOfIndex.insert(item->index(), *push);
    m_indexOfPush.insert(*push, item->index());
    return Twilio::placeholderOf(*push);
}

void CollectionEntity::namePushed(qint64 push, qint64 index)
{
    const auto guessed = m_indexOfPush.constFind(push);
    const qint64 before = guessed == m_indexOfPush.cend() ? -1 : *guessed;
    if (before == index)
        return;
    // An equal value was taken for it: whose item that is will be said in its turn.
    const qint64 other = m_pushOfIndex.value(index);
    m_pushOfIndex.remove(before);
    if (other != 0 && before >= 0) {
        m_pushOfIndex.insert(before, other);
        m_indexOfPush.insert(other, before);
    } else if (other != 0) {
        m_indexOfPush.remove(other);
    }
    m_pushOfIndex.insert(index, push);
    m_indexOfPush.insert(push, index);
    if (before >= 0)
        tellWrites({ before, {} });
    if (other != 0)
        tellWrites(Twilio::placeholderOf(other));
}

void CollectionEntity::writeEnded(const Write &write)
{
    const auto self = this->self();
    const auto index = write.operation == WriteOperation::Push ? m_indexOfPush.constFind(write.id)
                                                               : m_indexOfPush.cend();
    if (index == m_indexOfPush.cend()) {
        Entity::writeEnded(write);
        return;
    }
    const ItemKey item { *index, {} };
    m_namedLately.emplace_back(write.id, item.index);
    if (m_namedLately.size() > namesRemembered)
        m_namedLately.pop_front();
    Entity::writeEnded(write);
    tellWrites(item);
    // Only once the item has come, which may wait for others
    m_store->whenSettled([this, self, push = write.id, item] {
        m_indexOfPush.remove(push);
        if (m_pushOfIndex.value(item.index) == push)
            m_pushOfIndex.remove(item.index);
    });
}

ItemKey CollectionEntity::resolved(const ItemKey &key) const
{
    if (!isPlaceholder(key))
        return key;
    const qint64 push = pushOf(key);
    const auto isIt = [push](const auto &named) { return named.first == push; };
    const auto named = std::find_if(m_namedLately.rbegin(), m_namedLately.rend(), isIt);
    return named == m_namedLately.rend() ? key : ItemKey { named->second, {} };
}

bool CollectionEntity::knowsPlaceholder(const ItemKey &key) const
{
    return isPlaceholder(key) && (outbox().findPush(pushOf(key)) || !isPlaceholder(resolved(key)));
}

// Newest first: what was there when it was sent stands behind it.
void CollectionEntity::search(const Write &push, Callback<TargetState> done, const CancelToken &cancelled)
{
    searchBehind(push, {}, std::move(done), cancelled);
}

void CollectionEntity::searchBehind(const Write &push, const std::optional<ItemKey> &last,
                                    Callback<TargetState> done, const CancelToken &cancelled)
{
    const PageRequest request { .from = last,
                                .excludesFrom = last.has_value(),
                                .size = PageRequest::largest,
                                .order = Qt::DescendingOrder };
    readPage(
            request,
            [self = self(), push, done = std::move(done), cancelled](const SyncResult<Page> &result) {
                if (const auto *error = errorOf(result)) {
                    done(*error);
                    return;
                }
                const auto &page = std::get<Page>(result);
                for (const ItemPtr &item : page.items) {
                    if (isItemOf(push, item->json().toByteArray())) {
                        done(stateOf(item));
                        return;
                    }
                    if (item->lastEventId() <= push.sentAfter) {
                        done(TargetState());
                        return;
                    }
                }
                if (page.hasNext && page.last)
                    self->searchBehind(push, page.last, done, cancelled);
                else
                    done(TargetState());
            },
            cancelled);
}

SyncError CollectionEntity::prepare(Write &write) const
{
    if (!write.item)
        return {};
    write.item = resolved(*write.item);
    const bool isThere = !isPlaceholder(*write.item) || outbox().findPush(pushOf(*write.item));
    return isThere ? SyncError() : missingItem(*write.item);
}

} // namespace Twilio
