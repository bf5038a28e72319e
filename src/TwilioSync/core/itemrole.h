#pragma once

#include <QtCore/qnamespace.h>

namespace Twilio {

/*!
    \brief Roles of every row of a list or map; the numbers stay as they are, also when roles are added.

    Qt::UserRole + 9 to + 0xff are kept for those.
*/
enum ItemRole : int {
    ValueRole = Qt::UserRole + 1, //!< "value": QVariantMap
    ItemKeyRole = Qt::UserRole + 2, //!< "itemIndex": a whole number, below 0 before the service has named
                                    //!< one, or "itemKey": QString
    RevisionRole = Qt::UserRole + 3, //!< "revision": QString
    DateCreatedRole = Qt::UserRole + 4, //!< "dateCreated": QDateTime or null, as the next two
    DateUpdatedRole = Qt::UserRole + 5,
    DateExpiresRole = Qt::UserRole + 6,
    PendingRole = Qt::UserRole + 7, //!< "pending": Sync::Pending
    FromCacheRole = Qt::UserRole + 8, //!< "fromCache": bool
    FirstFieldRole = Qt::UserRole + 0x100 //!< The first name that SyncCollection::valueRoles() ever had
};

} // namespace Twilio
