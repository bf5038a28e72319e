#include "TwilioSync/cache/cachedatabase.h"

#include "TwilioSync/cache/cachecodec.h"
#include "TwilioSync/cache/cacheschema.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtSql/qsqlerror.h>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio {
namespace {

// In the order of CacheDatabase::Statement.
const std::array cacheStatements {
    u"SELECT * FROM objects WHERE kind = ? AND sid = ?"_s,
    u"SELECT * FROM objects WHERE kind = ? AND unique_name = ?"_s,
    u"SELECT item_index, item_key, revision, last_event_id, created, updated, expires, data FROM items "
    "WHERE object = ? AND (item_index, item_key) > (?, ?) AND (item_index, item_key) < (?, ?) "
    "ORDER BY item_index, item_key LIMIT ?"_s,
    u"SELECT item_index, item_key, revision, last_event_id, created, updated, expires, data FROM items "
    "WHERE object = ? AND (item_index, item_key) > (?, ?) AND (item_index, item_key) < (?, ?) "
    "ORDER BY item_index DESC, item_key DESC LIMIT ?"_s,
    u"INSERT INTO objects (kind, sid, unique_name, url, items_url, context_url, revision, last_event_id, "
    "created, updated, expires, data, context_event_id, coverage, opened, storage) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (sid) DO UPDATE SET unique_name = excluded.unique_name, url = excluded.url, "
    "items_url = excluded.items_url, context_url = excluded.context_url, revision = excluded.revision, "
    "last_event_id = excluded.last_event_id, created = excluded.created, updated = excluded.updated, "
    "expires = excluded.expires, data = excluded.data, context_event_id = excluded.context_event_id, "
    "coverage = excluded.coverage, storage = excluded.storage ON CONFLICT DO NOTHING"_s,
    u"DELETE FROM objects WHERE sid = ?"_s,
    u"DELETE FROM objects WHERE kind = ? AND unique_name = ?"_s,
    u"SELECT id FROM objects WHERE sid = ?"_s,
    u"UPDATE objects SET opened = ? WHERE sid = ?"_s,
    u"INSERT INTO items (object, item_index, item_key, revision, last_event_id, created, updated, expires, "
    u"data) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (object, item_index, item_key) DO UPDATE SET "
    "revision = excluded.revision, last_event_id = excluded.last_event_id, created = excluded.created, "
    "updated = excluded.updated, expires = excluded.expires, data = excluded.data"_s,
    u"DELETE FROM items WHERE object = ? AND item_index = ? AND item_key = ?"_s,
    u"INSERT INTO writes (id, object_sid, body) VALUES (?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET body = excluded.body"_s,
    u"DELETE FROM writes WHERE id = ?"_s,
};

QVariant nameOf(const Protocol::RootResource &resource)
{
    return resource.uniqueName.isEmpty() ? QVariant() : QString::fromUtf8(resource.uniqueName);
}

} // namespace

SyncResult<std::unique_ptr<CacheDatabase>> CacheDatabase::open(const QString &folder, const CacheOwner &owner,
                                                               const CacheCipher &cipher, SyncError *damage)
{
    if (!QDir().mkpath(folder))
        return fileError(folder, u"expected a folder, or a place where one can be made"_s);
    const QString file = QDir(QFileInfo(folder).canonicalFilePath()).filePath(cacheFileName(owner));
    auto opened = openWhole(file, owner, cipher, damage);
    return damage->isNull() ? std::move(opened) : openWhole(file, owner, cipher, damage);
}

SyncResult<std::unique_ptr<CacheDatabase>> CacheDatabase::openWhole(const QString &file,
                                                                    const CacheOwner &owner,
                                                                    const CacheCipher &cipher,
                                                                    SyncError *damage)
{
    std::unique_ptr<CacheDatabase> database(new CacheDatabase(file, cipher));
    // SQLite's locks are those of the process, and whoever closes the file lets go of all of them.
    database->m_claim = std::make_unique<CacheClaim>(file);
    if (!database->m_claim->isOurs())
        return fileError(file, u"the cache is in use by another client of this process"_s);
    const auto prepared = database->prepare(owner);
    const SyncError *const error = errorOf(prepared);
    if (!error)
        return database;
    if (database->setAsideIfDamaged())
        *damage = *error;
    return *error;
}

