#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qset.h>

#include <optional>
#include <vector>

namespace Twilio {

/*!
    \brief Where what one identity has seen of one service is held: a file, or a cache of the application's.

    A transaction takes in what has happened in a turn of the event loop, cursors included, so that after
   kill -9 there is a state that has been, and replays begin where it stands. Waits for the disk; errors name
   what has failed, and after one, but for one of clear(), it is of no use any more.
*/
class CacheStorage
{
    Q_DISABLE_COPY_MOVE(CacheStorage)

public:
    CacheStorage() = default;
    virtual ~CacheStorage() = default;

    //! The object that is called \a id, a SID or unique name, with the items \a first; none if it is not
    //! kept. It counts as opened.
    [[nodiscard]] virtual SyncResult<std::optional<CachedObject>> load(ObjectKind kind, const QString &id,
                                                                       const CacheRead &first) = 0;
    //! The same with all of them.
    [[nodiscard]] SyncResult<std::optional<CachedObject>> load(ObjectKind kind, const QString &id)
    {
        return load(kind, id, {});
    }
    //! Items of the object \a sid, in the order asked for; none if it is not kept any more.
    [[nodiscard]] virtual SyncResult<std::optional<std::vector<ItemPtr>>>
    readItems(const QByteArray &sid, const CacheRead &read) = 0;
    //! No more of the items of \a sid are asked for.
    virtual void endReading(const QByteArray &sid) { Q_UNUSED(sid) }
    //! All of \a changes and \a writes in one transaction. With writes it is on the disk then, come what may.
    [[nodiscard]] virtual SyncResult<Nothing> write(const std::vector<CacheChange> &changes,
                                                    const std::vector<CacheWrite> &writes) = 0;
    [[nodiscard]] SyncResult<Nothing> write(const std::vector<CacheChange> &changes)
    {
        return write(changes, {});
    }
    //! The writes that are kept, and what they are to with the items \a first.
    [[nodiscard]] virtual SyncResult<KeptOutbox> loadWrites(const CacheRead &first) = 0;
    [[nodiscard]] SyncResult<KeptOutbox> loadWrites() { return loadWrites({}); }
    //! Forgets all but the writes, and what they are to.
    [[nodiscard]] virtual SyncResult<Nothing> clear() = 0;
    //! Bytes that the contents take up.
    [[nodiscard]] virtual SyncResult<qint64> size() = 0;
    //! Drops the objects that were opened longest ago, but for those \a kept or written to, until it is no
    //! larger than \a size bytes, or nothing else is left.
    [[nodiscard]] virtual SyncResult<Nothing> shrink(qint64 size, const QSet<QByteArray> &kept) = 0;

    //! True if what is there is damaged, and has been put where it is in nobody's way: another can be begun
    //! once this has gone.
    [[nodiscard]] virtual bool setAsideIfDamaged() = 0;
};

} // namespace Twilio
