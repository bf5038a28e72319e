#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/sqlite/sqliteconnection.h"

#include <QtCore/qset.h>

#include <memory>
#include <optional>

namespace Twilio {

/*!
    \brief The file that holds what one identity has seen of one service.

    A transaction takes in what has happened in a turn of the event loop, cursors included, so that after
   kill -9 the file holds a state that has been, and replays begin where it stands. Waits for the disk; errors
   name the file.
*/
class CacheDatabase
{
    Q_DISABLE_COPY_MOVE(CacheDatabase)

public:
    //! Opens the file of \a owner in \a folder, which is made if need be, for this alone. If what is there is
    //! damaged, it is set aside as by setAside() and another begun; \a damage is why, then.
    [[nodiscard]] static SyncResult<std::unique_ptr<CacheDatabase>>
    open(const QString &folder, const CacheOwner &owner, const CacheCipher &cipher, SyncError *damage);
    ~CacheDatabase();

    //! True once something in the file was not what can have been written.
    [[nodiscard]] bool isDamaged() const
    {
        return m_isDamaged || (m_connection && m_connection->isDamaged());
    }
    //! Closes \a database and gives its file another name, for whoever wants to look at it; empty if it
    //! cannot.
    [[nodiscard]] static QString setAside(std::unique_ptr<CacheDatabase> database);

    //! The object that is called \a id, a SID or unique name; none if it is not kept. It counts as opened.
    [[nodiscard]] SyncResult<std::optional<CachedObject>> load(ObjectKind kind, const QString &id);
    //! All of \a changes and \a writes in one transaction. With writes it is on the disk then, come what may.
    [[nodiscard]] SyncResult<Nothing> write(const std::vector<CacheChange> &changes,
                                            const std::vector<CacheWrite> &writes = {});
    //! The writes that are kept.
    [[nodiscard]] SyncResult<KeptOutbox> loadWrites();
    //! Forgets all but the writes, and what they are to.
    [[nodiscard]] SyncResult<Nothing> clear();
    //! Bytes that the contents take up on the disk.
    [[nodiscard]] SyncResult<qint64> size();
    //! Drops the objects that were opened longest ago, but for those \a kept or written to, until it is no
    //! larger than \a size bytes, or nothing else is left.
    [[nodiscard]] SyncResult<Nothing> shrink(qint64 size, const QSet<QByteArray> &kept);

private:
    //! In the order of their texts.
    enum class Statement : quint8 {
        FindSid,
        FindName,
        Items,
        StoreObject,
        RemoveObject,
        RemoveNamed,
        ObjectId,
        Open,
        StoreItem,
        RemoveItem,
        StoreWrite,
        RemoveWrite
    };
    //! That another object of this process has the file of that name.
    class Claim;

    CacheDatabase(QString file, CacheCipher cipher);
    //! Does what open() is for, but for the damage.
    [[nodiscard]] static SyncResult<std::unique_ptr<CacheDatabase>>
    openWhole(const QString &file, const CacheOwner &owner, const CacheCipher &cipher, SyncError *damage);
    [[nodiscard]] SyncResult<Nothing> prepare(const CacheOwner &owner);
    [[nodiscard]] QSqlQuery &statement(Statement which) { return m_statements[std::size_t(which)]; }
    [[nodiscard]] SyncResult<Nothing> run(Statement which, const QVariantList &values);
    [[nodiscard]] SyncResult<Nothing> write(const CacheChange &change);
    [[nodiscard]] SyncResult<Nothing> write(const CacheWrite &write);
    //! The number of its row; none if it is not kept.
    [[nodiscard]] SyncResult<std::optional<qint64>> idOf(const Protocol::RootResource &resource);
    [[nodiscard]] SyncResult<Nothing> writeItems(const CacheChange &change, qint64 object);
    //! Gives the number of its row; none if another object has its name by now.
    [[nodiscard]] SyncResult<std::optional<qint64>> store(const CachedRoot &root);
    [[nodiscard]] SyncResult<CachedRoot> readRoot(QSqlQuery &row);
    [[nodiscard]] SyncResult<std::vector<ItemPtr>> readItems(qint64 object);
    [[nodiscard]] QByteArray sealed(const QByteArray &text) const;
    [[nodiscard]] QByteArray unsealed(const QByteArray &bytes) const
    {
        return m_cipher.open ? m_cipher.open(bytes) : bytes;
    }
    [[nodiscard]] SyncError damaged(const QString &what);
    //! None if it cannot be read.
    [[nodiscard]] std::optional<QByteArray> opened(const QByteArray &bytes) const;

    const QString m_file;
    const CacheCipher m_cipher;
    std::unique_ptr<Claim> m_claim;
    std::unique_ptr<SqliteConnection> m_connection;
    std::vector<QSqlQuery> m_statements; // go before the connection
    qint64 m_lastOpened = 0;
    bool m_isDamaged = false;
};

} // namespace Twilio
