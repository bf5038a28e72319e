#include "server/storage/sqlitewriter.h"

#include <QtCore/qelapsedtimer.h>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

// In the order of SqliteStatement.
const std::array sqlStatements {
    u"INSERT OR REPLACE INTO objects (serial, kind, sid, service, unique_name, creator, created, updated, "
    "expires, last_event_id, data, context_event_id, next_index) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM objects WHERE serial = ?"_s,
    u"INSERT INTO removed_objects (serial) VALUES (?)"_s,
    u"INSERT OR REPLACE INTO items (object, item_index, item_key, data, creator, created, updated, expires, "
    "last_event_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM items WHERE object = ? AND item_index = ? AND item_key = ?"_s,
    u"INSERT INTO events (object, id, change, time, expires, item_index, item_key, data) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM events WHERE object = ? AND id = ?"_s,
    u"UPDATE events SET data = '' WHERE object = ? AND id = ?"_s,
    u"INSERT OR REPLACE INTO permissions (object, identity, may_read, may_write, may_manage) "
    "VALUES (?, ?, ?, ?, ?)"_s,
    u"DELETE FROM permissions WHERE object = ? AND identity = ?"_s,
    u"DELETE FROM permissions WHERE object = ?"_s,
    u"INSERT OR REPLACE INTO services (sid, created, updated, friendly_name, acl_enabled, webhook_url, "
    "webhooks_from_rest, reachability_webhooks, reachability_debouncing, debouncing_window) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"_s,
    u"DELETE FROM services WHERE sid = ?"_s,
    u"INSERT INTO webhooks (serial, id, lane, url, form) VALUES (?, ?, ?, ?, ?)"_s,
    u"DELETE FROM webhooks WHERE serial = ?"_s,
    u"DELETE FROM objects"_s,
    u"DELETE FROM items"_s,
    u"DELETE FROM events"_s,
    u"DELETE FROM permissions"_s,
    u"DELETE FROM services"_s,
    u"DELETE FROM removed_objects"_s,
    u"DELETE FROM webhooks"_s,
    u"UPDATE server SET storage_id = ?"_s,
};

// Rows that are deleted at a time, and milliseconds that a commit may have to wait for that.
constexpr int sweptAtOnce = 300;
constexpr qint64 sweepMs = 4;

} // namespace

SqliteWriter::SqliteWriter(Open open, Done done) : m_open(std::move(open)), m_done(std::move(done))
{
    static_assert(sqlStatements.size() == std::size_t(SqliteStatement::SetStorageId) + 1);
}

SqliteWriter::~SqliteWriter()
{
    {
        const QMutexLocker lock(&m_mutex);
        m_ends = true;
        m_changed.wakeAll();
    }
    wait();
}

SyncResult<Nothing> SqliteWriter::begin()
{
    start();
    QMutexLocker lock(&m_mutex);
    while (!m_opened)
        m_changed.wait(&m_mutex);
    return *m_opened;
}

void SqliteWriter::enqueue(std::vector<SqliteCommand> &&commands, CommitTicket ticket)
{
    const QMutexLocker lock(&m_mutex);
    if (m_commands.empty())
        m_commands = std::move(commands);
    else
        m_commands.insert(m_commands.end(), std::make_move_iterator(commands.begin()),
                          std::make_move_iterator(commands.end()));
    m_ticket = ticket;
    m_hasBatch = true;
    m_changed.wakeAll();
}

bool SqliteWriter::isSweeping()
{
    const QMutexLocker lock(&m_mutex);
    return m_sweeps;
}

