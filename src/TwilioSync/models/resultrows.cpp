#include "TwilioSync/models/resultrows.h"

#include "TwilioSync/store/itemkey.h"

#include <QtCore/qpointer.h>

#include <algorithm>

namespace Twilio {

ResultRows::ResultRows(QObject *model, RowListener &listener, const ItemRoles &roles,
                       std::function<std::vector<ItemPtr>()> source)
    : m_model(model)
    , m_listener(listener)
    , m_roles(roles)
    , m_source(std::move(source))
{ }

ItemPtr ResultRows::at(int row) const
{
    return row >= 0 && row < count() ? m_rows[std::size_t(row)] : ItemPtr();
}

std::vector<ItemPtr>::const_iterator ResultRows::lowerBound(QByteArrayView key) const
{
    return std::lower_bound(m_rows.begin(), m_rows.end(), ItemKeyView { -1, key },
                            [](const ItemPtr &item, ItemKeyView wanted) {
                                return compareKeys({ -1, item->key() }, wanted) < 0;
                            });
}

int ResultRows::rowOf(QByteArrayView key) const
{
    const auto at = lowerBound(key);
    return at != m_rows.end() && (*at)->key() == key ? int(at - m_rows.begin()) : -1;
}

bool ResultRows::change(QByteArrayView key, const ItemPtr &item)
{
    if (m_isTelling) {
        m_isStale = true;
        return true;
    }
    m_isTelling = true;
    const int row = rowOf(key);
    bool isThere = true;
    if (item && row >= 0)
        isThere = replace(row, item);
    else if (item)
        isThere = insert(int(lowerBound(key) - m_rows.begin()), { item });
    else if (row >= 0)
        isThere = remove(row, row);
    if (!isThere)
        return false;
    m_isTelling = false;
    return !m_isStale || refresh();
}

bool ResultRows::refresh()
{
    m_isStale = true;
    if (m_isTelling)
        return true;
    m_isTelling = true;
    while (m_isStale) {
        m_isStale = false;
        if (!become(m_source()))
            return false;
    }
    m_isTelling = false;
    return true;
}

// From the end, so that rows above stay where they are; what stands together comes, or goes, together.
bool ResultRows::become(const std::vector<ItemPtr> &wanted)
{
    const auto below = [](const ItemPtr &a, const ItemPtr &b) {
        return compareKeys({ -1, a->key() }, { -1, b->key() }) < 0;
    };
    auto row = qsizetype(m_rows.size());
    auto to = qsizetype(wanted.size());
    const auto rowAt = [this](qsizetype at) -> const ItemPtr & { return m_rows[std::size_t(at)]; };
    const auto wantedAt = [&](qsizetype at) -> const ItemPtr & { return wanted[std::size_t(at)]; };
    while (row > 0 || to > 0) {
        qsizetype first = row;
        while (first > 0 && (to == 0 || below(wantedAt(to - 1), rowAt(first - 1))))
            --first;
        if (first < row) {
            if (!remove(int(first), int(row - 1)))
                return false;
            row = first;
            continue;
        }
        qsizetype begin = to;
        while (begin > 0 && (row == 0 || below(rowAt(row - 1), wantedAt(begin - 1))))
            --begin;
        if (begin < to) {
            if (!insert(int(row), { wanted.begin() + begin, wanted.begin() + to }))
                return false;
            to = begin;
            continue;
        }
        --row;
        --to;
        if (rowAt(row) != wantedAt(to) && !replace(int(row), wantedAt(to)))
            return false;
    }
    return true;
}

bool ResultRows::remove(int first, int last)
{
    const QPointer guard(m_model);
    m_listener.beginRemoval(first, last);
    if (!guard)
        return false;
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
    m_listener.endRemoval();
    return guard;
}

bool ResultRows::insert(int first, const std::vector<ItemPtr> &items)
{
    const QPointer guard(m_model);
    m_listener.beginInsertion(first, first + int(items.size()) - 1);
    if (!guard)
        return false;
    m_rows.insert(m_rows.begin() + first, items.begin(), items.end());
    m_listener.endInsertion();
    return guard;
}

bool ResultRows::replace(int row, const ItemPtr &item)
{
    const QPointer guard(m_model);
    const ItemPtr before = std::exchange(m_rows[std::size_t(row)], item);
    const auto roles = m_roles.differing(*before, *item);
    if (!roles.isEmpty())
        m_listener.rowsChanged(row, row, QList<int>(roles.begin(), roles.end()));
    return guard;
}

} // namespace Twilio
