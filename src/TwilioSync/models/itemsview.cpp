#include "TwilioSync/models/itemsview.h"

#include <algorithm>

namespace Twilio {
namespace {

qsizetype sizeOf(const RunChange &change) { return qsizetype(change.items.size()); }

//! How many items of \a change are below \a cut.
qsizetype belowWithin(const RunChange &change, const Cut &cut)
{
    const auto end = std::partition_point(change.items.begin(), change.items.end(),
                                          [&](const ItemPtr &item) { return cut.isAbove(keyOf(*item)); });
    return end - change.items.begin();
}

} // namespace

// Those that came stand in the store already, before the rest; those that went do not.
RunChange ItemsView::restOf(const RunChange &change) const
{
    const qsizetype rank = change.kind == RunChange::Kind::Inserted ? change.rank + m_told : change.rank;
    return { change.kind, rank, change.items.subspan(std::size_t(m_told)) };
}

void ItemsView::catchUp(qsizetype count)
{
    const RunChange *const change = m_store->changeInFlight();
    m_told += count;
    if (!change || m_told >= sizeOf(*change))
        catchUp();
}

qsizetype ItemsView::size() const
{
    const RunChange change = hidden();
    return items().size() + (change.kind == RunChange::Kind::Inserted ? -sizeOf(change) : sizeOf(change));
}

ItemPtr ItemsView::at(qsizetype rank) const
{
    const RunChange change = hidden();
    if (rank < change.rank || change.items.empty())
        return items().at(rank);
    if (change.kind == RunChange::Kind::Inserted)
        return items().at(rank + sizeOf(change));
    const qsizetype within = rank - change.rank;
    return within < sizeOf(change) ? change.items[std::size_t(within)] : items().at(rank - sizeOf(change));
}

qsizetype ItemsView::rank(ItemKeyView key) const
{
    const qsizetype place = below(Cut::before(key));
    return below(Cut::after(key)) > place ? place : -1;
}

qsizetype ItemsView::below(const Cut &cut) const
{
    const qsizetype now = items().below(cut);
    const RunChange change = hidden();
    if (change.items.empty())
        return now;
    const qsizetype within = belowWithin(change, cut);
    return change.kind == RunChange::Kind::Inserted ? now - within : now + within;
}

} // namespace Twilio
