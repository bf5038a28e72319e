#include "TwilioSync/sqlite/sqlitefile.h"

#include "TwilioSync/sqlite/sqliteconnection.h"

#include <QtCore/qendian.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

using namespace Qt::StringLiterals;

namespace Twilio {
namespace {

// sqlite.org/fileformat2.html, section 1.3
constexpr QByteArrayView magic("SQLite format 3\0", 16);
constexpr qsizetype headerSize = 100;
constexpr qsizetype versionOffset = 60;
constexpr qsizetype applicationIdOffset = 68;

using Fill = std::function<SyncResult<Nothing>(SqliteConnection &)>;

SyncResult<Nothing> fillNew(const QString &file, const Fill &fill)
{
    auto opened = SqliteConnection::open(file, SqliteConnection::Mode::ReadWrite);
    if (const SyncError *error = errorOf(opened))
        return *error;
    auto &connection = *std::get<0>(opened);
    if (auto result = fill(connection); errorOf(result))
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
    return fileError(file, u"the database is damaged (%1)"_s.arg(detail));
}

bool isVacant(const QString &file)
{
    const QFileInfo info(file);
    if (!info.exists())
        return !info.isSymLink(); // what a dangling link stands for may only be missing for now
    return info.isFile() && info.size() == 0;
}

SyncResult<int> checkHeader(const QString &file, const SqliteFormat &format)
{
    if (!QFileInfo(file).isFile())
        return fileError(file, u"expected a file"_s);
    QFile source(file);
    if (!source.open(QFile::ReadOnly))
        return fileError(file, source.errorString());
    const QByteArray header = source.read(headerSize);
    const QString writer = QString::fromLatin1(format.writer);
    const auto foreign = [&](const QString &what) {
        return fileError(file,
                         u"expected a database of this %1, got %2; it was left as it is"_s.arg(writer, what));
    };
    if (header.size() < headerSize || !header.startsWith(magic))
        return foreign(u"no SQLite database"_s);
    if (qFromBigEndian<quint32>(header.constData() + applicationIdOffset) != format.applicationId)
        return foreign(u"one of another application"_s);
    const auto version = qFromBigEndian<qint32>(header.constData() + versionOffset);
    if (version < format.oldestVersion || version > format.version) {
        const QString newer = u", which a newer %1 has written"_s.arg(writer);
        return fileError(file,
                         u"expected schema version %1 to %2, got %3%4; it was left as it is"_s
                                 .arg(format.oldestVersion)
                                 .arg(format.version)
                                 .arg(version)
                                 .arg(version > format.version ? newer : QString()));
    }
    return version;
}

SyncResult<Nothing> createDatabase(const QString &file, const Fill &fill)
{
    const QString aside = file + u".new"_s;
    removeWithCompanions(aside); // of somebody who was killed in this function
    if (auto result = fillNew(aside, fill); errorOf(result)) {
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

} // namespace Twilio
