#include "TwilioSync/cache/cacheschema.h"

#include "TwilioSync/cache/cachecodec.h"

#include <QtCore/qstringlist.h>

using namespace Qt::StringLiterals;

namespace Twilio {
namespace {

const QStringList &cacheTables()
{
    static const QStringList statements {
        u"PRAGMA application_id = %1"_s.arg(cacheFormat.applicationId),
        u"PRAGMA user_version = %1"_s.arg(cacheFormat.version),
        u"CREATE TABLE owner (account TEXT NOT NULL, service TEXT NOT NULL, identity TEXT NOT NULL)"_s,
        u"CREATE TABLE objects (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, sid TEXT NOT NULL UNIQUE, "
        "unique_name TEXT, url TEXT NOT NULL, items_url TEXT NOT NULL, context_url TEXT NOT NULL, "
        "revision TEXT NOT NULL, last_event_id INTEGER NOT NULL, created INTEGER NOT NULL, "
        "updated INTEGER NOT NULL, expires INTEGER NOT NULL, data BLOB NOT NULL, "
        "context_event_id INTEGER NOT NULL, coverage BLOB NOT NULL, opened INTEGER NOT NULL, "
        "storage TEXT NOT NULL DEFAULT '', UNIQUE (kind, unique_name))"_s,
        u"CREATE INDEX objects_opened ON objects (opened)"_s,
        // With rowids: without them a row of one kB or more takes up a page of its own.
        u"CREATE TABLE items (object INTEGER NOT NULL REFERENCES objects ON DELETE CASCADE, "
        "item_index INTEGER NOT NULL, item_key TEXT NOT NULL, revision TEXT NOT NULL, "
        "last_event_id INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, "
        "expires INTEGER NOT NULL, data BLOB NOT NULL, "
        "UNIQUE (object, item_index, item_key))"_s,
        u"CREATE TABLE writes (id INTEGER PRIMARY KEY AUTOINCREMENT, object_sid TEXT NOT NULL, "
        "body BLOB NOT NULL)"_s,
    };
    return statements;
}

} // namespace

SyncResult<Nothing> createCacheSchema(SqliteConnection &connection, const CacheOwner &owner)
{
    if (auto result = connection.execute(u"PRAGMA auto_vacuum = INCREMENTAL"_s); errorOf(result))
        return result;
    // At once: each statement by itself would wait for the disk.
    return connection.transact(SqliteConnection::Durability::AtOnce, [&]() -> SyncResult<Nothing> {
        for (const QString &statement : cacheTables()) {
            if (auto result = connection.execute(statement); errorOf(result))
                return result;
        }
        auto insert = connection.prepare(u"INSERT INTO owner VALUES (?, ?, ?)"_s);
        if (const SyncError *error = errorOf(insert))
            return *error;
        return connection.run(std::get<QSqlQuery>(insert),
                              { owner.accountSid, owner.serviceSid, owner.identity });
    });
}

SyncResult<Nothing> migrateCacheSchema(SqliteConnection &connection)
{
    return connection.transact(SqliteConnection::Durability::AtOnce, [&connection]() -> SyncResult<Nothing> {
        auto added = connection.execute(u"ALTER TABLE objects ADD COLUMN storage TEXT NOT NULL DEFAULT ''"_s);
        if (errorOf(added))
            return added;
        return connection.execute(u"PRAGMA user_version = %1"_s.arg(cacheFormat.version));
    });
}

QString cacheFileName(const CacheOwner &owner)
{
    return QString::fromLatin1(nameOfOwner(owner)) + u".sqlite"_s;
}

} // namespace Twilio
