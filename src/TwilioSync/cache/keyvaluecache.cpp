#include "TwilioSync/cache/keyvaluecache.h"

#include "TwilioSync/cache/cachecodec.h"
#include "TwilioSync/cache/cachekeys.h"
#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qcborarray.h>
#include <QtCore/qcborvalue.h>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio {

SyncResult<std::unique_ptr<KeyValueCache>> KeyValueCache::open(SyncCache &cache, const CacheOwner &owner,
                                                               const CacheCipher &cipher)
{
    std::unique_ptr<KeyValueCache> opened(new KeyValueCache(cache, cipher));
    if (!opened->m_claim.isOurs())
        return fileError(ownCacheName(), u"the cache is in use by another client of this process"_s);
    if (const auto prepared = opened->prepare(owner); errorOf(prepared))
        return *errorOf(prepared);
    return opened;
}

KeyValueCache::KeyValueCache(SyncCache &cache, CacheCipher cipher)
    : m_cache(cache)
    , m_cipher(std::move(cipher))
    , m_claim(u"own cache %1"_s.arg(quintptr(&cache)))
{ }

KeyValueCache::~KeyValueCache()
{
    if (m_isOpen)
        m_cache.close();
}

SyncResult<Nothing> KeyValueCache::prepare(const CacheOwner &owner)
{
    const QByteArray name = nameOfOwner(owner);
    if (SyncError error = m_cache.open(name); !error.isNull())
        return error;
    m_isOpen = true;
    if (auto result = checkFormat(name); errorOf(result))
        return result;
    if (auto result = readObjects(); errorOf(result))
        return result;
    return readWriteNumbers();
}

SyncResult<Nothing> KeyValueCache::checkFormat(const QByteArray &owner)
{
    const QByteArray version = QByteArrayLiteral("1 ");
    const auto found = readOne(CacheKeys::format());
    if (const SyncError *error = errorOf(found))
        return *error;
    const std::optional<QByteArray> &format = std::get<0>(found);
    if (!format)
        return commit({ { CacheKeys::format(), version + owner } }, Durability::Later);
    if (!format->startsWith(version))
        return fileError(ownCacheName(),
                         u"the contents are of another version of this client; they were left as they are"_s);
    if (format->sliced(version.size()) != owner)
        return fileError(ownCacheName(), u"the cache is another identity's; it was left as it is"_s);
    return Nothing();
}

SyncResult<Nothing> KeyValueCache::commit(const Batch &batch, Durability durability)
{
    if (batch.isEmpty())
        return Nothing();
    QList<SyncCache::Change> changes;
    changes.reserve(batch.size());
    for (auto it = batch.cbegin(); it != batch.cend(); ++it)
        changes.append({ it.key(), it.value() });
    if (SyncError error = m_cache.commit(changes, durability); !error.isNull())
        return error;
    return Nothing();
}

SyncResult<Nothing> KeyValueCache::write(const std::vector<CacheChange> &changes,
                                         const std::vector<CacheWrite> &writes)
{
    Batch batch;
    for (const CacheChange &change : changes) {
        if (auto result = add(batch, change); errorOf(result))
            return result;
    }
    for (const CacheWrite &each : writes) {
        if (auto result = add(batch, each); errorOf(result))
            return result;
    }
    return commit(batch, writes.empty() ? Durability::Later : Durability::AtOnce);
}

SyncResult<Nothing> KeyValueCache::add(Batch &batch, const CacheWrite &write)
{
    const QByteArray key = CacheKeys::write(write.id);
    if (write.body.isEmpty()) {
        m_writes.remove(write.id);
        batch[key] = std::nullopt;
        return Nothing();
    }
    const QByteArray &sid = write.object.resource.sid;
    if (!m_objects.contains(sid)) { // what is open is there already, and has a mirror of its own
        if (auto result = add(batch, CacheChange { .root = write.bareObject(), .isNew = true });
            errorOf(result))
            return result;
    }
    m_writes[write.id] = sid;
    batch[key] = QCborValue(QCborArray { sid, m_cipher.sealed(write.body) }).toCbor();
    if (write.id > m_lastWrite) {
        m_lastWrite = write.id;
        batch[CacheKeys::lastWrite()] = CacheKeys::ofNumber(write.id);
    }
    return Nothing();
}

