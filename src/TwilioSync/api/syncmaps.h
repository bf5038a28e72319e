#pragma once

#include "TwilioSync/api/syncmap.h"

#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

namespace Twilio {

class CallTarget;
class SyncClient;

/*!
    \brief Maps that need not be open.

    \c SyncClient::maps(). The first argument is always the id, a SID or unique name, of a map that exists;
    404 otherwise. One that no handle has open is read with one more request, once for all calls that wait for
    it. Nothing is subscribed to.

    A write takes its place among those of the handles that have the map open, and is merged with what waits
    as theirs are. Calls by one id keep their order. They end as those of a handle do, with the client at the
    latest; whoever cancels a future takes the call back.
*/
class TWILIOSYNC_EXPORT SyncMaps : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncMaps)

public:
    ~SyncMaps() override;

    //! The item at \a key; fails with 404 / 54201 if there is none.
    QFuture<Twilio::SyncMapItem> getItem(const QString &id, const QString &key);
    //! Creates the item or replaces the value; waiting calls to one item become one write, with the last
    //! value.
    QFuture<Twilio::SyncMapItem> setItem(const QString &id, const QString &key, const SyncValue &value,
                                         const WriteOptions &options = {});
    //! Merges \a fields into the latest value, top-level members only; creates what is missing.
    QFuture<Twilio::SyncMapItem> updateItem(const QString &id, const QString &key, const SyncValue &fields,
                                            const WriteOptions &options = {});
    //! Replaces the latest value by what \a mutator makes of it, of {} if there is none; see Mutator.
    QFuture<Twilio::SyncMapItem> mutateItem(const QString &id, const QString &key, const Mutator &mutator,
                                            const WriteOptions &options = {});
    QFuture<void> removeItem(const QString &id, const QString &key);
    //! Reads items page by page. The paginator has the client as parent.
    QFuture<Twilio::SyncPaginator *> getItems(const QString &id, const MapQuery &query = {});
    //! \a seconds from now, 0 to \c maxTtlSeconds, 0 = never expires.
    QFuture<void> setTtl(const QString &id, qint64 seconds);
    //! Removes the map itself.
    QFuture<void> remove(const QString &id);

private:
    friend class ClientPrivate;
    explicit SyncMaps(SyncClient *client);
    [[nodiscard]] CallTarget target(const QString &id) const;

    SyncClient *const m_client;
};

} // namespace Twilio
