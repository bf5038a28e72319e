#include "server/storage/sqlitestorage.h"

#include "server/data/kinds.h"
#include "server/storage/sqliteloader.h"
#include "server/storage/sqliteschema.h"
#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

// An empty string, not NULL: Qt takes a null QString for the latter.
QString text(const QString &value) { return value.isNull() ? u""_s : value; }

QByteArray blob(const QByteArray &value) { return value.isNull() ? QByteArrayLiteral("") : value; }

} // namespace

SyncResult<std::unique_ptr<Storage>> SqliteStorage::open(const QString &file)
{
    if (isVacant(file)) {
        if (!QFileInfo(file).dir().exists())
            return fileError(file, u"expected an existing folder"_s);
        if (auto made = createDatabase(file, createSchema); errorOf(made))
            return *errorOf(made);
    }
    const auto header = checkHeader(file, serverFormat);
    if (const SyncError *error = errorOf(header))
        return *error;
    const int version = std::get<int>(header);
    std::unique_ptr<SqliteStorage> storage(new SqliteStorage(file));
    if (auto checked = storage->check(version); errorOf(checked))
        return *errorOf(checked);
    if (auto taken = storage->take(version); errorOf(taken))
        return *errorOf(taken);
    return std::unique_ptr<Storage>(std::move(storage));
}

SqliteStorage::SqliteStorage(QString file) : m_file(std::move(file)) { }

SqliteStorage::~SqliteStorage() = default;

// Reads and checks everything without being able to write.
SyncResult<Nothing> SqliteStorage::check(int version)
{
    // A server that runs, or was killed, has left a log; without one the file is all there is.
    const bool hasLog = QFileInfo(m_file + u"-wal"_s).size() > 0;
    auto opened = SqliteConnection::open(
            m_file, hasLog ? SqliteConnection::Mode::ReadOnly : SqliteConnection::Mode::Immutable);
    if (const SyncError *error = errorOf(opened))
        return *error;
    auto &connection = *std::get<0>(opened);
    const auto verdict = connection.value(u"PRAGMA quick_check(1)"_s);
    if (const SyncError *error = errorOf(verdict))
        return *error;
    if (const QString found = std::get<QVariant>(verdict).toString(); found != "ok"_L1)
        return damagedError(m_file, found);
    const auto generation = connection.value(u"SELECT generation FROM server"_s);
    if (const SyncError *error = errorOf(generation))
        return *error;
    m_generation = std::get<QVariant>(generation).toLongLong();
    auto loaded = loadAll(connection, m_file, version);
    if (const SyncError *error = errorOf(loaded))
        return *error;
    m_loaded = std::get<Stored>(std::move(loaded));
    return Nothing();
}

// Takes the file for this process alone, and finds out whether it can be written to.
SyncResult<Nothing> SqliteStorage::take(int version)
{
    const QFileInfo info(m_file);
    // SQLite would call either a disk I/O error.
    if (!info.isWritable() || !QFileInfo(info.absolutePath()).isWritable())
        return fileError(m_file,
                         u"expected a file and folder that can be written to; it was left as it is"_s);
    m_writer = std::make_unique<SqliteWriter>([this, version] { return openForWriting(version); },
                                              [this](CommitTicket ticket, const SyncResult<Nothing> &result) {
                                                  QMetaObject::invokeMethod(
                                                          &m_caller,
                                                          [this, ticket, result] {
                                                              if (onCommitted)
                                                                  onCommitted(ticket, result);
                                                          },
                                                          Qt::QueuedConnection);
                                              });
    return m_writer->begin();
}

// In the writer's thread, while the other one waits.
SyncResult<std::unique_ptr<SqliteConnection>> SqliteStorage::openForWriting(int version)
{
    auto opened = SqliteConnection::open(m_file, SqliteConnection::Mode::ReadWrite);
    if (errorOf(opened))
        return opened;
    auto &connection = *std::get<0>(opened);
    for (const QString &sql : { u"PRAGMA locking_mode = EXCLUSIVE"_s, u"PRAGMA synchronous = FULL"_s,
                                u"PRAGMA wal_autocheckpoint = 250"_s, // pages: more would hold up a commit
                                u"PRAGMA journal_size_limit = 8388608"_s, u"BEGIN IMMEDIATE"_s }) {
        if (auto result = connection.execute(sql); errorOf(result))
            return *errorOf(result);
    }
    const auto generation = connection.value(u"SELECT generation FROM server"_s);
    if (const SyncError *error = errorOf(generation))
        return *error;
    if (std::get<QVariant>(generation).toLongLong() != m_generation)
        return fileError(m_file, u"another process has written to the database just now"_s);
    for (const QString &sql : { u"UPDATE server SET generation = generation + 1"_s, u"COMMIT"_s }) {
        if (auto result = connection.execute(sql); errorOf(result))
            return *errorOf(result);
    }
    QFile::remove(m_file + u"-shm"_s); // check() may have made it; a file that is locked needs none
    if (version == schemaVersion)
        return opened;
    if (auto migrated = migrateSchema(connection, m_file, version); errorOf(migrated))
        return *errorOf(migrated);
    auto loaded = loadAll(connection, m_file, schemaVersion);
    if (const SyncError *error = errorOf(loaded))
        return *error;
    m_loaded = std::get<Stored>(std::move(loaded));
    return opened;
}

