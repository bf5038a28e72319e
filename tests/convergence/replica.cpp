#include "replica.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

using namespace Qt::StringLiterals;
using Twilio::SyncCollection;

namespace {

constexpr std::array roles { SyncCollection::ItemKeyRole,     SyncCollection::ValueRole,
                             SyncCollection::RevisionRole,    SyncCollection::DateCreatedRole,
                             SyncCollection::DateUpdatedRole, SyncCollection::DateExpiresRole,
                             SyncCollection::PendingRole,     SyncCollection::FromCacheRole };

// Of a list's item that the service has not named yet.
bool isUnnamed(const Row &row) { return row[0].typeId() != QMetaType::QString && row[0].toLongLong() < 0; }

QString textOf(const QVariant &value)
{
    if (value.typeId() == QMetaType::QVariantMap)
        return QString::fromUtf8(
                QJsonDocument(QJsonObject::fromVariantMap(value.toMap())).toJson(QJsonDocument::Compact));
    if (value.typeId() == QMetaType::QDateTime)
        return value.toDateTime().toUTC().toString(u"hh:mm:ss.zzz"_s);
    return value.toString();
}

} // namespace

QString textOf(const Row &row)
{
    QStringList texts;
    for (const QVariant &value : row)
        texts.append(textOf(value));
    return texts.join(u' ');
}

Replica::Replica(const SyncCollection *model) : m_model(model)
{
    connect(model, &QAbstractItemModel::rowsInserted, this, &Replica::inserted);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &Replica::removed);
    connect(model, &QAbstractItemModel::dataChanged, this, &Replica::changed);
    connect(model, &QAbstractItemModel::modelReset, this, &Replica::reset);
    connect(model, &SyncCollection::statusChanged, this, [this] {
        if (m_model->status() != Twilio::Sync::Status::Ready)
            m_furthest.reset(); // the window is gone with the object
    });
    connect(model, &QAbstractItemModel::rowsMoved, this,
            [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                moved(first, last, to);
            });
    connect(model, &QAbstractItemModel::layoutChanged, this, [this] { fail(u"the layout never changes"_s); });
}

Row Replica::read(int row) const
{
    Row read;
    for (std::size_t i = 0; i < roles.size(); ++i)
        read[i] = m_model->data(m_model->index(row), roles[i]);
    return read;
}

void Replica::fail(const QString &what)
{
    if (m_failure.isEmpty())
        m_failure = what;
}

void Replica::expectAnother()
{
    m_furthest.reset();
    m_expectsAnother = !m_rows.empty();
}

void Replica::inserted(const QModelIndex &, int first, int last)
{
    ++m_changes;
    if (first > last || first < 0 || std::size_t(first) > m_rows.size()) {
        fail(u"rowsInserted %1-%2 of %3 rows"_s.arg(first).arg(last).arg(m_rows.size()));
        return;
    }
    std::vector<Row> rows;
    for (int row = first; row <= last; ++row)
        rows.push_back(read(row));
    m_rows.insert(m_rows.begin() + first, rows.begin(), rows.end());
    noteFurthest();
    if (int(m_rows.size()) != m_model->rowCount())
        fail(u"rowsInserted makes %1 rows, rowCount() is %2"_s.arg(m_rows.size()).arg(m_model->rowCount()));
}

void Replica::removed(const QModelIndex &, int first, int last)
{
    ++m_changes;
    if (first > last || first < 0 || std::size_t(last) >= m_rows.size()) {
        fail(u"rowsRemoved %1-%2 of %3 rows"_s.arg(first).arg(last).arg(m_rows.size()));
        return;
    }
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
    if (m_rows.empty() && std::exchange(m_expectsAnother, false))
        m_furthest.reset();
    if (int(m_rows.size()) != m_model->rowCount())
        fail(u"rowsRemoved makes %1 rows, rowCount() is %2"_s.arg(m_rows.size()).arg(m_model->rowCount()));
}

// Only what gets its index does.
void Replica::moved(int first, int last, int to)
{
    ++m_changes;
    if (first != last || first < 0 || std::size_t(first) >= m_rows.size() || std::size_t(to) > m_rows.size()
        || !isUnnamed(m_rows[std::size_t(first)])) {
        fail(u"rowsMoved %1-%2 to %3 of %4 rows"_s.arg(first).arg(last).arg(to).arg(m_rows.size()));
        return;
    }
    const Row row = m_rows[std::size_t(first)];
    m_rows.erase(m_rows.begin() + first);
    m_rows.insert(m_rows.begin() + (to > first ? to - 1 : to), row);
}

void Replica::changed(const QModelIndex &topLeft, const QModelIndex &bottomRight, const QList<int> &named)
{
    ++m_changes;
    const int first = topLeft.row();
    const int last = bottomRight.row();
    if (first > last || first < 0 || std::size_t(last) >= m_rows.size()) {
        fail(u"dataChanged %1-%2 of %3 rows"_s.arg(first).arg(last).arg(m_rows.size()));
        return;
    }
    for (int row = first; row <= last; ++row) {
        Row &old = m_rows[std::size_t(row)];
        const Row now = read(row);
        if (now == old)
            fail(u"dataChanged of row %1, which is as it was: %2"_s.arg(row).arg(textOf(now)));
        for (std::size_t i = 0; i < roles.size(); ++i) {
            if (now[i] != old[i] && !named.contains(roles[i]))
                fail(u"dataChanged of row %1 does not name role %2"_s.arg(row).arg(roles[i]));
        }
        if (now[0] != old[0] && !isUnnamed(old))
            fail(u"dataChanged makes row %1 another item: %2, was %3"_s.arg(row).arg(textOf(now),
                                                                                     textOf(old)));
        old = now;
    }
    noteFurthest(); // one may have got its index
}

void Replica::reset()
{
    m_rows.clear();
    m_furthest.reset();
    for (int row = 0; row < m_model->rowCount(); ++row)
        m_rows.push_back(read(row));
    noteFurthest();
}

void Replica::noteFurthest()
{
    const auto named = std::find_if_not(m_rows.rbegin(), m_rows.rend(), isUnnamed);
    if (named == m_rows.rend())
        return;
    const QVariant last = (*named)[0];
    const bool ascending = m_model->order() == Qt::AscendingOrder;
    // Keys as the service orders them: numbers, or text by UTF-16 code unit.
    const auto isBefore = [](const QVariant &a, const QVariant &b) {
        return a.typeId() == QMetaType::QString ? a.toString() < b.toString()
                                                : a.toLongLong() < b.toLongLong();
    };
    if (!m_furthest || (ascending ? isBefore(*m_furthest, last) : isBefore(last, *m_furthest)))
        m_furthest = last;
}

QString Replica::difference() const
{
    if (int(m_rows.size()) != m_model->rowCount())
        return u"%1 rows by signals, %2 in the model"_s.arg(m_rows.size()).arg(m_model->rowCount());
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        if (const Row now = read(int(row)); now != m_rows[row])
            return u"row %1 by signals: %2; in the model: %3"_s.arg(row).arg(textOf(m_rows[row]),
                                                                             textOf(now));
    }
    return {};
}
