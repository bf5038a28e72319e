#include "TwilioSync/api/syncdocuments.h"

#include "TwilioSync/api/documentcalls_p.h"

namespace Twilio {

SyncDocuments::SyncDocuments(SyncClient *client) : QObject(client), m_client(client) { }

SyncDocuments::~SyncDocuments() = default;

CallTarget SyncDocuments::target(const QString &id) const { return { m_client, ObjectKind::Document, id }; }

QFuture<SyncValue> SyncDocuments::get(const QString &id)
{
    return DocumentCalls<SyncValue>(target(id)).get();
}

QFuture<SyncValue> SyncDocuments::set(const QString &id, const SyncValue &value, const WriteOptions &options)
{
    return DocumentCalls<SyncValue>(target(id)).set(value, options);
}

QFuture<SyncValue> SyncDocuments::update(const QString &id, const SyncValue &fields,
                                         const WriteOptions &options)
{
    return DocumentCalls<SyncValue>(target(id)).update(fields, options);
}

QFuture<SyncValue> SyncDocuments::mutate(const QString &id, const Mutator &mutator,
                                         const WriteOptions &options)
{
    return DocumentCalls<SyncValue>(target(id)).mutate(mutator, options);
}

QFuture<void> SyncDocuments::setTtl(const QString &id, qint64 seconds)
{
    return ttlCall(target(id), seconds);
}

QFuture<void> SyncDocuments::remove(const QString &id) { return removeCall(target(id)); }

} // namespace Twilio