Stored SqliteStorage::load() { return std::exchange(m_loaded, {}); }

void SqliteStorage::storeObject(const SyncObject &object) { m_changedObjects.insert(object.serial, &object); }

void SqliteStorage::removeObject(const SyncObject &object)
{
    m_changedObjects.remove(object.serial);
    note(SqliteStatement::RemoveObject, { object.serial });
    if (hasItems(object.kind))
        note(SqliteStatement::BuryObject, { object.serial });
    if (!object.permissions.empty())
        note(SqliteStatement::RemovePermissions, { object.serial });
}

void SqliteStorage::storeItem(const SyncObject &object, const ItemId &id, const Item &item)
{
    note(SqliteStatement::StoreItem,
         { object.serial, id.index, text(id.key), item.data, text(item.creator), item.created, item.updated,
           item.expires, item.lastEventId });
}

void SqliteStorage::removeItem(const SyncObject &object, const ItemId &id)
{
    note(SqliteStatement::RemoveItem, { object.serial, id.index, text(id.key) });
}

void SqliteStorage::appendEvent(const SyncObject &object, const EventRecord &record)
{
    note(SqliteStatement::AppendEvent,
         { object.serial, record.id, int(record.type), record.time, record.expires, record.item.index,
           text(record.item.key), record.data });
}

void SqliteStorage::removeEvent(const SyncObject &object, qint64 id)
{
    note(SqliteStatement::RemoveEvent, { object.serial, id });
}

void SqliteStorage::stripEvent(const SyncObject &object, qint64 id)
{
    note(SqliteStatement::StripEvent, { object.serial, id });
}

void SqliteStorage::storeService(const Service &service)
{
    note(SqliteStatement::StoreService,
         { service.sid, service.created, service.updated, text(service.friendlyName), service.aclEnabled,
           text(service.webhooks.url), service.webhooks.fromRest, service.webhooks.reachability,
           service.webhooks.debouncing, service.webhooks.debouncingWindow });
}

void SqliteStorage::storePermission(const SyncObject &object, const QString &identity,
                                    const Permission &permission)
{
    note(SqliteStatement::StorePermission,
         { object.serial, text(identity), permission.read, permission.write, permission.manage });
}

void SqliteStorage::removePermission(const SyncObject &object, const QString &identity)
{
    note(SqliteStatement::RemovePermission, { object.serial, text(identity) });
}

void SqliteStorage::removeService(const Service &service)
{
    note(SqliteStatement::RemoveService, { service.sid });
}

void SqliteStorage::storeWebhook(const Webhook &webhook)
{
    note(SqliteStatement::StoreWebhook,
         { webhook.serial, QString::fromLatin1(webhook.id), QString::fromUtf8(webhook.lane),
           text(webhook.url), blob(webhook.form) });
}

void SqliteStorage::removeWebhook(const Webhook &webhook)
{
    note(SqliteStatement::RemoveWebhook, { webhook.serial });
}

void SqliteStorage::clear(const QByteArray &id)
{
    m_changedObjects.clear();
    m_commands.clear();
    for (const auto statement :
         { SqliteStatement::ClearObjects, SqliteStatement::ClearItems, SqliteStatement::ClearEvents,
           SqliteStatement::ClearPermissions, SqliteStatement::ClearServices,
           SqliteStatement::ClearRemovedObjects, SqliteStatement::ClearWebhooks })
        note(statement, {});
    note(SqliteStatement::SetStorageId, { QString::fromLatin1(id) });
}

void SqliteStorage::commit(CommitTicket ticket)
{
    for (const SyncObject *object : std::as_const(m_changedObjects)) {
        note(SqliteStatement::StoreObject,
             { object->serial, int(object->kind), QString::fromLatin1(object->sid), text(object->service),
               object->uniqueName ? QVariant(*object->uniqueName) : QVariant(), text(object->creator),
               object->created, object->updated, object->expires, object->lastEventId, object->data,
               object->contextEventId, object->nextIndex });
    }
    m_changedObjects.clear();
    m_writer->enqueue(std::exchange(m_commands, {}), ticket);
}

} // namespace Twilio::Server
