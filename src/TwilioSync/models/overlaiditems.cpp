#include "TwilioSync/models/overlaiditems.h"

namespace Twilio {
namespace {

//! The smallest number from 0 to \a count that \a isEnough; it is for all above.
template <typename IsEnough>
qsizetype firstThat(qsizetype count, IsEnough isEnough)
{
    qsizetype low = 0;
    while (low < count) {
        const qsizetype middle = low + (count - low) / 2;
        if (isEnough(middle))
            count = middle;
        else
            low = middle + 1;
    }
    return low;
}

} // namespace

void OverlaidItems::lay(const ItemKey &key, const std::optional<PendingItem> &pending)
{
    m_laid.remove(key);
    m_added.take(key);
    m_hidden.take(key);
    if (!pending)
        return;
    ItemPtr there = confirmed(key);
    if (!pending->item) {
        if (there)
            m_hidden.put(std::move(there));
        return;
    }
    m_laid.insert(key, *pending);
    if (!there)
        m_added.put(pending->item);
}

QList<ItemKey> OverlaidItems::keys() const
{
    QList<ItemKey> all = m_laid.keys();
    for (qsizetype i = 0; i < m_hidden.size(); ++i)
        all.append(ownedKey(keyOf(*m_hidden.at(i))));
    return all;
}

ItemPtr OverlaidItems::confirmed(ItemKeyView key) const
{
    const qsizetype rank = m_confirmed.rank(key);
    return rank < 0 ? ItemPtr() : m_confirmed.at(rank);
}

qsizetype OverlaidItems::addedBefore(qsizetype rank) const
{
    return firstThat(m_added.size(),
                     [&](qsizetype i) { return below(Cut::before(keyOf(*m_added.at(i)))) >= rank; });
}

qsizetype OverlaidItems::confirmedRank(qsizetype rank) const
{
    const qsizetype hidden = firstThat(m_hidden.size(), [&](qsizetype i) {
        return m_confirmed.rank(keyOf(*m_hidden.at(i))) - i > rank;
    });
    return rank + hidden;
}

ItemPtr OverlaidItems::at(qsizetype rank) const
{
    if (isPlain())
        return m_confirmed.at(rank);
    const qsizetype added = addedBefore(rank);
    if (added < m_added.size()) {
        const ItemPtr &next = m_added.at(added);
        if (below(Cut::before(keyOf(*next))) == rank)
            return next;
    }
    ItemPtr item = m_confirmed.at(confirmedRank(rank - added));
    const auto laid = m_laid.constFind(ownedKey(keyOf(*item)));
    return laid == m_laid.cend() ? item : laid->item;
}

qsizetype OverlaidItems::rank(ItemKeyView key) const
{
    const qsizetype place = below(Cut::before(key));
    return below(Cut::after(key)) > place ? place : -1;
}

} // namespace Twilio
