#pragma once

#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qvariant.h>

#include <utility>

namespace Twilio {

class ItemPtr;
class ItemRecord;

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
    explicit SyncItem(const ItemPtr &record);
    SyncItem(const SyncItem &other) noexcept;
    SyncItem(SyncItem &&other) noexcept : m_record(std::exchange(other.m_record, nullptr)) { }
    SyncItem &operator=(const SyncItem &other) noexcept { return *this = SyncItem(other); }
    SyncItem &operator=(SyncItem &&other) noexcept
    {
        std::swap(m_record, other.m_record);
        return *this;
    }
    ~SyncItem();

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
    //! Null for a default-constructed item.
    [[nodiscard]] const ItemRecord *record() const { return m_record; }

private:
    const ItemRecord *m_record = nullptr; // shared
};

} // namespace Twilio
