#include "server/inspector/connectionlist.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "server/dialects/shared/jsonwriter.h"
#include "server/inspector/queryfields.h"
#include "server/net/connection.h"
#include "server/net/gateway.h"
#include "server/net/session.h"

#include <limits>

namespace Twilio::Server {
namespace {

constexpr qint64 mostConnections = 100;
// Of one connection; the rest is counted.
constexpr int mostSubscriptions = 100;

QByteArray subscriptionsOf(Session &session, const ObjectStore &store)
{
    QByteArray rows = "[";
    int count = 0;
    const auto &all = session.subscriptions().all();
    for (auto it = all.cbegin(); it != all.cend() && count < mostSubscriptions; ++it, ++count) {
        JsonWriter json;
        json.text("sid", it.key()).text("kind", wordsOf(it->kind).name);
        if (const SyncObject *object = store.find(it.key())) {
            json.text("service", object->service);
            if (object->uniqueName)
                json.text("name", *object->uniqueName);
        }
        rows += (count > 0 ? "," : "") + json.take();
    }
    return rows + ']';
}

QByteArray rowOf(Session &session, const ObjectStore &store)
{
    const Connection &connection = session.connection();
    JsonWriter json;
    json.number("number", connection.number());
    if (session.isInitialized())
        json.text("identity", session.identity()).text("service", session.caller().serviceSid);
    return json.number("buffered", connection.buffered())
            .number("pings", session.pingsSent())
            .number("subscriptions", session.subscriptions().all().size())
            .raw("objects", subscriptionsOf(session, store))
            .take();
}

} // namespace

HttpResponse connectionList(Gateway &gateway, const HttpRequest &request)
{
    const auto after = numberField(request, "after", 0, std::numeric_limits<qint64>::max(), 0);
    const auto limit = numberField(request, "limit", 1, mostConnections, mostConnections);
    for (const auto &number : { after, limit }) {
        if (const SyncError *error = errorOf(number))
            return httpError(400, 20001, error->message().toUtf8());
    }
    const QList<Session *> sessions = gateway.sessions();
    QByteArray rows = "[";
    qint64 count = 0;
    qint64 last = 0;
    bool isMore = false;
    for (Session *session : sessions) {
        if (session->connection().number() <= std::get<qint64>(after))
            continue;
        if (count == std::get<qint64>(limit)) {
            isMore = true;
            break;
        }
        rows += (count++ > 0 ? "," : "") + rowOf(*session, gateway.hub().data().store());
        last = session->connection().number();
    }
    JsonWriter json;
    json.raw("connections", rows + ']').number("count", sessions.size());
    if (isMore)
        json.number("next", last);
    return { 200, json.take() };
}

} // namespace Twilio::Server
