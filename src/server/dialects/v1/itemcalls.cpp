#include "server/dialects/v1/itemcalls.h"

#include "server/dialects/v1/pages.h"

#include <utility>

namespace Twilio::Server::V1 {
namespace {

using ItemResult = SyncResult<Operations::ItemResult>;

HttpResponse itemResponse(const ItemResult &result, const Call &call, int status)
{
    HttpResponse made = response(result, call, status, [&](const Operations::ItemResult &found) {
        return itemBody(*found.object, found.id, found.item, call.view);
    });
    const auto *const found = std::get_if<Operations::ItemResult>(&result);
    return found ? withETag(std::move(made), found->item.lastEventId) : made;
}

} // namespace

HttpResponse ItemCalls::list(const Call &call)
{
    return pageResponse(m_operations.items(call.by, call.kind, call.object, itemPageOf(call)), call, "items",
                        &ItemPage::items, [&](const ItemPage &page, const auto &it) {
                            return itemBody(*page.object, it->first, it->second, call.view);
                        });
}

// The collection's own ttl may come with an item: it is checked before anything is written.
template <typename Write>
HttpResponse ItemCalls::write(const Call &call, int status, Write write)
{
    const Values collection { {}, call.form.values({ "CollectionTtl" }).ttl };
    if (const auto checked = checkTtl(collection); errorOf(checked))
        return errorResponse(*errorOf(checked), call.request);
    const ItemResult written = write(call.form.values({ "ItemTtl", "Ttl" }));
    if (!errorOf(written) && collection.ttl) {
        const auto updated = m_operations.update(call.by, call.kind, call.object, {}, collection);
        if (const SyncError *error = errorOf(updated))
            return errorResponse(*error, call.request);
    }
    return itemResponse(written, call, status);
}

HttpResponse ItemCalls::create(const Call &call)
{
    return write(call, 201, [&](const Values &values) {
        const QString key = call.form.text("Key").value_or(QString());
        return m_operations.addItem(call.by, call.kind, call.object, key, values);
    });
}

HttpResponse ItemCalls::fetch(const Call &call)
{
    return itemResponse(m_operations.item(call.by, call.kind, call.object, call.item), call, 200);
}

HttpResponse ItemCalls::update(const Call &call)
{
    return write(call, 200, [&](const Values &values) {
        return m_operations.updateItem(call.by, call.kind, call.object, call.item, ifMatchOf(call), values);
    });
}

HttpResponse ItemCalls::remove(const Call &call)
{
    return removal(m_operations.removeItem(call.by, call.kind, call.object, call.item, ifMatchOf(call)),
                   call);
}

} // namespace Twilio::Server::V1