CacheDatabase::CacheDatabase(QString file, CacheCipher cipher)
    : m_file(std::move(file))
    , m_cipher(std::move(cipher))
{ }

CacheDatabase::~CacheDatabase()
{
    m_statements.clear();
    m_connection.reset(); // before the claim
}

SyncResult<Nothing> CacheDatabase::prepare(const CacheOwner &owner)
{
    const auto fill = [&owner](SqliteConnection &connection) { return createCacheSchema(connection, owner); };
    if (isVacant(m_file)) {
        if (auto made = createDatabase(m_file, fill); errorOf(made))
            return made;
    }
    const auto version = checkHeader(m_file, cacheFormat);
    if (const SyncError *error = errorOf(version))
        return *error;
    auto opened = SqliteConnection::open(m_file, SqliteConnection::Mode::ReadWrite);
    if (const SyncError *error = errorOf(opened))
        return *error;
    m_connection = std::get<0>(std::move(opened));
    // NORMAL: survives kill -9; after a loss of power the file may be some transactions older, and is whole.
    for (const QString &sql : { u"PRAGMA locking_mode = EXCLUSIVE"_s, u"PRAGMA synchronous = NORMAL"_s,
                                u"PRAGMA foreign_keys = ON"_s, u"PRAGMA journal_size_limit = 8388608"_s,
                                u"BEGIN IMMEDIATE"_s, u"COMMIT"_s }) {
        if (auto result = m_connection->execute(sql); errorOf(result))
            return result;
    }
    if (std::get<int>(version) < cacheFormat.version) {
        if (auto migrated = migrateCacheSchema(*m_connection); errorOf(migrated))
            return migrated;
    }
    auto rows = m_connection->rows(u"SELECT account, service, identity FROM owner"_s);
    if (const SyncError *error = errorOf(rows))
        return *error;
    auto &row = std::get<QSqlQuery>(rows);
    if (!row.next()
        || CacheOwner { row.value(0).toString(), row.value(1).toString(), row.value(2).toString() } != owner)
        return fileError(m_file, u"the cache is another identity's; it was left as it is"_s);
    row.finish();
    const auto last = m_connection->value(u"SELECT coalesce(max(opened), 0) FROM objects"_s);
    if (const SyncError *error = errorOf(last))
        return *error;
    m_lastOpened = std::get<QVariant>(last).toLongLong();
    auto prepared = m_connection->prepare(cacheStatements);
    if (const SyncError *error = errorOf(prepared))
        return *error;
    m_statements = std::get<0>(std::move(prepared));
    return Nothing();
}

bool CacheDatabase::setAsideIfDamaged()
{
    if (!m_isDamaged && !(m_connection && m_connection->isDamaged()))
        return false;
    m_statements.clear();
    m_connection.reset();
    const QString aside = m_file + u".damaged"_s;
    QFile::remove(aside);
    for (const QString &suffix : { u"-wal"_s, u"-shm"_s })
        QFile::remove(m_file + suffix);
    return QFile::rename(m_file, aside);
}

SyncResult<Nothing> CacheDatabase::run(Statement which, const QVariantList &values)
{
    return m_connection->run(statement(which), values);
}

SyncResult<Nothing> CacheDatabase::write(const std::vector<CacheChange> &changes,
                                         const std::vector<CacheWrite> &writes)
{
    using Durability = SqliteConnection::Durability;
    const auto durability = writes.empty() ? Durability::Later : Durability::AtOnce;
    return m_connection->transact(durability, [&]() -> SyncResult<Nothing> {
        for (const CacheChange &change : changes) {
            if (auto result = write(change); errorOf(result))
                return result;
        }
        for (const CacheWrite &each : writes) {
            if (auto result = write(each); errorOf(result))
                return result;
        }
        return Nothing();
    });
}

SyncResult<Nothing> CacheDatabase::write(const CacheWrite &write)
{
    if (write.body.isEmpty())
        return run(Statement::RemoveWrite, { write.id });
    const auto object = idOf(write.object.resource.sid);
    if (const SyncError *error = errorOf(object))
        return *error;
    if (!std::get<0>(object)) { // what is open is there already, and has a mirror of its own
        if (auto result = this->write(CacheChange { .root = write.bareObject(), .isNew = true });
            errorOf(result))
            return result;
    }
    return run(Statement::StoreWrite,
               { write.id, textOf(write.object.resource.sid), m_cipher.sealed(write.body) });
}

