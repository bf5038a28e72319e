#pragma once

#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <functional>
#include <optional>

namespace Twilio {

//! What becomes of one key of a SyncCache.
struct SyncCacheChange
{
    //! Never empty.
    QByteArray key = {};
    //! None = the key is removed, if it is there.
    std::optional<QByteArray> value = {};
};

/*!
    \brief An application's own cache, in place of the files of SyncClient::cachePath: an ordered store of
   bytes by bytes, for SyncClient::setCache().

    What is to be implemented is little: it may be a map in memory, an LMDB environment, an encrypted
   database. What the bytes mean is the client's business; they are the same with the next version of the
   library, or are refused with a cacheError.

    All functions are called in a thread of the client's cache, one after the other, never two at a time, and
   may take their time. None may throw, or call the client. One that gives an error that is not null has
   changed nothing; the client tells the error as SyncClient::cacheError(), calls close(), and goes on without
   a cache. One cache is one client's at a time; another one gets a cacheError.
*/
class TWILIOSYNC_EXPORT SyncCache
{
    Q_DISABLE_COPY_MOVE(SyncCache)

public:
    //! What a transaction changes, one key each.
    using Change = SyncCacheChange;

    //! When changes are to be on the disk.
    enum class Durability : int {
        Later, //!< soon; after a loss of power the last ones may be missing, all of each
        AtOnce //!< when commit() returns
    };

    //! Called with each entry that is read.
    using Visitor = std::function<void(const QByteArray &key, const QByteArray &value)>;

    SyncCache() = default;
    virtual ~SyncCache();

    //! Opens what is kept for \a owner, empty if nothing is: an opaque name, some ASCII letters and digits,
    //! of an account, service and identity. Another owner must never see it. Not called while it is open.
    [[nodiscard]] virtual SyncError open(const QByteArray &owner) = 0;
    //! What open() has opened is not used any more. Not called if that has failed.
    virtual void close() = 0;
    //! Has \a visit called with each entry whose key begins with \a prefix, in the order of the keys' bytes,
    //! taken as unsigned numbers. \a visit calls nothing here.
    [[nodiscard]] virtual SyncError read(const QByteArray &prefix, const Visitor &visit) = 0;
    //! Makes all of \a changes or none, even if the process is killed meanwhile; no key is in them twice. If
    //! \a durability is AtOnce, they are on the disk, with all before them, when it returns.
    [[nodiscard]] virtual SyncError commit(const QList<Change> &changes, Durability durability) = 0;
    //! Bytes that keys and values take up: SyncClient::cacheSize. It gets smaller by what is removed, or
    //! SyncClient::maximumCacheSize removes all that it may.
    [[nodiscard]] virtual qint64 size() = 0;
};

} // namespace Twilio
