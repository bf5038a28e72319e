#pragma once

#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"

#include <memory>

namespace Twilio {

/*!
    \brief One page that was read, and what to ask for to get its neighbours.
*/
class PaginatorPrivate
{
public:
    //! Reads the page of \a target that \a request names.
    [[nodiscard]] static QFuture<SyncPaginator *> read(const CallTarget &target, ArgumentChecks checks,
                                                       const PageRequest &request);
    //! The page behind or, \a backwards, before this one.
    [[nodiscard]] QFuture<SyncPaginator *> neighbour(bool backwards) const;

    std::shared_ptr<CollectionEntity> entity;
    QPointer<SyncClient> client;
    PageRequest request;
    //! In the order of the first request, whichever way this page was read.
    Page page;

private:
    static void ask(const std::shared_ptr<CollectionEntity> &entity, SyncClient *client,
                    const PageRequest &request, bool backwards, Callback<SyncPaginator *> done,
                    const CancelToken &cancelled);
};

[[nodiscard]] QFuture<SyncPaginator *> pageCall(const CallTarget &target, const ListQuery &query);
[[nodiscard]] QFuture<SyncPaginator *> pageCall(const CallTarget &target, const MapQuery &query);

} // namespace Twilio
