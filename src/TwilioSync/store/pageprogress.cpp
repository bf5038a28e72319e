#include "TwilioSync/store/pageprogress.h"

namespace Twilio {

PageProgress::PageProgress(Qt::SortOrder order, std::optional<ItemKey> from, bool excludesFrom)
    : m_order(order)
    , m_edge(std::move(from))
    , m_excludesEdge(excludesFrom)
{ }

SyncError PageProgress::check(std::span<const ItemKey> keys, bool hasNext)
{
    if (keys.empty())
        return hasNext ? SyncError(QStringLiteral("unexpected reply: page: expected items, as it says that "
                                                  "there are more, got none"))
                       : SyncError();
    const auto way = m_edge ? compareKeys(keys.back(), *m_edge) : std::strong_ordering::equal;
    const bool isBack = m_order == Qt::AscendingOrder ? way < 0 : way > 0;
    const bool isSame = m_edge && m_excludesEdge && way == 0;
    if (hasNext && (isBack || isSame))
        return SyncError(QStringLiteral("unexpected reply: page: expected items behind those of the page "
                                        "before, got the same or earlier ones"));
    m_edge = keys.back();
    m_excludesEdge = true;
    return {};
}

} // namespace Twilio
