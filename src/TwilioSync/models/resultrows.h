#pragma once

#include "TwilioSync/models/itemroles.h"
#include "TwilioSync/models/rowreceiver.h"
#include "TwilioSync/store/itemrecord.h"

#include <QtCore/qobject.h>

#include <functional>
#include <vector>

namespace Twilio {

/*!
    \brief The rows of a live query, in the order of the keys: what is to be shown comes as insertions,
   removals and changes.

    A slot of one of these may run an event loop, in which more comes, or delete the model: what comes
   meanwhile is shown once the rows are told.
*/
class ResultRows
{
    Q_DISABLE_COPY_MOVE(ResultRows)

public:
    //! \a source has what is to be shown. All outlive it.
    ResultRows(QObject *model, RowListener &listener, const ItemRoles &roles,
               std::function<std::vector<ItemPtr>()> source);

    [[nodiscard]] int count() const { return int(m_rows.size()); }
    //! Null if there is no such row.
    [[nodiscard]] ItemPtr at(int row) const;
    //! -1 if there is none.
    [[nodiscard]] int rowOf(QByteArrayView key) const;

    //! The item is as \a item says, or gone if that is null. False if the model has gone.
    bool change(QByteArrayView key, const ItemPtr &item);
    //! All of what is to be shown may be different. False if the model has gone.
    bool refresh();

private:
    [[nodiscard]] std::vector<ItemPtr>::const_iterator lowerBound(QByteArrayView key) const;
    bool remove(int first, int last);
    bool insert(int first, const std::vector<ItemPtr> &items);
    bool replace(int row, const ItemPtr &item);
    bool become(const std::vector<ItemPtr> &wanted);

    QObject *const m_model;
    RowListener &m_listener;
    const ItemRoles &m_roles;
    const std::function<std::vector<ItemPtr>()> m_source;
    std::vector<ItemPtr> m_rows;
    bool m_isTelling = false;
    bool m_isStale = false;
};

} // namespace Twilio
