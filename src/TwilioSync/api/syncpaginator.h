#pragma once

#include "TwilioSync/api/synclistitem.h"
#include "TwilioSync/api/syncmapitem.h"

#include <QtCore/qfuture.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>

#include <memory>

namespace Twilio {

class PaginatorPrivate;

/*!
    \brief One page of the items of a list or map, and the way to its neighbours.

    Its items do not change. It has the client as parent; delete it, or let the JavaScript engine, when it is
   done with.
*/
class TWILIOSYNC_EXPORT SyncPaginator : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncPaginator)
    Q_PROPERTY(QVariantList items READ items CONSTANT FINAL)
    Q_PROPERTY(bool hasNextPage READ hasNextPage CONSTANT FINAL)
    Q_PROPERTY(bool hasPrevPage READ hasPrevPage CONSTANT FINAL)

public:
    ~SyncPaginator() override;

    //! SyncListItem or SyncMapItem values in the order asked for.
    [[nodiscard]] QVariantList items() const;
    //! The same, typed; empty if it pages through the other kind.
    [[nodiscard]] QList<SyncListItem> listItems() const;
    [[nodiscard]] QList<SyncMapItem> mapItems() const;
    [[nodiscard]] bool hasNextPage() const;
    [[nodiscard]] bool hasPrevPage() const;
    //! A new paginator; fails if there is no page to go to.
    QFuture<Twilio::SyncPaginator *> nextPage();
    QFuture<Twilio::SyncPaginator *> prevPage();

private:
    friend class PaginatorPrivate;
    explicit SyncPaginator(std::unique_ptr<PaginatorPrivate> priv, QObject *parent);
    const std::unique_ptr<PaginatorPrivate> d;
};

} // namespace Twilio
