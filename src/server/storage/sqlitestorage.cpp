#include "server/storage/sqlitestorage.h"

#include "server/storage/sqlitefile.h"
#include "server/storage/sqliteloader.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

// In the order of SqliteStorage::Statement.
const std::array sqlStatements {
    u"INSERT OR REPLACE INTO objects (serial, kind, sid, service, unique_name, creator, created, updated, "
    "expires, last_event_id, data, context_event_id, next_index) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM objects WHERE serial = ?"_s,
    u"DELETE FROM items WHERE object = ?"_s,
    u"DELETE FROM events WHERE object = ?"_s,
    u"INSERT OR REPLACE INTO items (object, item_index, item_key, data, creator, created, updated, expires, "
    "last_event_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM items WHERE object = ? AND item_index = ? AND item_key = ?"_s,
    u"INSERT INTO events (object, id, change, time, expires, item_index, item_key, data) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM events WHERE object = ? AND id < ?"_s,
};

// An empty string, not NULL: Qt takes a null QString for the latter.
QString text(const QString &value) { return value.isNull() ? u""_s : value; }

} // namespace

SyncResult<std::unique_ptr<Storage>> SqliteStorage::open(const QString &file)
{
    static_assert(std::tuple_size_v<decltype(sqlStatements)> == statementCount);
    if (isVacant(file)) {
        if (!QFileInfo(file).dir().exists())
            return fileError(file, u"expected an existing folder"_s);
        if (auto made = createDatabase(file); errorOf(made))
            return *errorOf(made);
    }
    if (auto header = checkHeader(file); errorOf(header))
        return *errorOf(header);
    std::unique_ptr<SqliteStorage> storage(new SqliteStorage(file));
    if (auto checked = storage->check(); errorOf(checked))
        return *errorOf(checked);
    if (auto taken = storage->take(); errorOf(taken))
        return *errorOf(taken);
    return std::unique_ptr<Storage>(std::move(storage));
}

SqliteStorage::SqliteStorage(QString file) : m_file(std::move(file)) { }

SqliteStorage::~SqliteStorage()
{
    if (m_inTransaction && m_connection)
        (void)m_connection->execute(u"ROLLBACK"_s);
}

// Reads and checks everything without being able to write.
SyncResult<Nothing> SqliteStorage::check()
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
    auto loaded = loadObjects(connection, m_file);
    if (const SyncError *error = errorOf(loaded))
        return *error;
    m_loaded = std::get<LoadedObjects>(std::move(loaded));
    return Nothing();
}

// Takes the file for this process alone, and finds out whether it can be written to.
SyncResult<Nothing> SqliteStorage::take()
{
    const QFileInfo info(m_file);
    // SQLite would call either a disk I/O error.
    if (!info.isWritable() || !QFileInfo(info.absolutePath()).isWritable())
        return fileError(m_file,
                         u"expected a file and folder that can be written to; it was left as it is"_s);
    auto opened = SqliteConnection::open(m_file, SqliteConnection::Mode::ReadWrite);
    if (const SyncError *error = errorOf(opened))
        return *error;
    m_connection = std::get<0>(std::move(opened));
    for (const QString &sql :
         { u"PRAGMA locking_mode = EXCLUSIVE"_s, u"PRAGMA synchronous = FULL"_s, u"BEGIN IMMEDIATE"_s }) {
        if (auto result = m_connection->execute(sql); errorOf(result))
            return result;
    }
    m_inTransaction = true;
    const auto generation = m_connection->value(u"SELECT generation FROM server"_s);
    if (const SyncError *error = errorOf(generation))
        return *error;
    if (std::get<QVariant>(generation).toLongLong() != m_generation)
        return fileError(m_file, u"another process has written to the database just now"_s);
    for (const QString &sql : { u"UPDATE server SET generation = generation + 1"_s, u"COMMIT"_s }) {
        if (auto result = m_connection->execute(sql); errorOf(result))
            return result;
    }
    m_inTransaction = false;
    QFile::remove(m_file + u"-shm"_s); // check() may have made it; a file that is locked needs none
    return prepare();
}

SyncResult<Nothing> SqliteStorage::prepare()
{
    for (const QString &sql : sqlStatements) {
        auto prepared = m_connection->prepare(sql);
        if (const SyncError *error = errorOf(prepared))
            return *error;
        m_statements.push_back(std::get<QSqlQuery>(std::move(prepared)));
    }
    return Nothing();
}

SyncResult<std::vector<std::unique_ptr<SyncObject>>> SqliteStorage::load() { return std::move(m_loaded); }

void SqliteStorage::note(const SyncResult<Nothing> &result)
{
    if (const SyncError *error = errorOf(result); error && !m_failure)
        m_failure = *error;
}

bool SqliteStorage::begin()
{
    if (!m_failure && !m_inTransaction) {
        note(m_connection->execute(u"BEGIN IMMEDIATE"_s));
        m_inTransaction = !m_failure;
    }
    return !m_failure;
}

void SqliteStorage::run(Statement statement, std::initializer_list<QVariant> values)
{
    if (begin())
        note(m_connection->run(m_statements[std::size_t(statement)], values));
}

void SqliteStorage::execute(const QString &sql)
{
    if (begin())
        note(m_connection->execute(sql));
}

void SqliteStorage::storeObject(const SyncObject &object) { m_changedObjects.insert(object.serial, &object); }

void SqliteStorage::removeObject(const SyncObject &object)
{
    m_changedObjects.remove(object.serial);
    run(Statement::RemoveObject, { object.serial });
    if (object.kind == ObjectKind::List || object.kind == ObjectKind::Map) {
        run(Statement::RemoveItems, { object.serial });
        run(Statement::RemoveEvents, { object.serial });
    }
}

void SqliteStorage::storeItem(const SyncObject &object, const ItemId &id, const Item &item)
{
    run(Statement::StoreItem,
        { object.serial, id.index, text(id.key), item.data, text(item.creator), item.created, item.updated,
          item.expires, item.lastEventId });
}

void SqliteStorage::removeItem(const SyncObject &object, const ItemId &id)
{
    run(Statement::RemoveItem, { object.serial, id.index, text(id.key) });
}

void SqliteStorage::appendEvent(const SyncObject &object, const EventRecord &record)
{
    run(Statement::LogEvent,
        { object.serial, record.id, int(record.type), record.time, record.expires, record.item.index,
          text(record.item.key), record.data });
}

void SqliteStorage::trimLog(const SyncObject &object, qint64 firstId)
{
    run(Statement::TrimLog, { object.serial, firstId });
}

void SqliteStorage::clear()
{
    m_changedObjects.clear();
    for (const QString &table : { u"objects"_s, u"items"_s, u"events"_s })
        execute(u"DELETE FROM "_s + table);
}

SyncResult<Nothing> SqliteStorage::commit()
{
    for (const SyncObject *object : std::as_const(m_changedObjects)) {
        run(Statement::StoreObject,
            { object->serial, int(object->kind), QString::fromLatin1(object->sid), text(object->service),
              object->uniqueName ? QVariant(*object->uniqueName) : QVariant(), text(object->creator),
              object->created, object->updated, object->expires, object->lastEventId, object->data,
              object->contextEventId, object->nextIndex });
    }
    m_changedObjects.clear();
    if (m_inTransaction && !m_failure)
        note(m_connection->execute(u"COMMIT"_s));
    if (m_inTransaction && m_failure)
        (void)m_connection->execute(u"ROLLBACK"_s);
    m_inTransaction = false;
    if (m_failure)
        return *m_failure;
    return Nothing();
}

} // namespace Twilio::Server
