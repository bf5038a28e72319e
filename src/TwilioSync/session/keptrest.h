#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/store/cut.h"

#include <QtCore/qpointer.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace Twilio {

class DiskCache;

/*!
    \brief What the cache has of a list or map besides the first items: it is read piece by piece, from the
   end on that is wanted, while those are shown.

    \code
    the file    1 2 3 4 5 6 7 8 9 . . . . . . . . . . . . 22 23 24
                -- taken --------|      to be read       |-- taken
                                 low                  high
    \endcode

    One piece is taken in while the cache's thread reads the next. The file is in the order of the bytes of
   keys, what is known in that of the service, which differs for some keys of maps (compareKeys()): a piece
   ends, for who takes it, at the last key for which both are the same.
*/
class KeptRest final : public std::enable_shared_from_this<KeptRest>
{
    Q_DISABLE_COPY_MOVE(KeptRest)

public:
    //! All there is between \c from and \c to, and perhaps more.
    struct Piece
    {
        //! In the order in which they were read.
        std::vector<ItemPtr> items;
        Cut from;
        Cut to;
    };
    using Take = std::function<void(Piece piece)>;
    using End = std::function<void()>;

    //! Of what was found in \a cache, \a first.
    KeptRest(DiskCache &cache, const CachedObject &first);
    ~KeptRest();

    //! The piece that has been read already.
    [[nodiscard]] Piece takeFirst(std::vector<ItemPtr> items)
    {
        return pieceOf(std::move(items), m_read.order, false);
    }
    //! Calls \a take with each of the others, in a turn of its own, then \a end; that alone if there is
    //! nothing to be had any more.
    void read(Take take, End end);
    //! The next one is read from this end on.
    void setOrder(Qt::SortOrder order) { m_read.order = order; }

private:
    void readNext();
    void take(std::optional<std::vector<ItemPtr>> items, const CacheRead &read);
    [[nodiscard]] Piece pieceOf(std::vector<ItemPtr> items, Qt::SortOrder order, bool isLast);

    const QPointer<DiskCache> m_cache;
    const QByteArray m_sid;
    //! The next one.
    CacheRead m_read;
    Cut m_low = Cut::bottom();
    Cut m_high = Cut::top();
    Take m_take;
    End m_end;
};

} // namespace Twilio
