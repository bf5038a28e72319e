#include "TwilioSync/api/syncwrite.h"

#include "TwilioSync/api/syncoutbox_p.h"
#include "TwilioSync/api/syncwrite_p.h"
#include "TwilioSync/core/logging.h"
#include "TwilioSync/core/syncvalue.h"

namespace Twilio {

SyncWrite SyncWritePrivate::made(const Write &write, ClientSession *session)
{
    SyncWrite made;
    made.d = std::make_shared<const SyncWritePrivate>(
            SyncWritePrivate { write, session, session->identity() });
    return made;
}

SyncWrite::SyncWrite() : d(std::make_shared<const SyncWritePrivate>()) { }

qint64 SyncWrite::writeId() const { return d->write.id; }

QString SyncWrite::operation() const { return describedBy(d->write, SyncOutbox::OperationRole).toString(); }

QString SyncWrite::objectName() const { return describedBy(d->write, SyncOutbox::ObjectNameRole).toString(); }

QString SyncWrite::objectSid() const { return describedBy(d->write, SyncOutbox::ObjectSidRole).toString(); }

QVariant SyncWrite::itemKey() const { return describedBy(d->write, SyncOutbox::ItemKeyRole); }

QVariant SyncWrite::value() const { return describedBy(d->write, SyncOutbox::ValueRole); }

int SyncWrite::attempts() const { return d->write.attempts; }

QDateTime SyncWrite::created() const { return describedBy(d->write, SyncOutbox::CreatedRole).toDateTime(); }

bool SyncWrite::retry(const QVariantMap &value) const
{
    const SyncValue given(value);
    if (!given.isValid())
        qCCritical(lcClient).noquote() << "retry:" << given.errorString(QStringLiteral("value"));
    return given.isValid() && d->resolve(given.toJson());
}

bool SyncWrite::overwrite() const { return d->resolve(std::nullopt); }

bool SyncWrite::drop() const
{
    return d->isThere() && d->session->hasConflict(d->write.id) && d->session->cancelWrite(d->write.id);
}

} // namespace Twilio
