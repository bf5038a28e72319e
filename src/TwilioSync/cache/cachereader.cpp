#include "TwilioSync/cache/cachecodec.h"
#include "TwilioSync/cache/cachedatabase.h"
#include "TwilioSync/cache/cacheschema.h"
#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qhash.h>
#include <QtSql/qsqlerror.h>

#include <limits>

using namespace Qt::StringLiterals;

// How a CacheDatabase reads: nothing in the file is trusted to be what was written.
namespace Twilio {
namespace {

enum ObjectColumn : quint8 {
    Id,
    Kind,
    Sid,
    UniqueName,
    Url,
    ItemsUrl,
    ContextUrl,
    Revision,
    LastEventId,
    Created,
    Updated,
    Expires,
    Data,
    ContextEventId,
    CoverageColumn,
    Opened,
    Storage
};

} // namespace

SyncError CacheDatabase::damaged(const QString &what)
{
    if (m_cipher.open)
        return fileError(m_file, u"%1 cannot be opened by the cipher"_s.arg(what));
    m_isDamaged = true;
    return damagedError(m_file, what);
}

SyncResult<KeptOutbox> CacheDatabase::loadWrites(const CacheRead &first)
{
    KeptOutbox kept;
    const auto last =
            m_connection->value(u"SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'writes'"_s);
    if (const SyncError *error = errorOf(last))
        return *error;
    kept.lastId = std::get<QVariant>(last).toLongLong();
    auto rows = m_connection->rows(
            u"SELECT writes.object_sid, objects.kind, writes.body FROM writes LEFT JOIN objects "
            "ON objects.sid = writes.object_sid ORDER BY writes.id"_s);
    if (const SyncError *error = errorOf(rows))
        return *error;
    QHash<QString, std::size_t> places;
    for (auto &row = std::get<QSqlQuery>(rows); row.next();) {
        const QString sid = row.value(0).toString();
        auto place = places.find(sid);
        if (place == places.end()) {
            place = places.insert(sid, kept.objects.size());
            kept.objects.emplace_back();
        }
        KeptWrites &writes = kept.objects[*place];
        if (!writes.object && !row.value(1).isNull()) {
            auto object = load(ObjectKind(row.value(1).toInt()), sid, first);
            if (const SyncError *error = errorOf(object))
                return *error;
            writes.object = std::get<0>(std::move(object));
        }
        writes.bodies.push_back(m_cipher.opened(row.value(2).toByteArray()));
    }
    return kept;
}

SyncResult<std::optional<CachedObject>> CacheDatabase::load(ObjectKind kind, const QString &id,
                                                            const CacheRead &first)
{
    std::optional<CachedObject> found;
    for (const Statement which : { Statement::FindSid, Statement::FindName }) {
        QSqlQuery &row = statement(which);
        row.bindValue(0, int(kind));
        row.bindValue(1, id);
        if (!row.exec())
            return m_connection->errorFrom(row.lastError());
        if (!row.next())
            continue;
        const qint64 object = row.value(Id).toLongLong();
        auto root = readRoot(row);
        row.finish();
        if (const SyncError *error = errorOf(root))
            return *error;
        auto read = readItems(object, first);
        if (const SyncError *error = errorOf(read))
            return *error;
        auto &items = std::get<0>(read);
        const bool isWhole = items.size() < std::size_t(first.most);
        found = CachedObject { std::get<0>(std::move(root)), std::move(items), first.order, isWhole };
        const QString sid = QString::fromUtf8(found->root.resource.sid);
        if (auto noted = run(Statement::Open, { ++m_lastOpened, sid }); errorOf(noted))
            return *errorOf(noted);
        return found;
    }
    return found;
}

SyncResult<CachedRoot> CacheDatabase::readRoot(QSqlQuery &row)
{
    const auto text = [&row](ObjectColumn column) { return row.value(column).toString().toUtf8(); };
    const auto time = [&row](ObjectColumn column) -> std::optional<qint64> {
        const qint64 stored = row.value(column).toLongLong();
        return stored == noTime ? std::nullopt : std::optional(stored);
    };
    CachedRoot root { .kind = ObjectKind(row.value(Kind).toInt()) };
    Protocol::RootResource &it = root.resource;
    it.sid = text(Sid);
    it.uniqueName = text(UniqueName);
    it.url = text(Url);
    it.itemsUrl = text(ItemsUrl);
    it.contextUrl = text(ContextUrl);
    it.revision = text(Revision);
    if (const qint64 cursor = row.value(LastEventId).toLongLong(); cursor >= 0)
        it.lastEventId = cursor;
    it.created = time(Created);
    it.updated = time(Updated);
    it.hasExpires = true;
    it.expires = time(Expires);
    root.contextEventId = row.value(ContextEventId).toLongLong();
    const auto data = m_cipher.openedJson(row.value(Data).toByteArray());
    const auto coverage = decodeCoverage(row.value(CoverageColumn).toByteArray());
    if (!data || !coverage)
        return damaged(u"object %1"_s.arg(row.value(Sid).toString()));
    (root.kind == ObjectKind::Document ? it.data : root.context) = *data;
    root.coverage = *coverage;
    root.storageId = text(Storage);
    return root;
}

SyncResult<std::optional<std::vector<ItemPtr>>> CacheDatabase::readItems(const QByteArray &sid,
                                                                         const CacheRead &read)
{
    const auto object = idOf(sid);
    if (const SyncError *error = errorOf(object))
        return *error;
    if (!std::get<0>(object))
        return std::optional<std::vector<ItemPtr>>();
    auto items = readItems(*std::get<0>(object), read);
    if (const SyncError *error = errorOf(items))
        return *error;
    return std::optional(std::get<0>(std::move(items)));
}

SyncResult<std::vector<ItemPtr>> CacheDatabase::readItems(qint64 object, const CacheRead &read)
{
    std::vector<ItemPtr> items;
    using Index = std::numeric_limits<qint64>;
    const bool isUp = read.order == Qt::AscendingOrder;
    QSqlQuery &row = statement(isUp ? Statement::ItemsUp : Statement::ItemsDown);
    row.bindValue(0, object);
    row.bindValue(1, read.above ? read.above->index : Index::min());
    row.bindValue(2, read.above ? textOf(read.above->key) : u""_s);
    row.bindValue(3, read.below ? read.below->index : Index::max());
    row.bindValue(4, read.below ? textOf(read.below->key) : u"\uffff"_s);
    row.bindValue(5, read.most);
    if (!row.exec())
        return m_connection->errorFrom(row.lastError());
    while (row.next()) {
        const QByteArray key = row.value(1).toString().toUtf8();
        const QByteArray revision = row.value(2).toString().toUtf8();
        const auto json = m_cipher.openedJson(row.value(7).toByteArray());
        if (!json || json->isEmpty())
            return damaged(u"an item of object %1"_s.arg(object));
        const ItemFields fields { .index = row.value(0).toLongLong(),
                                  .key = key,
                                  .json = *json,
                                  .revision = revision,
                                  .lastEventId = row.value(3).toLongLong(),
                                  .created = row.value(4).toLongLong(),
                                  .updated = row.value(5).toLongLong(),
                                  .expires = row.value(6).toLongLong() };
        items.push_back(ItemPtr::make(fields)); // one that has expired, too: the service's clock decides
    }
    const QSqlError error = row.lastError();
    row.finish();
    if (error.isValid())
        return m_connection->errorFrom(error);
    return items;
}

} // namespace Twilio
