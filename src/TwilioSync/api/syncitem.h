#pragma once

#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/core/twiliosyncglobal.h"
#include "TwilioSync/store/itemrecord.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qvariant.h>

namespace Twilio {

/*!
    \brief What items of lists and maps have in common: the value and what the service says about it.
*/
class TWILIOSYNC_EXPORT SyncItem
{
    Q_GADGET
    Q_PROPERTY(QVariantMap value READ value CONSTANT)
    Q_PROPERTY(QString json READ jsonText CONSTANT)
    Q_PROPERTY(QString revision READ revision CONSTANT)
    Q_PROPERTY(QVariant dateCreated READ dateCreatedOrNull CONSTANT)
    Q_PROPERTY(QVariant dateUpdated READ dateUpdatedOrNull CONSTANT)
    Q_PROPERTY(QVariant dateExpires READ dateExpiresOrNull CONSTANT)

public:
    SyncItem() = default;
    explicit SyncItem(ItemPtr record) : m_record(std::move(record)) { }

    //! True for a default-constructed item, which stands for none.
    [[nodiscard]] bool isNull() const { return !m_record; }
    //! Decoded on each call.
    [[nodiscard]] QVariantMap value() const;
    //! The text the service sent, UTF-8: every digit and the order of keys as they were.
    [[nodiscard]] QByteArray json() const;
    [[nodiscard]] QString jsonText() const { return QString::fromUtf8(json()); }
    //! The value as one object that decodes when asked.
    [[nodiscard]] SyncValue content() const { return SyncValue::fromCheckedJson(json()); }
    [[nodiscard]] QString revision() const;
    //! UTC; invalid if not known.
    [[nodiscard]] QDateTime dateCreated() const;
    [[nodiscard]] QDateTime dateUpdated() const;
    //! UTC; invalid = never.
    [[nodiscard]] QDateTime dateExpires() const;

    // For Q_PROPERTY: a date or null.
    [[nodiscard]] QVariant dateCreatedOrNull() const;
    [[nodiscard]] QVariant dateUpdatedOrNull() const;
    [[nodiscard]] QVariant dateExpiresOrNull() const;

protected:
    ItemPtr m_record;
};

} // namespace Twilio