SyncResult<Nothing> CacheDatabase::write(const CacheChange &change)
{
    const QString sid = textOf(change.root.resource.sid);
    if (change.isGone)
        return run(Statement::RemoveObject, { sid });
    if (change.isNew) {
        if (auto result = run(Statement::RemoveObject, { sid }); errorOf(result))
            return result;
        // The name may have been another object's.
        if (auto result =
                    run(Statement::RemoveNamed, { int(change.root.kind), nameOf(change.root.resource) });
            errorOf(result))
            return result;
    }
    const auto object = store(change.root);
    if (const SyncError *error = errorOf(object))
        return *error;
    if (!std::get<0>(object))
        return Nothing(); // it has gone, as its name is another object's by now
    return writeItems(change, *std::get<0>(object));
}

SyncResult<std::optional<qint64>> CacheDatabase::idOf(const QByteArray &sid)
{
    QSqlQuery &row = statement(Statement::ObjectId);
    row.bindValue(0, textOf(sid));
    if (!row.exec())
        return m_connection->errorFrom(row.lastError());
    const auto id = row.next() ? std::optional(row.value(0).toLongLong()) : std::nullopt;
    row.finish();
    return id;
}

SyncResult<std::optional<qint64>> CacheDatabase::store(const CachedRoot &root)
{
    const Protocol::RootResource &it = root.resource;
    const bool isDocument = root.kind == ObjectKind::Document;
    const auto stored =
            run(Statement::StoreObject,
                { int(root.kind), textOf(it.sid), nameOf(it), textOf(it.url), textOf(it.itemsUrl),
                  textOf(it.contextUrl), textOf(it.revision), it.lastEventId.value_or(-1),
                  it.created.value_or(noTime), it.updated.value_or(noTime), it.expires.value_or(noTime),
                  m_cipher.sealed(isDocument ? it.data : root.context), root.contextEventId,
                  encodeCoverage(root.coverage), ++m_lastOpened, textOf(root.storageId) });
    if (const SyncError *error = errorOf(stored))
        return *error;
    return idOf(it.sid);
}

SyncResult<Nothing> CacheDatabase::writeItems(const CacheChange &change, qint64 object)
{
    for (const auto &[item, isGone] : change.items) {
        const QVariantList key { object, item->index(), textOf(item->key()) };
        const QByteArray json = QByteArray::fromRawData(item->json().data(), item->json().size());
        auto result = isGone
                ? run(Statement::RemoveItem, key)
                : run(Statement::StoreItem,
                      key
                              + QVariantList { textOf(item->revision()), item->lastEventId(), item->created(),
                                               item->updated(), item->expires(), m_cipher.sealed(json) });
        if (errorOf(result))
            return result;
    }
    return Nothing();
}

SyncResult<Nothing> CacheDatabase::clear()
{
    return m_connection->execute(u"DELETE FROM objects WHERE sid NOT IN (SELECT object_sid FROM writes)"_s);
}

SyncResult<qint64> CacheDatabase::size()
{
    const auto bytes = m_connection->value(u"SELECT (page_count - freelist_count) * page_size FROM "
                                           u"pragma_page_count, pragma_freelist_count, "
                                           "pragma_page_size"_s);
    if (const SyncError *error = errorOf(bytes))
        return *error;
    return std::get<QVariant>(bytes).toLongLong();
}

SyncResult<Nothing> CacheDatabase::shrink(qint64 size, const QSet<QByteArray> &kept)
{
    auto rows = m_connection->rows(
            u"SELECT sid FROM objects WHERE sid NOT IN (SELECT object_sid FROM writes) ORDER BY opened"_s);
    if (const SyncError *error = errorOf(rows))
        return *error;
    QStringList candidates;
    for (auto &row = std::get<QSqlQuery>(rows); row.next();) {
        if (const QString sid = row.value(0).toString(); !kept.contains(sid.toUtf8()))
            candidates << sid;
    }
    std::get<QSqlQuery>(rows).finish();
    for (const QString &sid : std::as_const(candidates)) {
        const auto now = this->size();
        if (const SyncError *error = errorOf(now))
            return *error;
        if (std::get<qint64>(now) <= size)
            break;
        if (auto result = run(Statement::RemoveObject, { sid }); errorOf(result))
            return result;
    }
    return m_connection->execute(u"PRAGMA incremental_vacuum"_s);
}

} // namespace Twilio
