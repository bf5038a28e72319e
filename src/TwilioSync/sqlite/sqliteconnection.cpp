#include "TwilioSync/sqlite/sqliteconnection.h"

#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qstorageinfo.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>
#include <QtSql/qsqlerror.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace Twilio {
namespace {

// sqlite.org/rescode.html; the upper bits tell variants.
enum PrimaryCode { Busy = 5, Locked = 6, IoError = 10, Corrupt = 11, Full = 13, NotADatabase = 26 };

QString immutableUri(const QString &file)
{
    const QUrl url = QUrl::fromLocalFile(QFileInfo(file).absoluteFilePath());
    return QString::fromLatin1(url.toEncoded()) + u"?immutable=1"_s;
}

bool diskIsFull(const QString &file)
{
    constexpr qint64 leastUseful = 64 * 1024;
    const qint64 free = QStorageInfo(QFileInfo(file).absolutePath()).bytesAvailable();
    return free >= 0 && free < leastUseful;
}

int primaryCode(const QSqlError &error) { return error.nativeErrorCode().toInt() & 0xff; }

} // namespace

SyncResult<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const QString &file, Mode mode)
{
    if (!QSqlDatabase::isDriverAvailable(u"QSQLITE"_s))
        return fileError(file, u"expected Qt's SQLite driver (QSQLITE), but it is not installed"_s);
    const QString name = u"twilio-sync-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces);
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(file, name));
    QSqlDatabase &database = connection->m_database;
    database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
    QString options = u"QSQLITE_BUSY_TIMEOUT=300"_s;
    if (mode != Mode::ReadWrite)
        options += u";QSQLITE_OPEN_READONLY"_s;
    if (mode == Mode::Immutable)
        options += u";QSQLITE_OPEN_URI"_s;
    database.setConnectOptions(options);
    database.setDatabaseName(mode == Mode::Immutable ? immutableUri(file) : file);
    if (!database.open())
        return connection->errorFrom(database.lastError());
    return connection;
}

SqliteConnection::SqliteConnection(QString file, QString name)
    : m_file(std::move(file))
    , m_name(std::move(name))
{ }

SqliteConnection::~SqliteConnection()
{
    m_database.close();
    m_database = {}; // a connection that is still referred to cannot be removed
    QSqlDatabase::removeDatabase(m_name);
}

SyncResult<Nothing> SqliteConnection::execute(const QString &sql)
{
    QSqlQuery query(m_database);
    if (!query.exec(sql))
        return errorFrom(query.lastError());
    return Nothing();
}

SyncResult<QVariant> SqliteConnection::value(const QString &sql)
{
    QSqlQuery query(m_database);
    if (!query.exec(sql) || !query.next())
        return errorFrom(query.lastError());
    return query.value(0);
}

SyncResult<QSqlQuery> SqliteConnection::rows(const QString &sql)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.exec(sql))
        return errorFrom(query.lastError());
    return query;
}

SyncResult<QSqlQuery> SqliteConnection::prepare(const QString &sql)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return errorFrom(query.lastError());
    return query;
}

SyncResult<std::vector<QSqlQuery>> SqliteConnection::prepare(std::span<const QString> all)
{
    std::vector<QSqlQuery> statements;
    for (const QString &sql : all) {
        auto prepared = prepare(sql);
        if (const SyncError *error = errorOf(prepared))
            return *error;
        statements.push_back(std::get<QSqlQuery>(std::move(prepared)));
    }
    return statements;
}

SyncResult<Nothing> SqliteConnection::transact(Durability durability,
                                               const std::function<SyncResult<Nothing>()> &body)
{
    if (m_durability != durability) {
        const bool waits = durability == Durability::AtOnce;
        if (auto set = execute(waits ? u"PRAGMA synchronous = FULL"_s : u"PRAGMA synchronous = NORMAL"_s);
            errorOf(set))
            return set;
        m_durability = durability;
    }
    auto result = execute(u"BEGIN IMMEDIATE"_s);
    if (errorOf(result))
        return result;
    result = body();
    if (!errorOf(result))
        result = execute(u"COMMIT"_s);
    if (errorOf(result))
        (void)execute(u"ROLLBACK"_s);
    return result;
}

SyncResult<Nothing> SqliteConnection::run(QSqlQuery &statement, const QVariantList &values)
{
    int position = 0;
    for (const QVariant &value : values)
        statement.bindValue(position++, value);
    if (!statement.exec())
        return errorFrom(statement.lastError());
    statement.finish();
    return Nothing();
}

SyncError SqliteConnection::errorFrom(const QSqlError &error) const
{
    switch (primaryCode(error)) {
    case Busy:
    case Locked:
        return fileError(m_file, u"the database is in use by another process"_s);
    case Corrupt:
    case NotADatabase:
        m_isDamaged = true;
        return damagedError(m_file, error.databaseText());
    case IoError:
    case Full:
        if (diskIsFull(m_file)) // SQLite does not always know
            return fileError(m_file, u"the disk is full"_s);
        [[fallthrough]];
    default:
        return fileError(m_file, error.databaseText().isEmpty() ? error.text() : error.databaseText());
    }
}

} // namespace Twilio
