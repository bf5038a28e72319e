#include "TwilioSync/api/syncitem.h"

#include "TwilioSync/api/synclistitem.h"
#include "TwilioSync/api/syncmapitem.h"
#include "TwilioSync/store/dates.h"

namespace Twilio {

QVariantMap SyncItem::value() const { return content().toVariantMap(); }

QByteArray SyncItem::json() const
{
    return m_record ? m_record->json().toByteArray() : QByteArrayLiteral("{}");
}

QString SyncItem::revision() const { return m_record ? QString::fromUtf8(m_record->revision()) : QString(); }

QDateTime SyncItem::dateCreated() const { return dateOf(m_record ? m_record->created() : noTime); }

QDateTime SyncItem::dateUpdated() const { return dateOf(m_record ? m_record->updated() : noTime); }

QDateTime SyncItem::dateExpires() const { return dateOf(m_record ? m_record->expires() : noTime); }

QVariant SyncItem::dateCreatedOrNull() const { return dateOrNull(dateCreated()); }

QVariant SyncItem::dateUpdatedOrNull() const { return dateOrNull(dateUpdated()); }

QVariant SyncItem::dateExpiresOrNull() const { return dateOrNull(dateExpires()); }

qint64 SyncListItem::index() const { return m_record ? m_record->index() : -1; }

QString SyncMapItem::key() const { return m_record ? QString::fromUtf8(m_record->key()) : QString(); }

} // namespace Twilio
