#include "TwilioSync/api/syncitem.h"

#include "TwilioSync/api/synclistitem.h"
#include "TwilioSync/api/syncmapitem.h"
#include "TwilioSync/store/dates.h"
#include "TwilioSync/store/itemrecord.h"
#include "TwilioSync/store/placeholder.h"

namespace Twilio {

SyncItem::SyncItem(const ItemPtr &record) : m_record(record.get())
{
    if (m_record)
        m_record->retain();
}

SyncItem::SyncItem(const SyncItem &other) noexcept : m_record(other.m_record)
{
    if (m_record)
        m_record->retain();
}

SyncItem::~SyncItem()
{
    if (m_record)
        m_record->release();
}

QVariantMap SyncItem::value() const { return content().toVariantMap(); }

QByteArray SyncItem::json() const
{
    return record() ? record()->json().toByteArray() : QByteArrayLiteral("{}");
}

QString SyncItem::revision() const { return record() ? QString::fromUtf8(record()->revision()) : QString(); }

QDateTime SyncItem::dateCreated() const { return dateOf(record() ? record()->created() : noTime); }

QDateTime SyncItem::dateUpdated() const { return dateOf(record() ? record()->updated() : noTime); }

QDateTime SyncItem::dateExpires() const { return dateOf(record() ? record()->expires() : noTime); }

QVariant SyncItem::dateCreatedOrNull() const { return dateOrNull(dateCreated()); }

QVariant SyncItem::dateUpdatedOrNull() const { return dateOrNull(dateUpdated()); }

QVariant SyncItem::dateExpiresOrNull() const { return dateOrNull(dateExpires()); }

qint64 SyncListItem::index() const { return record() ? shownIndex(record()->index()) : -1; }

QString SyncMapItem::key() const { return record() ? QString::fromUtf8(record()->key()) : QString(); }

} // namespace Twilio
