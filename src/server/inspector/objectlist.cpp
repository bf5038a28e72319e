#include "server/inspector/objectlist.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "server/dialects/shared/jsonwriter.h"
#include "server/inspector/queryfields.h"
#include "server/net/hub.h"

#include <iterator>
#include <limits>
#include <vector>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr qint64 mostObjects = 200;
// Some milliseconds.
constexpr int mostLookedAt = 20'000;
constexpr qint64 afterAll = std::numeric_limits<qint64>::max();

// The objects of some kinds as one list, from the newest on.
class NewestFirst
{
public:
    NewestFirst(const ObjectStore &store, const QString &service, const std::optional<ObjectKind> &kind,
                qint64 before)
    {
        for (const ObjectKind each :
             { ObjectKind::Document, ObjectKind::List, ObjectKind::Map, ObjectKind::Stream }) {
            if (kind && *kind != each)
                continue;
            const ObjectStore::ObjectsInOrder &objects = store.objects(service, each);
            m_ranges.push_back({ objects.cbegin(), objects.lower_bound(before) });
        }
    }

    //! Null at the end.
    const SyncObject *next()
    {
        Range *newest = nullptr;
        for (Range &range : m_ranges) {
            if (range.begin != range.end
                && (!newest || std::prev(range.end)->first > std::prev(newest->end)->first))
                newest = &range;
        }
        return newest ? (--newest->end)->second : nullptr;
    }

private:
    struct Range
    {
        ObjectStore::ObjectsInOrder::const_iterator begin;
        ObjectStore::ObjectsInOrder::const_iterator end;
    };

    std::vector<Range> m_ranges;
};

bool matches(const SyncObject &object, const QString &filter)
{
    return filter.isEmpty() || QLatin1StringView(object.sid).contains(filter, Qt::CaseInsensitive)
            || (object.uniqueName && object.uniqueName->contains(filter, Qt::CaseInsensitive))
            || object.creator.contains(filter, Qt::CaseInsensitive);
}

QByteArray rowOf(const SyncObject &object, Hub &hub)
{
    JsonWriter json;
    json.text("sid", object.sid).text("kind", wordsOf(object.kind).name);
    if (object.uniqueName)
        json.text("name", *object.uniqueName);
    if (hasItems(object.kind))
        json.number("items", qint64(object.items.size()));
    json.text("created_by", object.creator)
            .time("created", object.created)
            .time("updated", object.updated)
            .time("expires", object.expires);
    if (object.kind == ObjectKind::List)
        json.raw("context", object.data.isEmpty() ? QByteArray("{}") : object.data);
    return json.number("subscribers", hub.subscribers(object.sid).size()).take();
}

} // namespace

HttpResponse objectList(Hub &hub, const HttpRequest &request)
{
    const QString service =
            serviceSidOf(QString::fromUtf8(firstValue(request.query, "service").value_or("default")));
    std::optional<ObjectKind> kind;
    if (const auto name = firstValue(request.query, "kind"); name && !name->isEmpty()) {
        kind = kindFromName(*name);
        if (!kind)
            return httpError(400, 20001, "kind: expected document, list, map or stream, got " + *name);
    }
    const auto before = numberField(request, "before", 0, afterAll, afterAll);
    const auto limit = numberField(request, "limit", 1, mostObjects, 50);
    for (const auto &number : { before, limit }) {
        if (const SyncError *error = errorOf(number))
            return httpError(400, 20001, error->message().toUtf8());
    }
    const QString filter = QString::fromUtf8(firstValue(request.query, "filter").value_or(QByteArray()));

    NewestFirst objects(hub.data().store(), service, kind, std::get<qint64>(before));
    QByteArray rows = "[";
    qint64 count = 0;
    std::optional<qint64> next;
    int lookedAt = 0;
    for (const SyncObject *object = objects.next(); object; object = objects.next()) {
        if (++lookedAt > mostLookedAt || count == std::get<qint64>(limit)) {
            next = object->serial + 1;
            break;
        }
        if (!matches(*object, filter))
            continue;
        if (count++ > 0)
            rows += ',';
        rows += rowOf(*object, hub);
    }
    JsonWriter json;
    json.raw("objects", rows + ']');
    if (next)
        json.number("next", *next);
    return { 200, json.take() };
}

} // namespace Twilio::Server
