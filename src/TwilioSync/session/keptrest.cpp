#include "TwilioSync/session/keptrest.h"

#include "TwilioSync/session/diskcache.h"

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

// In the order of bytes and in that of the service the same keys are below it, and above it.
bool isDivide(const ItemPtr &item)
{
    const QByteArrayView key = item->key();
    return std::none_of(key.begin(), key.end(), [](char byte) { return quint8(byte) >= 0xee; });
}

} // namespace

KeptRest::KeptRest(DiskCache &cache, const CachedObject &first)
    : m_cache(&cache)
    , m_sid(first.root.resource.sid)
    , m_read { .order = first.order, .most = cache.pieces().later }
{ }

KeptRest::~KeptRest()
{
    if (m_cache)
        m_cache->endReading(m_sid);
}

void KeptRest::read(Take take, End end)
{
    m_take = std::move(take);
    m_end = std::move(end);
    readNext();
}

void KeptRest::readNext()
{
    m_cache->readItems(m_sid, m_read,
                       [weak = weak_from_this(), read = m_read](std::optional<std::vector<ItemPtr>> items) {
                           if (const auto self = weak.lock())
                               self->take(std::move(items), read);
                       });
}

void KeptRest::take(std::optional<std::vector<ItemPtr>> items, const CacheRead &read)
{
    if (!items || !m_cache) {
        m_end();
        return;
    }
    const bool isLast = items->size() < std::size_t(read.most);
    Piece piece = pieceOf(*std::move(items), read.order, isLast);
    if (!isLast)
        readNext();
    m_take(std::move(piece));
    if (isLast)
        m_end();
}

KeptRest::Piece KeptRest::pieceOf(std::vector<ItemPtr> items, Qt::SortOrder order, bool isLast)
{
    Piece piece { .items = std::move(items), .from = m_low, .to = m_high };
    if (isLast)
        return piece;
    const bool isUp = order == Qt::AscendingOrder;
    (isUp ? m_read.above : m_read.below) = ownedKey(keyOf(*piece.items.back()));
    const auto divide = std::find_if(piece.items.rbegin(), piece.items.rend(), isDivide);
    const bool isParted = divide != piece.items.rend();
    if (isUp)
        piece.to = m_low = isParted ? Cut::after(keyOf(**divide)) : m_low;
    else
        piece.from = m_high = isParted ? Cut::before(keyOf(**divide)) : m_high;
    return piece;
}

} // namespace Twilio
