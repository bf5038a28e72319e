#pragma once

#include "TwilioSync/api/itemcalls_p.h"
#include "TwilioSync/api/syncpaginator.h"

#include <memory>

namespace Twilio {

/*!
    \brief One page that was read, and what to ask for to get its neighbours.
*/
class PaginatorPrivate
{
public:
    //! Reads the page that \a request names on behalf of \a handle.
    [[nodiscard]] static QFuture<SyncPaginator *> read(CollectionPrivate &handle,
                                                       std::initializer_list<std::optional<SyncError>> checks,
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

} // namespace Twilio
