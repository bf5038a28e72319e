#pragma once

#include "TwilioSync/cache/cacheclaim.h"
#include "TwilioSync/cache/cachestorage.h"
#include "TwilioSync/core/synccache.h"

#include <QtCore/qhash.h>
#include <QtCore/qmap.h>

#include <memory>
#include <optional>
#include <vector>

namespace Twilio {

/*!
    \brief Holds what one identity has seen of one service in a cache of the application's, as bytes by bytes:
   cachekeys.h.

    What it is called by is in memory as well: SIDs, names, when each was opened last. Nothing that is read is
   trusted to be what was written.
*/
class KeyValueCache final : public CacheStorage
{
    Q_DISABLE_COPY_MOVE(KeyValueCache)

public:
    //! Opens what \a cache, which outlives this, has of \a owner, for this alone.
    [[nodiscard]] static SyncResult<std::unique_ptr<KeyValueCache>>
    open(SyncCache &cache, const CacheOwner &owner, const CacheCipher &cipher);
    ~KeyValueCache() override;

    using CacheStorage::load;
    [[nodiscard]] SyncResult<std::optional<CachedObject>> load(ObjectKind kind, const QString &id,
                                                               const CacheRead &first) override;
    [[nodiscard]] SyncResult<std::optional<std::vector<ItemPtr>>> readItems(const QByteArray &sid,
                                                                            const CacheRead &read) override;
    void endReading(const QByteArray &sid) override { m_readings.remove(sid); }
    using CacheStorage::write;
    [[nodiscard]] SyncResult<Nothing> write(const std::vector<CacheChange> &changes,
                                            const std::vector<CacheWrite> &writes) override;
    using CacheStorage::loadWrites;
    [[nodiscard]] SyncResult<KeptOutbox> loadWrites(const CacheRead &first) override;
    [[nodiscard]] SyncResult<Nothing> clear() override;
    [[nodiscard]] SyncResult<qint64> size() override { return m_cache.size(); }
    [[nodiscard]] SyncResult<Nothing> shrink(qint64 size, const QSet<QByteArray> &kept) override;
    //! It is the application's to decide what becomes of what is in its cache.
    [[nodiscard]] bool setAsideIfDamaged() override { return false; }

private:
    //! What an object is called by.
    struct Known
    {
        ObjectKind kind = ObjectKind::List;
        QByteArray name = {};
        qint64 opened = 0;
    };
    //! What a transaction makes of each key.
    using Batch = QMap<QByteArray, std::optional<QByteArray>>;
    using Durability = SyncCache::Durability;

    KeyValueCache(SyncCache &cache, CacheCipher cipher);
    [[nodiscard]] SyncResult<Nothing> prepare(const CacheOwner &owner);
    [[nodiscard]] SyncResult<Nothing> checkFormat(const QByteArray &owner);
    [[nodiscard]] SyncResult<Nothing> readObjects();
    [[nodiscard]] SyncResult<Nothing> readWriteNumbers();
    //! Has \a take called with each entry until it gives an error.
    [[nodiscard]] SyncResult<Nothing>
    readEach(const QByteArray &prefix,
             const std::function<SyncError(const QByteArray &key, const QByteArray &value)> &take);
    //! None if there is no such key.
    [[nodiscard]] SyncResult<std::optional<QByteArray>> readOne(const QByteArray &key);
    [[nodiscard]] SyncResult<CachedRoot> readRoot(const QByteArray &sid, const Known &known);
    [[nodiscard]] SyncResult<std::vector<ItemPtr>> readAll(const QByteArray &sid);
    //! Why what belongs to \a what cannot be opened.
    [[nodiscard]] SyncError unopened(const QString &what) const;

    [[nodiscard]] SyncResult<Nothing> add(Batch &batch, const CacheChange &change);
    [[nodiscard]] SyncResult<Nothing> add(Batch &batch, const CacheWrite &write);
    void addRoot(Batch &batch, const CachedRoot &root);
    void addKnown(Batch &batch, const QByteArray &sid, const Known &known);
    [[nodiscard]] SyncResult<Nothing> drop(Batch &batch, const QByteArray &sid);
    [[nodiscard]] SyncResult<Nothing> commit(const Batch &batch, Durability durability);
    //! Of what nothing is written to, what was opened longest ago first.
    [[nodiscard]] QList<QByteArray> droppable() const;

    SyncCache &m_cache;
    const CacheCipher m_cipher;
    const CacheClaim m_claim;
    bool m_isOpen = false;
    QHash<QByteArray, Known> m_objects; // by SID
    QHash<QByteArray, QByteArray> m_names; // SIDs by kind and name
    QMap<qint64, QByteArray> m_writes; // SIDs by number
    //! Of what is being read: the application's cache gives all items at once. In the order of the bytes of
    //! their keys, as they were when the first were asked for.
    QHash<QByteArray, std::vector<ItemPtr>> m_readings;
    qint64 m_lastWrite = 0;
    qint64 m_lastOpened = 0;
};

//! How errors call a cache of the application's.
[[nodiscard]] inline QString ownCacheName() { return QStringLiteral("cache"); }
//! That \a what was not written by a KeyValueCache.
[[nodiscard]] SyncError unreadableError(const QString &what);
//! What names \a name among objects of a \a kind.
[[nodiscard]] inline QByteArray kindAndName(ObjectKind kind, const QByteArray &name)
{
    return char('0' + int(kind)) + name;
}

} // namespace Twilio