void SqliteWriter::run()
{
    auto opened = m_open();
    const SyncError *const error = errorOf(opened);
    SyncResult<Nothing> result = error ? SyncResult<Nothing>(*error) : Nothing();
    if (!error) {
        m_connection = std::get<0>(std::move(opened));
        result = prepare();
    }
    QMutexLocker lock(&m_mutex);
    m_opened = result;
    m_changed.wakeAll();
    m_sweeps = !errorOf(result);
    while (!errorOf(result)) {
        if (m_hasBatch) {
            Commands commands = std::exchange(m_commands, {});
            const CommitTicket ticket = m_ticket;
            m_hasBatch = false;
            m_sweeps = true; // there may be more to do now
            lock.unlock();
            result = write(std::move(commands));
            m_done(ticket, result);
            lock.relock();
        } else if (m_ends) {
            break;
        } else if (m_sweeps) {
            lock.unlock();
            const auto swept = sweep();
            lock.relock();
            m_sweeps = !errorOf(swept) && std::get<bool>(swept); // what fails here fails the next commit
        } else {
            m_changed.wait(&m_mutex);
        }
    }
    lock.unlock();
    m_statements.clear();
    m_connection.reset();
}

SyncResult<Nothing> SqliteWriter::prepare()
{
    auto prepared = m_connection->prepare(sqlStatements);
    if (const SyncError *error = errorOf(prepared))
        return *error;
    m_statements = std::get<0>(std::move(prepared));
    return Nothing();
}

SyncResult<Nothing> SqliteWriter::write(Commands &&commands)
{
    if (commands.empty())
        return Nothing();
    return m_connection->transact(Durability::AtOnce, [&]() -> SyncResult<Nothing> {
        for (auto &[statement, values] : commands) {
            if (auto result = m_connection->run(m_statements[std::size_t(statement)], values);
                errorOf(result))
                return result;
            values = {}; // to free many at the end takes long, and others would wait
        }
        return Nothing();
    });
}

SyncResult<bool> SqliteWriter::sweep()
{
    SyncResult<bool> isMore = false;
    const auto result = m_connection->transact(Durability::Later, [&]() -> SyncResult<Nothing> {
        QElapsedTimer timer;
        timer.start();
        do {
            isMore = sweepSome();
        } while (!errorOf(isMore) && std::get<bool>(isMore) && timer.elapsed() < sweepMs);
        const SyncError *const error = errorOf(isMore);
        return error ? SyncResult<Nothing>(*error) : Nothing();
    });
    const SyncError *const error = errorOf(result);
    return error ? SyncResult<bool>(*error) : isMore;
}

SyncResult<bool> SqliteWriter::sweepSome()
{
    auto rows = m_connection->rows(u"SELECT serial FROM removed_objects LIMIT 1"_s);
    if (const SyncError *error = errorOf(rows))
        return *error;
    auto &found = std::get<QSqlQuery>(rows);
    if (!found.next())
        return false;
    const qint64 serial = found.value(0).toLongLong();
    found.finish();
    const auto result = sweepObject(serial);
    const SyncError *const error = errorOf(result);
    return error ? SyncResult<bool>(*error) : true;
}

// By ranges of the primary key: a LIMIT would walk over all rows each time.
SyncResult<Nothing> SqliteWriter::sweepObject(qint64 serial)
{
    for (const auto &[table, key] :
         { std::pair { u"items"_s, u"(item_index, item_key)"_s }, { u"events"_s, u"id"_s } }) {
        const QString columns = QString(key).remove(u'(').remove(u')');
        const QString border = u"SELECT %1 FROM %2 WHERE object = %3 ORDER BY %1 LIMIT 1 OFFSET %4"_s.arg(
                columns, table, QString::number(serial), QString::number(sweptAtOnce));
        auto rows = m_connection->rows(border);
        if (const SyncError *error = errorOf(rows))
            return *error;
        auto &found = std::get<QSqlQuery>(rows);
        const bool isMore = found.next();
        found.finish();
        QString sql = u"DELETE FROM %1 WHERE object = %2"_s.arg(table).arg(serial);
        if (isMore)
            sql += u" AND %1 < (%2)"_s.arg(key, border);
        if (auto result = m_connection->execute(sql); errorOf(result) || isMore)
            return result;
    }
    return m_connection->execute(u"DELETE FROM removed_objects WHERE serial = %1"_s.arg(serial));
}

} // namespace Twilio::Server
