#include "server/storage/sqlitefile.h"

#include "server/storage/sqliteconnection.h"
#include "server/storage/sqliteschema.h"

#include <QtCore/qendian.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

// sqlite.org/fileformat2.html, section 1.3
constexpr QByteArrayView magic("SQLite format 3\0", 16);
constexpr qsizetype headerSize = 100;
constexpr qsizetype versionOffset = 60;
constexpr qsizetype applicationIdOffset = 68;

SyncResult<Nothing> writeSchema(const QString &file)
{
    auto opened = SqliteConnection::open(file, SqliteConnection::Mode::ReadWrite);
    if (const SyncError *error = errorOf(opened))
        return *error;
    auto &connection = *std::get<0>(opened);
    if (auto result = createSchema(connection); errorOf(result))
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

SyncResult<int> checkHeader(const QString &file)
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
    if (version < oldestSchemaVersion || version > schemaVersion) {
        return fileError(
                file,
                u"expected schema version %1 to %2, got %3%4; it was left as it is"_s.arg(oldestSchemaVersion)
                        .arg(schemaVersion)
                        .arg(version)
                        .arg(version > schemaVersion ? u", which a newer server has written"_s : QString()));
    }
    return version;
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
