#pragma once

#include "TwilioSync/api/syncitem.h"

namespace Twilio {

/*!
    \brief One item of a list as it was when this value was taken; copies share it.
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class TWILIOSYNC_EXPORT SyncListItem : public Twilio::SyncItem
{
    Q_GADGET
    Q_PROPERTY(qint64 index READ index CONSTANT)

public:
    SyncListItem() = default;
    explicit SyncListItem(const ItemPtr &record) : SyncItem(record) { }

    //! Its stable index in the service, not a row; -1 for a default-constructed item. Below 0, too, while the
    //! service has not named it: calls of the same list that is SyncHandle::isOptimistic() take it.
    [[nodiscard]] qint64 index() const;
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncListItem)
