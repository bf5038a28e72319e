#pragma once

#include "TwilioSync/cache/cacheclaim.h"
#include "TwilioSync/cache/cachestorage.h"
#include "TwilioSync/sqlite/sqliteconnection.h"

#include <memory>
#include <optional>

namespace Twilio {

/*!
    \brief The file that holds what one identity has seen of one service. Errors name the file.
*/
class CacheDatabase final : public CacheStorage
{
    Q_DISABLE_COPY_MOVE(CacheDatabase)

public:
    //! Opens the file of \a owner in \a folder, which is made if need be, for this alone. If what is there is
    //! damaged, it is set aside as by setAsideIfDamaged() and another begun; \a damage is why, then.
    [[nodiscard]] static SyncResult<std::unique_ptr<CacheDatabase>>
    open(const QString &folder, const CacheOwner &owner, const CacheCipher &cipher, SyncError *damage);
    ~CacheDatabase() override;

    using CacheStorage::load;
    [[nodiscard]] SyncResult<std::optional<CachedObject>> load(ObjectKind kind, const QString &id,
                                                               const CacheRead &first) override;
    [[nodiscard]] SyncResult<std::optional<std::vector<ItemPtr>>> readItems(const QByteArray &sid,
                                                                            const CacheRead &read) override;
    using CacheStorage::write;
    [[nodiscard]] SyncResult<Nothing> write(const std::vector<CacheChange> &changes,
                                            const std::vector<CacheWrite> &writes) override;
    using CacheStorage::loadWrites;
    [[nodiscard]] SyncResult<KeptOutbox> loadWrites(const CacheRead &first) override;
    [[nodiscard]] SyncResult<Nothing> clear() override;
    [[nodiscard]] SyncResult<qint64> size() override;
    [[nodiscard]] SyncResult<Nothing> shrink(qint64 size, const QSet<QByteArray> &kept) override;
    //! Gives the file another name, for whoever wants to look at it.
    [[nodiscard]] bool setAsideIfDamaged() override;

private:
    //! In the order of their texts.
    enum class Statement : quint8 {
        FindSid,
        FindName,
        ItemsUp,
        ItemsDown,
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
    [[nodiscard]] SyncResult<std::optional<qint64>> idOf(const QByteArray &sid);
    [[nodiscard]] SyncResult<Nothing> writeItems(const CacheChange &change, qint64 object);
    //! Gives the number of its row; none if another object has its name by now.
    [[nodiscard]] SyncResult<std::optional<qint64>> store(const CachedRoot &root);
    [[nodiscard]] SyncResult<CachedRoot> readRoot(QSqlQuery &row);
    [[nodiscard]] SyncResult<std::vector<ItemPtr>> readItems(qint64 object, const CacheRead &read);
    [[nodiscard]] SyncError damaged(const QString &what);

    const QString m_file;
    const CacheCipher m_cipher;
    std::unique_ptr<CacheClaim> m_claim;
    std::unique_ptr<SqliteConnection> m_connection;
    std::vector<QSqlQuery> m_statements; // go before the connection
    qint64 m_lastOpened = 0;
    bool m_isDamaged = false;
};

} // namespace Twilio
