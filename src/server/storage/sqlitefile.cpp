#include "server/storage/sqlitefile.h"

#include "server/storage/sqliteconnection.h"

#include <QtCore/qendian.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <array>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr quint32 applicationId = 0x54775379; // "TwSy"

// sqlite.org/fileformat2.html, section 1.3
constexpr QByteArrayView magic("SQLite format 3\0", 16);
constexpr qsizetype headerSize = 100;
constexpr qsizetype versionOffset = 60;
constexpr qsizetype applicationIdOffset = 68;

const std::array statements {
    u"PRAGMA application_id = %1"_s.arg(applicationId),
    u"PRAGMA user_version = %1"_s.arg(schemaVersion),
    // One row. Every server that opens the file for writing raises the generation.
    u"CREATE TABLE server (generation INTEGER NOT NULL)"_s,
    u"INSERT INTO server VALUES (0)"_s,
    // Times in milliseconds since 1970 UTC, 0 = never; kind and change: the enums of server/data/object.h.
    u"CREATE TABLE objects (serial INTEGER PRIMARY KEY, kind INTEGER NOT NULL, sid TEXT NOT NULL UNIQUE, "
    "service TEXT NOT NULL, unique_name TEXT, creator TEXT NOT NULL, created INTEGER NOT NULL, "
    "updated INTEGER NOT NULL, expires INTEGER NOT NULL, last_event_id INTEGER NOT NULL, data BLOB NOT NULL, "
    "context_event_id INTEGER NOT NULL, next_index INTEGER NOT NULL, "
    "UNIQUE (service, kind, unique_name))"_s,
    u"CREATE TABLE items (object INTEGER NOT NULL, item_index INTEGER NOT NULL, item_key TEXT NOT NULL, "
    "data BLOB NOT NULL, creator TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, "
    "expires INTEGER NOT NULL, last_event_id INTEGER NOT NULL, "
    "PRIMARY KEY (object, item_index, item_key)) WITHOUT ROWID"_s,
    u"CREATE TABLE events (object INTEGER NOT NULL, id INTEGER NOT NULL, change INTEGER NOT NULL, "
    "time INTEGER NOT NULL, expires INTEGER NOT NULL, item_index INTEGER NOT NULL, item_key TEXT NOT NULL, "
    "data BLOB NOT NULL, PRIMARY KEY (object, id)) WITHOUT ROWID"_s,
};

SyncResult<Nothing> writeSchema(const QString &file)
{
    auto opened = SqliteConnection::open(file, SqliteConnection::Mode::ReadWrite);
    if (const SyncError *error = errorOf(opened))
        return *error;
    auto &connection = *std::get<0>(opened);
    if (auto result = connection.execute(u"BEGIN"_s); errorOf(result))
        return result;
    for (const QString &statement : statements) {
        if (auto result = connection.execute(statement); errorOf(result))
            return result;
    }
    if (auto result = connection.execute(u"COMMIT"_s); errorOf(result))
        return result;
    return connection.execute(u"PRAGMA journal_mode = WAL"_s); // a property of the file from now on
}

void removeWithCompanions(const QString &file)
{
    for (const QString &suffix : { u""_s, u"-journal"_s, u"-wal"_s, u"-shm"_s })
        QFile::remove(file + suffix);
}

} // namespace

SyncError fileError(const QString &file, const QString &reason)
{
    return SyncError(u"%1: %2"_s.arg(file, reason), 0, 0, true);
}

SyncError damagedError(const QString &file, const QString &detail)
{
    return fileError(file, u"the database is damaged (%1); it was left as it is"_s.arg(detail));
}

bool isVacant(const QString &file)
{
    const QFileInfo info(file);
    if (!info.exists())
        return !info.isSymLink(); // what a dangling link stands for may only be missing for now
    return info.isFile() && info.size() == 0;
}

SyncResult<Nothing> checkHeader(const QString &file)
{
    if (!QFileInfo(file).isFile())
        return fileError(file, u"expected a file"_s);
    QFile source(file);
    if (!source.open(QFile::ReadOnly))
        return fileError(file, source.errorString());
    const QByteArray header = source.read(headerSize);
    if (header.size() < headerSize || !header.startsWith(magic))
        return fileError(
                file, u"expected a database of this server, got no SQLite database; it was left as it is"_s);
    if (qFromBigEndian<quint32>(header.constData() + applicationIdOffset) != applicationId) {
        return fileError(
                file,
                u"expected a database of this server, got one of another application; it was left as it is"_s);
    }
    const auto version = qFromBigEndian<qint32>(header.constData() + versionOffset);
    if (version != schemaVersion) {
        return fileError(
                file,
                u"expected schema version %1, got %2%3; it was left as it is"_s.arg(schemaVersion)
                        .arg(version)
                        .arg(version > schemaVersion ? u", which a newer server has written"_s : QString()));
    }
    return Nothing();
}

SyncResult<Nothing> createDatabase(const QString &file)
{
    const QString aside = file + u".new"_s;
    removeWithCompanions(aside); // of a server that was killed in this function
    if (auto result = writeSchema(aside); errorOf(result)) {
        removeWithCompanions(aside);
        return fileError(file, u"cannot be made: "_s + errorOf(result)->message());
    }
    QFile::remove(file); // vacant
    QFile made(aside);
    if (!made.rename(file)) {
        removeWithCompanions(aside);
        return fileError(file, made.errorString());
    }
    return Nothing();
}

} // namespace Twilio::Server
