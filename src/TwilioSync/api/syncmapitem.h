#pragma once

#include "TwilioSync/api/syncitem.h"

namespace Twilio {

/*!
    \brief One item of a map as it was when this value was taken; copies share it.
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class TWILIOSYNC_EXPORT SyncMapItem : public Twilio::SyncItem
{
    Q_GADGET
    Q_PROPERTY(QString key READ key CONSTANT)

public:
    SyncMapItem() = default;
    explicit SyncMapItem(const ItemPtr &record) : SyncItem(record) { }

    //! Unique within the map; empty for a default-constructed item.
    [[nodiscard]] QString key() const;
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncMapItem)