SyncResult<Nothing> KeyValueCache::add(Batch &batch, const CacheChange &change)
{
    const QByteArray &sid = change.root.resource.sid;
    if (change.isGone)
        return drop(batch, sid);
    const QByteArray &name = change.root.resource.uniqueName;
    const QByteArray holder = name.isEmpty() ? sid : m_names.value(kindAndName(change.root.kind, name), sid);
    if (holder != sid && !change.isNew)
        return Nothing(); // it has gone, as its name is another object's by now
    if (change.isNew) {
        for (const QByteArray &before : { sid, holder }) {
            if (auto result = drop(batch, before); errorOf(result))
                return result;
        }
    }
    addRoot(batch, change.root);
    for (const auto &[item, isGone] : change.items) {
        std::optional<QByteArray> value;
        if (!isGone) {
            const QByteArray json = QByteArray::fromRawData(item->json().data(), item->json().size());
            value = encodeItem(*item, m_cipher.sealed(json));
        }
        batch[CacheKeys::item(sid, keyOf(*item))] = std::move(value);
    }
    return Nothing();
}

void KeyValueCache::addRoot(Batch &batch, const CachedRoot &root)
{
    const Protocol::RootResource &it = root.resource;
    const auto before = m_objects.constFind(it.sid);
    const bool isKnown = before != m_objects.cend();
    if (!isKnown || before->kind != root.kind || before->name != it.uniqueName) {
        if (isKnown)
            m_names.remove(kindAndName(before->kind, before->name));
        addKnown(batch, it.sid, { root.kind, it.uniqueName, isKnown ? before->opened : ++m_lastOpened });
    }
    const QByteArray &data = root.kind == ObjectKind::Document ? it.data : root.context;
    batch[CacheKeys::root(it.sid)] = encodeRoot(root, m_cipher.sealed(data));
}

void KeyValueCache::addKnown(Batch &batch, const QByteArray &sid, const Known &known)
{
    batch[CacheKeys::object(sid)] =
            QCborValue(QCborArray { int(known.kind), known.name, known.opened }).toCbor();
    if (!known.name.isEmpty())
        m_names[kindAndName(known.kind, known.name)] = sid;
    m_objects[sid] = known;
}

SyncResult<Nothing> KeyValueCache::drop(Batch &batch, const QByteArray &sid)
{
    const auto known = m_objects.constFind(sid);
    if (known == m_objects.cend())
        return Nothing();
    m_readings.remove(sid);
    const QByteArray items = CacheKeys::items(sid);
    for (auto it = batch.lowerBound(items); it != batch.end() && it.key().startsWith(items); ++it)
        it.value().reset();
    const auto dropped = readEach(items, [&batch](const QByteArray &key, const QByteArray &) {
        batch[key] = std::nullopt;
        return SyncError();
    });
    if (errorOf(dropped))
        return dropped;
    batch[CacheKeys::object(sid)] = std::nullopt;
    batch[CacheKeys::root(sid)] = std::nullopt;
    m_names.remove(kindAndName(known->kind, known->name));
    m_objects.erase(known);
    return Nothing();
}

QList<QByteArray> KeyValueCache::droppable() const
{
    const QSet<QByteArray> written(m_writes.cbegin(), m_writes.cend());
    QList<QByteArray> sids = m_objects.keys();
    sids.removeIf([&written](const QByteArray &sid) { return written.contains(sid); });
    std::sort(sids.begin(), sids.end(), [this](const QByteArray &a, const QByteArray &b) {
        return m_objects.constFind(a)->opened < m_objects.constFind(b)->opened;
    });
    return sids;
}

// Whoever asks for it is told if it fails, and nothing else has: what was there is there.
SyncResult<Nothing> KeyValueCache::clear()
{
    const auto objects = m_objects;
    const auto names = m_names;
    Batch batch;
    SyncResult<Nothing> result;
    const QList<QByteArray> sids = droppable();
    for (const QByteArray &sid : sids) {
        if (!errorOf(result))
            result = drop(batch, sid);
    }
    if (!errorOf(result))
        result = commit(batch, Durability::Later);
    if (errorOf(result)) {
        m_objects = objects;
        m_names = names;
    }
    return result;
}

SyncResult<Nothing> KeyValueCache::shrink(qint64 size, const QSet<QByteArray> &kept)
{
    const QList<QByteArray> sids = droppable();
    for (const QByteArray &sid : sids) {
        if (m_cache.size() <= size)
            break;
        if (kept.contains(sid))
            continue;
        Batch batch;
        if (auto result = drop(batch, sid); errorOf(result))
            return result;
        if (auto result = commit(batch, Durability::Later); errorOf(result))
            return result;
    }
    return Nothing();
}

} // namespace Twilio
