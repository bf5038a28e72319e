#pragma once

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qlist.h>
#include <QtCore/qvariant.h>

/*!
    \brief A plain list model whose rows are maps and whose roles are the names it is given.

    Tells of every change exactly, so that what stands on top of it can be tested without a server.
*/
class RowsModel : public QAbstractListModel
{
public:
    explicit RowsModel(const QStringList &roles, QObject *parent = nullptr)
        : QAbstractListModel(parent)
        , m_roles(roles)
    { }

    [[nodiscard]] int roleOf(const QString &name) const { return Qt::UserRole + int(m_roles.indexOf(name)); }
    //! For a model that gets its roles with its rows.
    void setRoles(const QStringList &roles) { m_roles = roles; }

    void insert(int row, const QList<QVariantMap> &values)
    {
        beginInsertRows({}, row, row + int(values.size()) - 1);
        for (qsizetype i = 0; i < values.size(); ++i)
            m_rows.insert(row + i, values.at(i));
        endInsertRows();
    }
    void remove(int row, int count = 1)
    {
        beginRemoveRows({}, row, row + count - 1);
        m_rows.remove(row, count);
        endRemoveRows();
    }
    void move(int from, int to)
    {
        if (beginMoveRows({}, from, from, {}, from < to ? to + 1 : to)) {
            m_rows.move(from, to);
            endMoveRows();
        }
    }
    void reset(const QList<QVariantMap> &rows)
    {
        beginResetModel();
        m_rows = rows;
        endResetModel();
    }
    //! Changes a row without telling yet.
    void setQuietly(int row, const QString &name, const QVariant &value) { m_rows[row].insert(name, value); }
    void tellChanged(int first, int last, const QList<int> &roles = {})
    {
        Q_EMIT dataChanged(index(first), index(last), roles);
    }
    [[nodiscard]] const QList<QVariantMap> &rows() const { return m_rows; }

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_rows.size());
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        return index.isValid() ? m_rows.at(index.row()).value(m_roles.value(role - Qt::UserRole))
                               : QVariant();
    }
    bool setData(const QModelIndex &index, const QVariant &value, int role) override
    {
        setQuietly(index.row(), m_roles.value(role - Qt::UserRole), value);
        tellChanged(index.row(), index.row(), { role });
        return true;
    }
    QHash<int, QByteArray> roleNames() const override
    {
        QHash<int, QByteArray> names;
        for (const QString &role : m_roles)
            names.insert(roleOf(role), role.toUtf8());
        return names;
    }

private:
    QStringList m_roles;
    QList<QVariantMap> m_rows;
};

//! What the role "title" of \a model says, row by row.
inline QString titles(const QAbstractItemModel &model)
{
    const int role = model.roleNames().key("title", -1);
    QStringList shown;
    for (int i = 0; i < model.rowCount(); ++i)
        shown.append(model.index(i, 0).data(role).toString());
    return shown.join(u' ');
}
