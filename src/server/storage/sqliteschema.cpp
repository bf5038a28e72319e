#include "server/storage/sqliteschema.h"

#include "server/data/service.h"

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qstringlist.h>
#include <QtCore/quuid.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

// What schema 2 adds to schema 1.
const QStringList &newTables()
{
    static const QStringList statements {
        u"CREATE TABLE services (sid TEXT PRIMARY KEY, created INTEGER NOT NULL, updated INTEGER NOT NULL) "
        "WITHOUT ROWID"_s,
        // Serials of objects that are gone, but whose items and events are still being deleted.
        u"CREATE TABLE removed_objects (serial INTEGER PRIMARY KEY)"_s,
    };
    return statements;
}

// What schema 3 adds to schema 2.
const QStringList &accessControl()
{
    static const QStringList statements {
        u"ALTER TABLE services ADD COLUMN friendly_name TEXT NOT NULL DEFAULT ''"_s,
        u"ALTER TABLE services ADD COLUMN acl_enabled INTEGER NOT NULL DEFAULT 0"_s,
        u"CREATE TABLE permissions (object INTEGER NOT NULL, identity TEXT NOT NULL, "
        "may_read INTEGER NOT NULL, may_write INTEGER NOT NULL, may_manage INTEGER NOT NULL, "
        "PRIMARY KEY (object, identity)) WITHOUT ROWID"_s,
    };
    return statements;
}

// What schema 4 adds to schema 3.
const QStringList &webhooks()
{
    static const QStringList statements {
        u"ALTER TABLE services ADD COLUMN webhook_url TEXT NOT NULL DEFAULT ''"_s,
        u"ALTER TABLE services ADD COLUMN webhooks_from_rest INTEGER NOT NULL DEFAULT 0"_s,
        u"ALTER TABLE services ADD COLUMN reachability_webhooks INTEGER NOT NULL DEFAULT 0"_s,
        u"ALTER TABLE services ADD COLUMN reachability_debouncing INTEGER NOT NULL DEFAULT 0"_s,
        u"ALTER TABLE services ADD COLUMN debouncing_window INTEGER NOT NULL DEFAULT 5000"_s,
        // What is still to be told to backends.
        u"CREATE TABLE webhooks (serial INTEGER PRIMARY KEY, id TEXT NOT NULL, lane TEXT NOT NULL, "
        "url TEXT NOT NULL, form BLOB NOT NULL)"_s,
    };
    return statements;
}

// What has come since schema \a version, which is 2 or higher.
QStringList additionsSince(int version)
{
    return (version < 3 ? accessControl() : QStringList()) + webhooks();
}

const QStringList &tables()
{
    static const QStringList statements {
        u"PRAGMA application_id = %1"_s.arg(serverFormat.applicationId),
        u"PRAGMA user_version = %1"_s.arg(schemaVersion),
        // One row. Every server that opens the file for writing raises the generation.
        // The storage id is another one whenever the data is.
        u"CREATE TABLE server (generation INTEGER NOT NULL, storage_id TEXT NOT NULL)"_s,
        // Times in milliseconds since 1970 UTC, 0 = never; kind and change: the enums of server/data.
        u"CREATE TABLE objects (serial INTEGER PRIMARY KEY, kind INTEGER NOT NULL, sid TEXT NOT NULL UNIQUE, "
        "service TEXT NOT NULL, unique_name TEXT, creator TEXT NOT NULL, created INTEGER NOT NULL, "
        "updated INTEGER NOT NULL, expires INTEGER NOT NULL, last_event_id INTEGER NOT NULL, data BLOB NOT "
        "NULL, "
        "context_event_id INTEGER NOT NULL, next_index INTEGER NOT NULL, "
        "UNIQUE (service, kind, unique_name))"_s,
        u"CREATE TABLE items (object INTEGER NOT NULL, item_index INTEGER NOT NULL, item_key TEXT NOT NULL, "
        "data BLOB NOT NULL, creator TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, "
        "expires INTEGER NOT NULL, last_event_id INTEGER NOT NULL, "
        "PRIMARY KEY (object, item_index, item_key)) WITHOUT ROWID"_s,
        u"CREATE TABLE events (object INTEGER NOT NULL, id INTEGER NOT NULL, change INTEGER NOT NULL, "
        "time INTEGER NOT NULL, expires INTEGER NOT NULL, item_index INTEGER NOT NULL, item_key TEXT NOT "
        "NULL, "
        "data BLOB NOT NULL, PRIMARY KEY (object, id)) WITHOUT ROWID"_s,
    };
    return statements;
}

