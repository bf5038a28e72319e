#include "TwilioSync/api/syncpaginator.h"

#include "TwilioSync/api/paginator_p.h"
#include "TwilioSync/api/syncclient_p.h"

#include <algorithm>

namespace Twilio {
namespace {

Qt::SortOrder opposite(Qt::SortOrder order)
{
    return order == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder;
}

} // namespace

void PaginatorPrivate::ask(const std::shared_ptr<CollectionEntity> &entity, SyncClient *client,
                           const PageRequest &request, bool backwards, Callback<SyncPaginator *> done,
                           const CancelToken &cancelled)
{
    PageRequest asked = request;
    if (backwards)
        asked.order = opposite(request.order);
    entity->readPage(
            asked,
            [entity, client = QPointer(client), request, backwards, done = std::move(done),
             cancelled](SyncResult<Page> result) {
                if (cancelled.stop_requested())
                    return; // nobody would own the page
                if (const auto *error = errorOf(result)) {
                    done(*error);
                    return;
                }
                auto priv = std::make_unique<PaginatorPrivate>();
                priv->entity = entity;
                priv->client = client;
                priv->request = request;
                priv->page = std::get<Page>(std::move(result));
                if (backwards) {
                    std::reverse(priv->page.items.begin(), priv->page.items.end());
                    std::swap(priv->page.first, priv->page.last);
                    std::swap(priv->page.hasNext, priv->page.hasPrevious);
                }
                done(new SyncPaginator(std::move(priv), client));
            },
            cancelled);
}

QFuture<SyncPaginator *> PaginatorPrivate::read(CollectionPrivate &handle,
                                                std::initializer_list<std::optional<SyncError>> checks,
                                                const PageRequest &request)
{
    if (const auto refused = refusalOf(handle, checks))
        return failedFuture<SyncPaginator *>(*refused);
    auto [future, done, cancelled] = handle.calls.begin<SyncPaginator *>();
    ask(handle.sharedCollection(), handle.client, request, false, done, cancelled);
    return future;
}

QFuture<SyncPaginator *> PaginatorPrivate::neighbour(bool backwards) const
{
    if (!client)
        return failedFuture<SyncPaginator *>(clientDestroyedError());
    const auto edge = backwards ? page.first : page.last;
    if (!(backwards ? page.hasPrevious : page.hasNext) || !edge)
        return failedFuture<SyncPaginator *>(
                SyncError(backwards ? QStringLiteral("No previous page") : QStringLiteral("No next page")));
    PageRequest next = request;
    next.from = edge;
    next.excludesFrom = true;
    auto [future, done, cancelled] = ClientPrivate::of(client)->calls.begin<SyncPaginator *>();
    ask(entity, client, next, backwards, done, cancelled);
    return future;
}

SyncPaginator::SyncPaginator(std::unique_ptr<PaginatorPrivate> priv, QObject *parent)
    : QObject(parent)
    , d(std::move(priv))
{ }

SyncPaginator::~SyncPaginator() = default;

QVariantList SyncPaginator::items() const
{
    QVariantList list;
    list.reserve(qsizetype(d->page.items.size()));
    for (const ItemPtr &item : d->page.items)
        list.append(item->key().isEmpty() ? QVariant::fromValue(SyncListItem(item))
                                          : QVariant::fromValue(SyncMapItem(item)));
    return list;
}

QList<SyncListItem> SyncPaginator::listItems() const
{
    QList<SyncListItem> list;
    for (const ItemPtr &item : d->page.items) {
        if (item->key().isEmpty())
            list.append(SyncListItem(item));
    }
    return list;
}

QList<SyncMapItem> SyncPaginator::mapItems() const
{
    QList<SyncMapItem> list;
    for (const ItemPtr &item : d->page.items) {
        if (!item->key().isEmpty())
            list.append(SyncMapItem(item));
    }
    return list;
}

bool SyncPaginator::hasNextPage() const { return d->page.hasNext; }

bool SyncPaginator::hasPrevPage() const { return d->page.hasPrevious; }

QFuture<SyncPaginator *> SyncPaginator::nextPage() { return d->neighbour(false); }

QFuture<SyncPaginator *> SyncPaginator::prevPage() { return d->neighbour(true); }

} // namespace Twilio
