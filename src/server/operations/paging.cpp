#include "server/operations/paging.h"

#include "server/data/limits.h"
#include "server/operations/checks.h"
#include "server/operations/errors.h"

#include <algorithm>
#include <iterator>

namespace Twilio::Server {
namespace {

enum class Order : quint8 { Ascending, Descending };

//! Which entries are asked for. Objects are named by their serial, as lists name their items by an index;
//! services by their SID and permissions by their identity, as maps name theirs by a key.
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

qint64 keyIn(const std::map<qint64, SyncObject *> &, const ItemId &id) { return id.index; }
template <typename T>
const QString &keyIn(const std::map<QString, T> &, const ItemId &id)
{
    return id.key;
}
const ItemId &keyIn(const std::map<ItemId, Item> &, const ItemId &id) { return id; }
ItemId idOf(qint64 serial) { return { serial, {} }; }
ItemId idOf(const QString &sid) { return { 0, sid }; }
const ItemId &idOf(const ItemId &id) { return id; }

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

SyncResult<PageQuery> parseQuery(const PageArguments &arguments, ObjectKind kind)
{
    if (arguments.pageToken) {
        const auto query = decodeToken(*arguments.pageToken, kind);
        return query ? SyncResult<PageQuery>(*query) : Errors::invalidPageToken();
    }
    PageQuery query;
    if (arguments.pageSize) {
        const auto size = toIndex(*arguments.pageSize);
        if (!size || *size < 1)
            return Errors::invalidPageSize();
        query.size = qsizetype(std::min<qint64>(*size, Limits::pageSize));
    }
    const QByteArray order = arguments.order.value_or("asc");
    const QByteArray bounds = arguments.bounds.value_or("inclusive");
    if ((order != "asc" && order != "desc") || (bounds != "inclusive" && bounds != "exclusive"))
        return Errors::invalidParameter();
    query.order = order == "asc" ? Order::Ascending : Order::Descending;
    query.inclusive = bounds == "inclusive";
    if (arguments.from) {
        query.from = toItemId(*arguments.from, kind);
        if (!query.from)
            return Errors::invalidIndex();
    }
    return query;
}

//! The entries [begin, end) in ascending order.
template <typename Map>
struct Range
{
    typename Map::const_iterator begin;
    typename Map::const_iterator end;
};

template <typename Map>
Range<Map> choose(const Map &entries, const PageQuery &query)
{
    const bool ascending = (query.order == Order::Ascending) != query.backwards;
    Range<Map> range { entries.cbegin(), entries.cend() };
    const auto border = [&](bool before) {
        const auto &key = keyIn(entries, *query.from);
        return before ? entries.lower_bound(key) : entries.upper_bound(key);
    };
    if (ascending) {
        if (query.from)
            range.begin = border(query.inclusive);
        range.end = range.begin;
        for (qsizetype n = 0; n < query.size && range.end != entries.cend(); ++n)
            ++range.end;
    } else {
        if (query.from)
            range.end = border(!query.inclusive);
        range.begin = range.end;
        for (qsizetype n = 0; n < query.size && range.begin != entries.cbegin(); ++n)
            --range.begin;
    }
    return range;
}

// Tokens say whether there is more on either side in the requested order, on empty pages too.
template <typename Map>
PageMeta metaOf(const Map &entries, const Range<Map> &range, const PageQuery &query, ObjectKind kind)
{
    const bool ascending = query.order == Order::Ascending;
    const bool empty = range.begin == range.end;
    const bool lower = range.begin != entries.cbegin();
    const bool higher = range.end != entries.cend();
    const auto token = [&](bool there, bool backwards) -> std::optional<QByteArray> {
        if (!there)
            return std::nullopt;
        PageQuery next = query;
        next.backwards = backwards;
        next.inclusive = empty; // nothing was shown, so the border itself still may be
        if (!empty)
            next.from = idOf(ascending == backwards ? range.begin->first : std::prev(range.end)->first);
        return encodeToken(next, kind);
    };
    return { token(ascending ? lower : higher, true), token(ascending ? higher : lower, false), query.size };
}

ItemPage itemPage(const SyncObject &object, const Range<std::map<ItemId, Item>> &range,
                  const PageQuery &query)
{
    ItemPage page { &object, {}, metaOf(object.items, range, query, object.kind) };
    for (auto it = range.begin; it != range.end; ++it)
        page.items.push_back(it);
    if (query.order == Order::Descending)
        std::reverse(page.items.begin(), page.items.end());
    return page;
}

// One page of \a entries, in the order that is asked for.
template <typename Map>
struct Chosen
{
    std::vector<typename Map::const_iterator> entries;
    PageMeta meta;
};

template <typename Map>
SyncResult<Chosen<Map>> chosen(const Map &entries, const PageArguments &arguments, ObjectKind kind)
{
    const auto query = parseQuery(arguments, kind);
    if (const SyncError *error = errorOf(query))
        return *error;
    const auto &wanted = std::get<PageQuery>(query);
    const auto range = choose(entries, wanted);
    Chosen<Map> result { {}, metaOf(entries, range, wanted, kind) };
    for (auto it = range.begin; it != range.end; ++it)
        result.entries.push_back(it);
    if (wanted.order == Order::Descending)
        std::reverse(result.entries.begin(), result.entries.end());
    return result;
}

} // namespace

SyncResult<ItemPage> pageOfItems(const SyncObject &object, const PageArguments &arguments)
{
    if (arguments.single) {
        // What cannot be an index is the index of no item.
        PageQuery query;
        query.from = toItemId(*arguments.single, object.kind).value_or(ItemId { -1, {} });
        const auto begin = object.items.lower_bound(*query.from);
        const bool found = begin != object.items.cend() && begin->first == *query.from;
        return itemPage(object, { begin, found ? std::next(begin) : begin }, query);
    }
    auto page = chosen(object.items, arguments, object.kind);
    if (const SyncError *error = errorOf(page))
        return *error;
    auto &[items, meta] = std::get<0>(page);
    return ItemPage { &object, std::move(items), std::move(meta) };
}

SyncResult<ObjectPage> pageOfObjects(const std::map<qint64, SyncObject *> &objects,
                                     const PageArguments &arguments)
{
    auto page = chosen(objects, arguments, ObjectKind::List);
    if (const SyncError *error = errorOf(page))
        return *error;
    ObjectPage result { {}, std::get<0>(page).meta };
    for (const auto &it : std::get<0>(page).entries)
        result.objects.push_back(it->second);
    return result;
}

SyncResult<PermissionPage> pageOfPermissions(const SyncObject &object, const PageArguments &arguments)
{
    auto page = chosen(object.permissions, arguments, ObjectKind::Map);
    if (const SyncError *error = errorOf(page))
        return *error;
    auto &[permissions, meta] = std::get<0>(page);
    return PermissionPage { &object, std::move(permissions), std::move(meta) };
}

SyncResult<ServicePage> pageOfServices(const std::map<QString, Service> &services,
                                       const PageArguments &arguments)
{
    auto page = chosen(services, arguments, ObjectKind::Map);
    if (const SyncError *error = errorOf(page))
        return *error;
    ServicePage result { {}, std::get<0>(page).meta };
    for (const auto &it : std::get<0>(page).entries)
        result.services.push_back(&it->second);
    return result;
}

} // namespace Twilio::Server