QString quoted(const QString &text) { return u'\'' + QString(text).replace(u"'"_s, u"''"_s) + u'\''; }

QString newStorageIdText() { return quoted(QString::fromLatin1(newStorageId())); }

// The service called "default" becomes the default instance. If both have an object of one name, that of the
// default instance keeps it; the other one is still there by its SID.
QStringList stepsFrom1()
{
    const QString instance = quoted(QLatin1StringView(defaultServiceSid));
    return newTables()
            + QStringList {
                  u"ALTER TABLE server ADD COLUMN storage_id TEXT NOT NULL DEFAULT ''"_s,
                  u"UPDATE server SET storage_id = "_s + newStorageIdText(),
                  u"UPDATE OR IGNORE objects SET service = "_s + instance + u" WHERE service = 'default'"_s,
                  u"UPDATE objects SET service = "_s + instance
                          + u", unique_name = NULL WHERE service = 'default'"_s,
                  u"INSERT INTO services SELECT service, min(created), min(created) FROM objects "
                  "GROUP BY service"_s,
                  // A log may have been cut off at its beginning: the newest event of each item has to be
                  // there.
                  u"INSERT OR IGNORE INTO events SELECT object, last_event_id, 1, updated, expires, "
                  u"item_index, "
                  "item_key, data FROM items"_s,
                  u"INSERT OR IGNORE INTO events SELECT serial, context_event_id, 3, updated, 0, 0, '', data "
                  "FROM objects WHERE kind = 1 AND context_event_id >= 0"_s,
              };
}

SyncResult<Nothing> executeTogether(SqliteConnection &connection, QStringList statements)
{
    statements << u"PRAGMA user_version = %1"_s.arg(schemaVersion) << u"COMMIT"_s;
    if (auto result = connection.execute(u"BEGIN IMMEDIATE"_s); errorOf(result))
        return result;
    for (const QString &statement : std::as_const(statements)) {
        if (auto result = connection.execute(statement); errorOf(result)) {
            (void)connection.execute(u"ROLLBACK"_s);
            return result;
        }
    }
    return Nothing();
}

// Made aside and renamed, so that a copy of that name is never half made.
SyncResult<Nothing> keepCopy(SqliteConnection &connection, const QString &file, int version)
{
    const QString wanted = file + u".schema%1"_s.arg(version);
    QString name = wanted;
    for (int i = 2; QFileInfo::exists(name); ++i)
        name = wanted + u".%1"_s.arg(i);
    const QString aside = file + u".new"_s;
    QFile::remove(aside);
    if (auto result = connection.execute(u"VACUUM INTO "_s + quoted(aside)); errorOf(result)) {
        QFile::remove(aside);
        return result;
    }
    QFile copy(aside);
    if (!copy.rename(name))
        return fileError(name, copy.errorString());
    return Nothing();
}

} // namespace

QByteArray newStorageId() { return QUuid::createUuid().toByteArray(QUuid::Id128); }

SyncResult<Nothing> createSchema(SqliteConnection &connection)
{
    return executeTogether(
            connection,
            tables() + newTables() + additionsSince(2)
                    + QStringList { u"INSERT INTO server VALUES (0, %1)"_s.arg(newStorageIdText()) });
}

SyncResult<Nothing> migrateSchema(SqliteConnection &connection, const QString &file, int version)
{
    if (version == schemaVersion)
        return Nothing();
    if (auto kept = keepCopy(connection, file, version); errorOf(kept))
        return kept;
    return executeTogether(
            connection, (version == 1 ? stepsFrom1() : QStringList()) + additionsSince(std::max(version, 2)));
}

} // namespace Twilio::Server
