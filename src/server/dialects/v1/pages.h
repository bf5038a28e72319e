#pragma once

#include "server/dialects/v1/responses.h"
#include "server/operations/paging.h"

#include <QtCore/qbytearraylist.h>

namespace Twilio::Server::V1 {

//! Which page a call asks for. Only items are sorted and sought.
[[nodiscard]] PageArguments pageOf(const Call &call);
[[nodiscard]] PageArguments itemPageOf(const Call &call);

//! One page of \a entries, JSON texts, which are called \a key.
[[nodiscard]] QByteArray pageBody(QByteArrayView key, const QByteArrayList &entries, const PageMeta &meta,
                                  const Call &call);

//! The answer to a call for a page, whose \a entries are called \a key and written by \a body (page, entry).
template <typename Page, typename Entries, typename Body>
[[nodiscard]] HttpResponse pageResponse(const SyncResult<Page> &result, const Call &call, QByteArrayView key,
                                        Entries Page::*entries, Body body)
{
    return response(result, call, 200, [&](const Page &page) {
        QByteArrayList texts;
        for (const auto &entry : page.*entries)
            texts << body(page, entry);
        return pageBody(key, texts, page.meta, call);
    });
}

} // namespace Twilio::Server::V1
