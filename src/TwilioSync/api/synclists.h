#pragma once

#include "TwilioSync/api/synclist.h"

#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

namespace Twilio {

class CallTarget;
class SyncClient;

/*!
    \brief Lists that need not be open.

    \c SyncClient::lists(). The first argument is always the id, a SID or unique name, of a list that exists;
    404 otherwise. One that no handle has open is read with one more request, once for all calls that wait for
    it. Nothing is subscribed to.

    A write takes its place among those of the handles that have the list open, and is merged with what waits
    as theirs are. Calls by one id keep their order. They end as those of a handle do, with the client at the
    latest; whoever cancels a future takes the call back.
*/
class TWILIOSYNC_EXPORT SyncLists : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncLists)

public:
    ~SyncLists() override;

    //! Appends \a value; gives the new item with the index the service chose.
    QFuture<Twilio::SyncListItem> push(const QString &id, const SyncValue &value,
                                       const PushOptions &options = {});
    //! The item at \a itemIndex; fails with 404 / 54151 if there is none.
    QFuture<Twilio::SyncListItem> getItem(const QString &id, qint64 itemIndex);
    //! Replaces the value; waiting calls to one item become one write, with the last value.
    QFuture<Twilio::SyncListItem> setItem(const QString &id, qint64 itemIndex, const SyncValue &value,
                                          const WriteOptions &options = {});
    //! Merges \a fields into the latest value, top-level members only.
    QFuture<Twilio::SyncListItem> updateItem(const QString &id, qint64 itemIndex, const SyncValue &fields,
                                             const WriteOptions &options = {});
    //! Replaces the latest value by what \a mutator makes of it; see Mutator.
    QFuture<Twilio::SyncListItem> mutateItem(const QString &id, qint64 itemIndex, const Mutator &mutator,
                                             const WriteOptions &options = {});
    QFuture<void> removeItem(const QString &id, qint64 itemIndex);
    //! Reads items page by page. The paginator has the client as parent.
    QFuture<Twilio::SyncPaginator *> getItems(const QString &id, const ListQuery &query = {});
    //! \a seconds from now, 0 to \c maxTtlSeconds, 0 = never expires.
    QFuture<void> setTtl(const QString &id, qint64 seconds);
    //! Removes the list itself.
    QFuture<void> remove(const QString &id);

private:
    friend class ClientPrivate;
    explicit SyncLists(SyncClient *client);
    [[nodiscard]] CallTarget target(const QString &id) const;

    SyncClient *const m_client;
};

} // namespace Twilio
