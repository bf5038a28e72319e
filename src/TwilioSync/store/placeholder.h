#pragma once

#include "TwilioSync/store/itemkey.h"

namespace Twilio {

/*!
    \brief The index of a list's item that has been pushed and is without one: above all indexes there are, in
   the order of the pushes. The application sees it as the number of the push, negative.
*/
inline constexpr qint64 firstPlaceholder = qint64(1) << 62;

[[nodiscard]] inline bool isPlaceholder(ItemKeyView key) { return key.index >= firstPlaceholder; }
[[nodiscard]] inline ItemKey placeholderOf(qint64 push) { return { firstPlaceholder + push, {} }; }
//! The number of the push that \a placeholder stands for.
[[nodiscard]] inline qint64 pushOf(ItemKeyView placeholder) { return placeholder.index - firstPlaceholder; }

//! What the application calls the item at \a index.
[[nodiscard]] inline qint64 shownIndex(qint64 index)
{
    return index >= firstPlaceholder ? firstPlaceholder - index : index;
}
//! The other way round.
[[nodiscard]] inline ItemKey keyOfShownIndex(qint64 index)
{
    return { index < 0 ? firstPlaceholder - index : index, {} };
}

} // namespace Twilio
