// Which rows SyncSortFilterModel shows, and in which order.
#include "TwilioSync/api/syncsortfiltermodel_p.h"

#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/models/itemroles.h"

#include <QtCore/qstringlist.h>

namespace Twilio {

void SortFilterPrivate::reload()
{
    const int count = m_source ? m_source->rowCount() : 0;
    m_order = KeyOrder();
    m_leavingFirst = m_leavingLast = -1;
    wantsMore = false;
    m_keys = QList<QVariant>(count);
    resolveRoles();
    readKeys(0, count - 1);
}

void SortFilterPrivate::followRoles()
{
    if (m_depth > 0) // leave() comes here
        return;
    const int oldSort = m_sortRole;
    const int oldFilter = m_filterRole;
    resolveRoles();
    if (m_sortRole != oldSort) {
        readKeys(0, int(m_keys.size()) - 1);
        sortAgain();
    }
    if (m_filterRole != oldFilter)
        filterAgain();
}

void SortFilterPrivate::sortAgain()
{
    if (m_depth > 0) {
        m_sortLater = true;
        return;
    }
    m_order = KeyOrder();
    if (matchColumn() || m_sortRole < 0)
        return;
    // The base class sorts again for nothing else when column and order stay
    if (q->dynamicSortFilter()) {
        q->setDynamicSortFilter(false);
        q->setDynamicSortFilter(true);
    } else {
        q->QSortFilterProxyModel::sort(0, sortOrder);
    }
}

bool SortFilterPrivate::matchColumn()
{
    const int column = m_sortRole >= 0 ? 0 : -1;
    const Qt::SortOrder order = m_sortRole >= 0 ? sortOrder : Qt::AscendingOrder;
    if (q->sortColumn() == column && q->QSortFilterProxyModel::sortOrder() == order)
        return false;
    q->QSortFilterProxyModel::sort(column, order);
    return true;
}

void SortFilterPrivate::filterAgain()
{
    if (m_depth > 0) {
        m_filterLater = true;
        return;
    }
    judgeAgain();
    tellCount();
}

// Every row, by the filter as it is now
void SortFilterPrivate::judgeAgain()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 10, 0)
    q->beginFilterChange();
    q->endFilterChange(QSortFilterProxyModel::Direction::Rows);
#else
    q->QSortFilterProxyModel::invalidateFilter();
#endif
}

void SortFilterPrivate::tellCount()
{
    if (std::exchange(m_toldCount, q->count()) != q->count())
        Q_EMIT q->countChanged();
}

void SortFilterPrivate::resolveRoles()
{
    const auto names = m_source ? m_source->roleNames() : QHash<int, QByteArray>();
    numbers.follow(names);
    m_sortRole = resolve("sortRole", sortRole, names, &m_warnedSortRole);
    m_filterRole = resolve("filterRole", filterRole, names, &m_warnedFilterRole);
}

int SortFilterPrivate::resolve(const char *property, const QString &name, const QHash<int, QByteArray> &names,
                               QString *warned)
{
    if (name.isEmpty())
        return -1;
    if (const int role = names.key(name.toUtf8(), -1); role >= 0)
        return role;
    // Without rows a model may not know its roles yet
    if (!m_keys.isEmpty() && *warned != name) {
        *warned = name;
        QStringList known;
        for (const QByteArray &each : names)
            known.append(QString::fromUtf8(each));
        known.sort();
        q->warn(QStringLiteral("%1: the model has no role \"%2\", it has %3")
                        .arg(QLatin1String(property), name, known.join(QStringLiteral(", "))));
    }
    return -1;
}

void SortFilterPrivate::readKeys(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_keys[row] = readKey(row);
}

QVariant SortFilterPrivate::readKey(int row) const
{
    return m_sortRole >= 0 ? exactData(m_source->index(row, 0), m_sortRole) : QVariant();
}

QVariant SortFilterPrivate::keyOf(const QModelIndex &source) const
{
    return source.parent().isValid() ? source.data(m_sortRole) : m_keys.value(source.row());
}

QVariant SortFilterPrivate::exactData(const QModelIndex &source, int role) const
{
    return source.data(m_isCollection && role >= SyncCollection::FirstFieldRole ? exactRole(role) : role);
}

bool SortFilterPrivate::isLess(const QModelIndex &left, const QModelIndex &right) const
{
    if (const int order = m_order.compare(keyOf(left), keyOf(right)); order != 0)
        return order < 0;
    // Descending order is asked for with the two exchanged; equals keep the order of the source in both
    return q->QSortFilterProxyModel::sortOrder() == Qt::AscendingOrder ? left.row() < right.row()
                                                                       : left.row() > right.row();
}

bool SortFilterPrivate::isShown(int sourceRow) const { return q->mapFromSource(sourceRow) >= 0; }

bool SortFilterPrivate::passes(int sourceRow, const QModelIndex &sourceParent) const
{
    if (!sourceParent.isValid()) {
        if (sourceRow >= m_leavingFirst && sourceRow <= m_leavingLast)
            return false;
        const int at = sourceRow - m_verdicts.first;
        if (at >= 0 && at < m_verdicts.passes.size())
            return m_verdicts.passes.at(at);
        if (m_verdicts.isAlone)
            return isShown(sourceRow);
    }
    return meets(q->sourceModel()->index(sourceRow, 0, sourceParent));
}

bool SortFilterPrivate::meets(const QModelIndex &source) const
{
    if (m_filterRole >= 0 && !filterText.isEmpty()
        && !exactData(source, m_filterRole).toString().contains(filterText, Qt::CaseInsensitive))
        return false;
    return q->QSortFilterProxyModel::filterAcceptsRow(source.row(), source.parent())
            && (!accepts || accepts(source));
}

} // namespace Twilio
