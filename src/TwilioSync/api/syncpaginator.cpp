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

QFuture<SyncPaginator *> PaginatorPrivate::read(const CallTarget &target, ArgumentChecks checks,
                                                const PageRequest &request)
{
    const auto read = [client = QPointer(target.client()), request](const EntityPtr &object,
                                                                    const Callback<SyncPaginator *> &done,
                                                                    const CancelToken &cancelled) {
        ask(collectionOf(object), client, request, false, done, cancelled);
    };
    return callOn<SyncPaginator *>(target, checks, read);
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

QFuture<SyncPaginator *> pageCall(const CallTarget &target, const ListQuery &query)
{
    PageRequest request { std::nullopt, false, query.pageSize, query.order };
    if (query.from)
        request.from = keyOfIndex(*query.from);
    return PaginatorPrivate::read(
            target,
            { query.from ? checkItemIndex(*query.from) : std::nullopt, checkPageSize(query.pageSize) },
            request);
}

QFuture<SyncPaginator *> pageCall(const CallTarget &target, const MapQuery &query)
{
    PageRequest request { std::nullopt, false, query.pageSize, query.order };
    if (query.from)
        request.from = keyOfText(*query.from);
    return PaginatorPrivate::read(
            target, { query.from ? checkKey(*query.from) : std::nullopt, checkPageSize(query.pageSize) },
            request);
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
