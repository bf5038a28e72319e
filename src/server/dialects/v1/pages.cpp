#include "server/dialects/v1/pages.h"

#include "server/dialects/shared/jsonwriter.h"
#include "server/operations/checks.h"

#include <QtCore/qbytearraylist.h>

#include <algorithm>

namespace Twilio::Server::V1 {
namespace {

// The address of a page of this call: what is sought stays in it, so that the first page can be named, too.
QByteArray pageUrl(const Call &call, const PageMeta &meta, qint64 number,
                   const std::optional<QByteArray> &token)
{
    QByteArray url = call.view.origin + call.request.path + '?';
    for (const QByteArrayView name : { "From", "Bounds", "Order" }) {
        if (const auto value = firstValue(call.request.query, name))
            url += name.toByteArray() + '=' + value->toPercentEncoding() + '&';
    }
    url += "PageSize=" + QByteArray::number(meta.size) + "&Page=" + QByteArray::number(number);
    return token ? url + "&PageToken=" + *token : url;
}

} // namespace

PageArguments pageOf(const Call &call)
{
    const HttpFields &query = call.request.query;
    return { firstValue(query, "PageToken"), firstValue(query, "PageSize") };
}

PageArguments itemPageOf(const Call &call)
{
    const HttpFields &query = call.request.query;
    PageArguments arguments = pageOf(call);
    arguments.order = firstValue(query, "Order");
    arguments.from = firstValue(query, "From");
    arguments.bounds = firstValue(query, "Bounds");
    return arguments;
}

QByteArray pageBody(QByteArrayView key, const QByteArrayList &entries, const PageMeta &meta, const Call &call)
{
    const HttpFields &query = call.request.query;
    const qint64 number = std::max<qint64>(0, toIndex(firstValue(query, "Page").value_or("0")).value_or(0));
    JsonWriter json;
    json.text("key", key)
            .number("page", number)
            .number("page_size", meta.size)
            .text("first_page_url", pageUrl(call, meta, 0, {}))
            .text("url", pageUrl(call, meta, number, firstValue(query, "PageToken")));
    const auto writeNeighbour = [&](QByteArrayView name, const std::optional<QByteArray> &token,
                                    qint64 page) {
        if (token)
            json.text(name, pageUrl(call, meta, page, token));
        else
            json.raw(name, "null");
    };
    writeNeighbour("previous_page_url", meta.previousToken, std::max<qint64>(0, number - 1));
    writeNeighbour("next_page_url", meta.nextToken, number + 1);
    return JsonWriter().raw(key, '[' + entries.join(',') + ']').raw("meta", json.take()).take();
}

} // namespace Twilio::Server::V1
