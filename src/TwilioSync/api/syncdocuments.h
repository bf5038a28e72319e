#pragma once

#include "TwilioSync/core/opentypes.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

namespace Twilio {

class CallTarget;
class SyncClient;

/*!
    \brief Documents that need not be open.

    \c SyncClient::documents(). The first argument is always the id, a SID or unique name, of a document that
   exists; 404 otherwise. One that no handle has open is read with one more request, once for all calls that
   wait for it. Nothing is subscribed to.

    A write takes its place among those of the handles that have the document open, and is merged with what
   waits as theirs are. Calls by one id keep their order. They end as those of a handle do, with the client at
   the latest; whoever cancels a future takes the call back.
*/
class TWILIOSYNC_EXPORT SyncDocuments : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncDocuments)

public:
    ~SyncDocuments() override;

    //! Its value, as the service has it now.
    QFuture<Twilio::SyncValue> get(const QString &id);
    //! Replaces the value; waiting set() calls become one write, with the last value.
    QFuture<Twilio::SyncValue> set(const QString &id, const SyncValue &value,
                                   const WriteOptions &options = {});
    //! Merges \a fields into the latest value, top-level members only.
    QFuture<Twilio::SyncValue> update(const QString &id, const SyncValue &fields,
                                      const WriteOptions &options = {});
    //! Replaces the latest value by what \a mutator makes of it; see Mutator.
    QFuture<Twilio::SyncValue> mutate(const QString &id, const Mutator &mutator,
                                      const WriteOptions &options = {});
    //! \a seconds from now, 0 to \c maxTtlSeconds, 0 = never expires.
    QFuture<void> setTtl(const QString &id, qint64 seconds);
    //! Removes the document itself.
    QFuture<void> remove(const QString &id);

private:
    friend class ClientPrivate;
    explicit SyncDocuments(SyncClient *client);
    [[nodiscard]] CallTarget target(const QString &id) const;

    SyncClient *const m_client;
};

} // namespace Twilio
