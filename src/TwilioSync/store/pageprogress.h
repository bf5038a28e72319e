#pragma once

#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/store/itemkey.h"

#include <QtCore/qnamespace.h>

#include <optional>
#include <span>

namespace Twilio {

/*!
    \brief Whether page after page of a list or map comes to an end.

    A page that is not the last has to end behind where the one before ended, in the order asked for; or
    whoever asks for the next would ask for ever.
*/
class PageProgress
{
public:
    //! Pages that start at \a from, or behind it.
    explicit PageProgress(Qt::SortOrder order, std::optional<ItemKey> from = {}, bool excludesFrom = false);

    //! The next page has items of \a keys, in its order, and another behind it if \a hasNext. Null if it
    //! leads on.
    [[nodiscard]] SyncError check(std::span<const ItemKey> keys, bool hasNext);

private:
    const Qt::SortOrder m_order;
    std::optional<ItemKey> m_edge;
    bool m_excludesEdge;
};

} // namespace Twilio
