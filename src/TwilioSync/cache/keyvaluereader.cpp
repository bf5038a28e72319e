#include "TwilioSync/cache/cachecodec.h"
#include "TwilioSync/cache/cachekeys.h"
#include "TwilioSync/cache/keyvaluecache.h"
#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qcborarray.h>
#include <QtCore/qcborvalue.h>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::StringLiterals;

// How a KeyValueCache reads.
namespace Twilio {
namespace {

auto bytesOf(ItemKeyView key) { return std::pair(key.index, key.key); }

// Where what is between the keys of \a read begins and ends.
auto placesOf(const std::vector<ItemPtr> &items, const CacheRead &read)
{
    const auto first = std::partition_point(items.cbegin(), items.cend(), [&read](const ItemPtr &item) {
        return read.above && bytesOf(keyOf(*item)) <= bytesOf(*read.above);
    });
    const auto last = std::partition_point(first, items.cend(), [&read](const ItemPtr &item) {
        return !read.below || bytesOf(keyOf(*item)) < bytesOf(*read.below);
    });
    return std::pair(first, last);
}

} // namespace

SyncError unreadableError(const QString &what)
{
    return fileError(ownCacheName(), u"%1 cannot be read: it is not what was written"_s.arg(what));
}

SyncError KeyValueCache::unopened(const QString &what) const
{
    return m_cipher.open ? fileError(ownCacheName(), u"%1 cannot be opened by the cipher"_s.arg(what))
                         : unreadableError(what);
}

SyncResult<Nothing>
KeyValueCache::readEach(const QByteArray &prefix,
                        const std::function<SyncError(const QByteArray &, const QByteArray &)> &take)
{
    SyncError problem;
    const SyncError error = m_cache.read(prefix, [&](const QByteArray &key, const QByteArray &value) {
        if (problem.isNull())
            problem = key.startsWith(prefix) ? take(key, value) : unreadableError(u"a key"_s);
    });
    if (!error.isNull())
        return error;
    return problem.isNull() ? SyncResult<Nothing>() : problem;
}

SyncResult<std::optional<QByteArray>> KeyValueCache::readOne(const QByteArray &key)
{
    std::optional<QByteArray> found;
    const auto read = readEach(key, [&](const QByteArray &each, const QByteArray &value) {
        if (each == key)
            found = value;
        return SyncError();
    });
    if (const SyncError *error = errorOf(read))
        return *error;
    return found;
}

SyncResult<Nothing> KeyValueCache::readObjects()
{
    return readEach(CacheKeys::objects(), [this](const QByteArray &key, const QByteArray &value) {
        const QByteArray sid = CacheKeys::sidOf(key);
        const QCborArray known = QCborValue::fromCbor(value).toArray();
        const qint64 kind = known.at(0).toInteger(-1);
        if (kind < 0 || kind > qint64(ObjectKind::Stream) || !known.at(1).isByteArray()
            || !known.at(2).isInteger() || CacheKeys::object(sid) != key)
            return unreadableError(u"object %1"_s.arg(QString::fromUtf8(sid)));
        const Known object { ObjectKind(kind), known.at(1).toByteArray(), known.at(2).toInteger() };
        m_lastOpened = std::max(m_lastOpened, object.opened);
        if (!object.name.isEmpty())
            m_names[kindAndName(object.kind, object.name)] = sid;
        m_objects[sid] = object;
        return SyncError();
    });
}

SyncResult<Nothing> KeyValueCache::readWriteNumbers()
{
    const auto last = readOne(CacheKeys::lastWrite());
    if (const SyncError *error = errorOf(last))
        return *error;
    if (const auto &number = std::get<0>(last)) {
        if (number->size() != CacheKeys::numberSize)
            return unreadableError(u"the number of the last write"_s);
        m_lastWrite = CacheKeys::numberAt(*number);
    }
    return readEach(CacheKeys::writes(), [this](const QByteArray &key, const QByteArray &value) {
        const auto id = CacheKeys::writeIn(key);
        const QCborArray write = QCborValue::fromCbor(value).toArray();
        if (!id || *id > m_lastWrite || !write.at(0).isByteArray() || !write.at(1).isByteArray())
            return unreadableError(u"a write"_s);
        m_writes[*id] = write.at(0).toByteArray();
        return SyncError();
    });
}

SyncResult<KeptOutbox> KeyValueCache::loadWrites(const CacheRead &first)
{
    KeptOutbox kept { .lastId = m_lastWrite };
    QHash<QByteArray, std::size_t> places;
    const auto read = readEach(CacheKeys::writes(), [&](const QByteArray &, const QByteArray &value) {
        const QCborArray write = QCborValue::fromCbor(value).toArray();
        const QByteArray sid = write.at(0).toByteArray();
        auto place = places.find(sid);
        if (place == places.end()) {
            place = places.insert(sid, kept.objects.size());
            kept.objects.emplace_back();
        }
        kept.objects[*place].bodies.push_back(m_cipher.opened(write.at(1).toByteArray()));
        return SyncError();
    });
    if (const SyncError *error = errorOf(read))
        return *error;
    for (auto place = places.cbegin(); place != places.cend(); ++place) {
        const auto known = m_objects.constFind(place.key());
        if (known == m_objects.cend())
            continue;
        auto object = load(known->kind, QString::fromUtf8(place.key()), first);
        if (const SyncError *error = errorOf(object))
            return *error;
        kept.objects[*place].object = std::get<0>(std::move(object));
    }
    return kept;
}

SyncResult<std::optional<CachedObject>> KeyValueCache::load(ObjectKind kind, const QString &id,
                                                            const CacheRead &first)
{
    QByteArray sid = id.toUtf8();
    if (const auto known = m_objects.constFind(sid); known == m_objects.cend() || known->kind != kind)
        sid = m_names.value(kindAndName(kind, sid));
    const auto known = m_objects.constFind(sid);
    if (known == m_objects.cend())
        return std::optional<CachedObject>();
    auto root = readRoot(sid, *known);
    if (const SyncError *error = errorOf(root))
        return *error;
    endReading(sid);
    auto read = readItems(sid, first);
    if (const SyncError *error = errorOf(read))
        return *error;
    std::vector<ItemPtr> items = *std::get<0>(std::move(read));
    const bool isWhole = items.size() < std::size_t(first.most);
    Batch batch;
    addKnown(batch, sid, { known->kind, known->name, ++m_lastOpened });
    if (const auto noted = commit(batch, Durability::Later); errorOf(noted))
        return *errorOf(noted);
    return std::optional(
            CachedObject { std::get<0>(std::move(root)), std::move(items), first.order, isWhole });
}

SyncResult<CachedRoot> KeyValueCache::readRoot(const QByteArray &sid, const Known &known)
{
    const QString what = u"object %1"_s.arg(QString::fromUtf8(sid));
    const auto found = readOne(CacheKeys::root(sid));
    if (const SyncError *error = errorOf(found))
        return *error;
    CachedRoot root { .kind = known.kind };
    root.resource.sid = sid;
    root.resource.uniqueName = known.name;
    const auto data = decodeRoot(std::get<0>(found).value_or(QByteArray()), root);
    if (!data)
        return unreadableError(what);
    const auto text = m_cipher.openedJson(*data);
    if (!text)
        return unopened(what);
    (root.kind == ObjectKind::Document ? root.resource.data : root.context) = *text;
    return root;
}

SyncResult<std::optional<std::vector<ItemPtr>>> KeyValueCache::readItems(const QByteArray &sid,
                                                                         const CacheRead &read)
{
    if (!m_objects.contains(sid))
        return std::optional<std::vector<ItemPtr>>();
    auto reading = m_readings.find(sid);
    if (reading == m_readings.end()) {
        auto all = readAll(sid);
        if (const SyncError *error = errorOf(all))
            return *error;
        reading = m_readings.insert(sid, std::get<0>(std::move(all)));
    }
    const auto [first, last] = placesOf(*reading, read);
    std::vector<ItemPtr> items;
    if (read.order == Qt::AscendingOrder)
        std::copy_n(first, std::min<qsizetype>(last - first, read.most), std::back_inserter(items));
    else
        std::copy_n(std::make_reverse_iterator(last), std::min<qsizetype>(last - first, read.most),
                    std::back_inserter(items));
    if (items.size() < std::size_t(read.most))
        m_readings.remove(sid);
    return std::optional(std::move(items));
}

SyncResult<std::vector<ItemPtr>> KeyValueCache::readAll(const QByteArray &sid)
{
    std::vector<ItemPtr> items;
    const QByteArray prefix = CacheKeys::items(sid);
    const QString what = u"an item of object %1"_s.arg(QString::fromUtf8(sid));
    const auto read = readEach(prefix, [&](const QByteArray &key, const QByteArray &value) {
        const auto name = CacheKeys::itemKeyIn(QByteArrayView(key).sliced(prefix.size()));
        auto item = decodeItem(value);
        if (!name || !item)
            return unreadableError(what);
        const auto json = m_cipher.openedJson(item->data);
        if (!json || json->isEmpty())
            return unopened(what);
        item->fields.index = name->index;
        item->fields.key = name->key;
        item->fields.json = *json;
        items.push_back(
                ItemPtr::make(item->fields)); // one that has expired, too: the service's clock decides
        return SyncError();
    });
    if (const SyncError *error = errorOf(read))
        return *error;
    return items;
}

} // namespace Twilio
