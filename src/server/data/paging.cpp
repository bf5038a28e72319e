#include "server/data/paging.h"

#include "server/data/bodies.h"
#include "server/data/callparts.h"
#include "server/data/errors.h"
#include "server/data/jsonwriter.h"
#include "server/data/limits.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace Twilio::Server {
namespace {

using Items = std::map<ItemId, Item>;
using Position = Items::const_iterator;

enum class Order : quint8 { Ascending, Descending };

//! Which items are asked for.
struct PageQuery
{
    Order order = Order::Ascending;
    qsizetype size = Limits::defaultPageSize;
    //! Where the page begins in \c order, or, backwards, where it ends.
    std::optional<ItemId> from;
    //! True if \c from itself may be on the page.
    bool inclusive = true;
    //! The page before \c from rather than the one behind it.
    bool backwards = false;
};

//! The items [begin, end) in ascending order.
struct Page
{
    Position begin;
    Position end;
};

std::optional<qint64> toIndex(QByteArrayView text)
{
    constexpr qsizetype maxDigits = 15;
    const QByteArrayView digits = text.startsWith('-') ? text.sliced(1) : text;
    const bool fits = !digits.isEmpty() && digits.size() <= maxDigits
            && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    return fits ? std::optional(text.toByteArray().toLongLong()) : std::nullopt;
}

std::optional<ItemId> toItemId(const QByteArray &text, ObjectKind kind)
{
    if (kind == ObjectKind::Map)
        return ItemId { 0, QString::fromUtf8(text) };
    const auto index = toIndex(text);
    return index ? std::optional(ItemId { *index, {} }) : std::nullopt;
}

// A token is the query that gives its page: "a|50|1|0|<from>" in base64url.
QByteArray encodeToken(const PageQuery &query, ObjectKind kind)
{
    const QByteArray from =
            kind == ObjectKind::Map ? query.from->key.toUtf8() : QByteArray::number(query.from->index);
    const QByteArray plain = QByteArray(query.order == Order::Ascending ? "a" : "d") + '|'
            + QByteArray::number(query.size) + '|' + (query.inclusive ? '1' : '0') + '|'
            + (query.backwards ? '1' : '0') + '|' + from;
    return plain.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

std::optional<PageQuery> decodeToken(const QByteArray &token, ObjectKind kind)
{
    const auto bytes = QByteArray::fromBase64Encoding(
            token, QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes)
        return std::nullopt;
    const QList<QByteArray> parts = (*bytes).split('|');
    constexpr qsizetype fromPart = 4; // a key may have bars of its own
    if (parts.size() <= fromPart || (parts[0] != "a" && parts[0] != "d"))
        return std::nullopt;
    const auto isFlag = [](const QByteArray &part) { return part == "0" || part == "1"; };
    const auto size = toIndex(parts[1]);
    if (!size || *size < 1 || *size > Limits::pageSize || !isFlag(parts[2]) || !isFlag(parts[3]))
        return std::nullopt;
    PageQuery query;
    query.from = toItemId(parts.sliced(fromPart).join('|'), kind);
    if (!query.from)
        return std::nullopt;
    query.order = parts[0] == "a" ? Order::Ascending : Order::Descending;
    query.size = qsizetype(*size);
    query.inclusive = parts[2] == "1";
    query.backwards = parts[3] == "1";
    return query;
}

SyncResult<PageQuery> parseQuery(const NameValueList &params, ObjectKind kind)
{
    if (const auto token = firstValue(params, "PageToken")) {
        const auto query = decodeToken(*token, kind);
        return query ? SyncResult<PageQuery>(*query) : Errors::invalidPageToken();
    }
    PageQuery query;
    if (const auto text = firstValue(params, "PageSize")) {
        const auto size = toIndex(*text);
        if (!size || *size < 1)
            return Errors::invalidPageSize();
        query.size = qsizetype(std::min<qint64>(*size, Limits::pageSize));
    }
    const QByteArray order = firstValue(params, "Order").value_or("asc");
    const QByteArray bounds = firstValue(params, "Bounds").value_or("inclusive");
    if ((order != "asc" && order != "desc") || (bounds != "inclusive" && bounds != "exclusive"))
        return Errors::invalidParameter();
    query.order = order == "asc" ? Order::Ascending : Order::Descending;
    query.inclusive = bounds == "inclusive";
    if (const auto from = firstValue(params, "From")) {
        query.from = toItemId(*from, kind);
        if (!query.from)
            return Errors::invalidIndex();
    }
    return query;
}

Page choose(const Items &items, const PageQuery &query)
{
    const bool ascending = (query.order == Order::Ascending) != query.backwards;
    Page page { items.cbegin(), items.cend() };
    if (ascending) {
        if (query.from)
            page.begin = query.inclusive ? items.lower_bound(*query.from) : items.upper_bound(*query.from);
        page.end = page.begin;
        for (qsizetype n = 0; n < query.size && page.end != items.cend(); ++n)
            ++page.end;
    } else {
        if (query.from)
            page.end = query.inclusive ? items.upper_bound(*query.from) : items.lower_bound(*query.from);
        page.begin = page.end;
        for (qsizetype n = 0; n < query.size && page.begin != items.cbegin(); ++n)
            --page.begin;
    }
    return page;
}

// Tokens say whether there is more on either side in the requested order, on empty pages too.
QByteArray metaOf(const SyncObject &object, const Page &page, const PageQuery &query)
{
    const bool ascending = query.order == Order::Ascending;
    const bool empty = page.begin == page.end;
    const bool lower = page.begin != object.items.cbegin();
    const bool higher = page.end != object.items.cend();
    const auto token = [&](bool there, bool backwards) -> QByteArray {
        if (!there)
            return "null";
        PageQuery next = query;
        next.backwards = backwards;
        next.inclusive = empty; // nothing was shown, so the border itself still may be
        if (!empty)
            next.from = ascending == backwards ? page.begin->first : std::prev(page.end)->first;
        return Protocol::quoteJson(encodeToken(next, object.kind));
    };
    return JsonWriter()
            .raw("previous_token", token(ascending ? lower : higher, true))
            .raw("next_token", token(ascending ? higher : lower, false))
            .number("page_size", query.size)
            .take();
}

QByteArray pageBody(const SyncObject &object, const Page &page, const PageQuery &query)
{
    std::vector<Position> positions;
    for (Position it = page.begin; it != page.end; ++it)
        positions.push_back(it);
    if (query.order == Order::Descending)
        std::reverse(positions.begin(), positions.end());
    QByteArray items;
    for (const Position &it : positions) {
        items += items.isEmpty() ? '[' : ',';
        items += Bodies::item(object, it->first, it->second, Bodies::Data::With);
    }
    items += items.isEmpty() ? "[]" : "]";
    return JsonWriter().raw("items", items).raw("meta", metaOf(object, page, query)).take();
}

} // namespace

SyncResult<QByteArray> readItems(const SyncObject &object, const NameValueList &params)
{
    if (const auto single = firstValue(params, object.kind == ObjectKind::List ? "Index" : "Key")) {
        // What cannot be an index is the index of no item.
        PageQuery query;
        query.from = toItemId(*single, object.kind).value_or(ItemId { -1, {} });
        const Position begin = object.items.lower_bound(*query.from);
        const bool found = begin != object.items.cend() && begin->first == *query.from;
        return pageBody(object, { begin, found ? std::next(begin) : begin }, query);
    }
    const auto query = parseQuery(params, object.kind);
    if (const SyncError *error = errorOf(query))
        return *error;
    const auto &wanted = std::get<PageQuery>(query);
    return pageBody(object, choose(object.items, wanted), wanted);
}

} // namespace Twilio::Server
