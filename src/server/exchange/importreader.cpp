#include "server/exchange/importreader.h"

#include "server/operations/checks.h"
#include "TwilioSync/core/opentypes.h"
#include "TwilioSync/protocol/timestamp.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr qint64 largestIndex = 999'999'999'999'999;

using Node = JsonNode;
using Members = JsonNode::Members;

const Node *find(const Members &members, const char *name)
{
    const auto it = members.find(name);
    return it == members.end() ? nullptr : &it->second;
}

// Reads one file; after an error, which is kept, everything gives up.
class Reader
{
public:
    explicit Reader(qint64 now) : m_now(now) { }

    SyncResult<std::vector<ImportedService>> read(const QString &file, const QByteArray &text);

private:
    // The value of \a result, or none and the error is kept.
    template <typename T>
    std::optional<T> taken(const SyncResult<T> &result)
    {
        if (const SyncError *error = errorOf(result)) {
            m_error = *error;
            return std::nullopt;
        }
        return std::get<T>(result);
    }
    template <typename T, typename Read>
    bool take(const Members &members, const char *name, Read read, T &into)
    {
        const Node *const node = find(members, name);
        if (!node)
            return true;
        auto value = taken(read(*node));
        if (!value)
            return false;
        into = *std::move(value);
        return true;
    }
    bool fail(const Node &node, const QString &trouble)
    {
        m_error = node.error(trouble);
        return false;
    }
    template <typename T>
    bool forEach(const Members &members, const char *name, const T &read)
    {
        const Node *const node = find(members, name);
        if (!node)
            return true;
        const auto elements = taken(node->elements());
        return elements && std::all_of(elements->begin(), elements->end(), read);
    }

    bool readService(const Node &node);
    bool readObject(const Node &node, ObjectKind kind, ImportedService &service);
    bool readName(const Members &members, ImportedObject &object);
    bool readData(const Members &members, const char *name, ObjectKind kind, QByteArray &data);
    bool readLifetime(const Members &members, Lifetime &lifetime);
    bool readPermissions(const Members &members, ImportedObject &object);
    bool readItem(const Node &node, ImportedObject &object);
    [[nodiscard]] bool isOver(const Lifetime &lifetime) const
    {
        const qint64 end = lifetime.endFrom(m_now);
        return end != never && end <= m_now;
    }

    const qint64 m_now;
    std::vector<ImportedService> m_services;
    SyncError m_error;
};

SyncResult<std::vector<ImportedService>> Reader::read(const QString &file, const QByteArray &text)
{
    const auto all = taken(Node::parse(file, text));
    const auto members = all ? taken(all->members({ "services" })) : std::nullopt;
    if (members && !find(*members, "services"))
        fail(*all, u"expected services"_s);
    else if (members)
        forEach(*members, "services", [this](const Node &node) { return readService(node); });
    if (!m_error.isNull())
        return m_error;
    return std::move(m_services);
}

bool Reader::readService(const Node &node)
{
    const auto members = taken(
            node.members({ "service", "friendlyName", "aclEnabled", "webhookUrl", "webhooksFromRestEnabled",
                           "reachabilityWebhooksEnabled", "reachabilityDebouncingEnabled",
                           "reachabilityDebouncingWindow", "documents", "lists", "maps", "streams" }));
    if (!members)
        return false;
    ImportedService service { node.where(), u"default"_s };
    ServiceChanges &changes = service.changes;
    const auto number = [](const Node &each) { return each.number(1'000, 30'000); };
    const bool isRead = take(*members, "service", std::mem_fn(&Node::text), service.sid)
            && take(*members, "friendlyName", std::mem_fn(&Node::text), changes.friendlyName)
            && take(*members, "aclEnabled", std::mem_fn(&Node::boolean), changes.aclEnabled)
            && take(*members, "webhookUrl", std::mem_fn(&Node::text), changes.webhookUrl)
            && take(*members, "webhooksFromRestEnabled", std::mem_fn(&Node::boolean),
                    changes.webhooksFromRest)
            && take(*members, "reachabilityWebhooksEnabled", std::mem_fn(&Node::boolean),
                    changes.reachabilityWebhooks)
            && take(*members, "reachabilityDebouncingEnabled", std::mem_fn(&Node::boolean),
                    changes.reachabilityDebouncing)
            && take(*members, "reachabilityDebouncingWindow", number, changes.debouncingWindow);
    if (!isRead)
        return false;
    if (service.sid.isEmpty())
        return fail(*find(*members, "service"), u"expected a SID or default, got an empty string"_s);
    service.sid = serviceSidOf(service.sid);
    const auto readAll = [&](const char *name, ObjectKind kind) {
        return forEach(*members, name, [&](const Node &each) { return readObject(each, kind, service); });
    };
    if (!readAll("documents", ObjectKind::Document) || !readAll("lists", ObjectKind::List)
        || !readAll("maps", ObjectKind::Map) || !readAll("streams", ObjectKind::Stream))
        return false;
    m_services.push_back(std::move(service));
    return true;
}

bool Reader::readObject(const Node &node, ObjectKind kind, ImportedService &service)
{
    SyncResult<Members> found = Members();
    switch (kind) {
    case ObjectKind::Document:
        found = node.members({ "uniqueName", "sid", "data", "ttl", "dateExpires", "permissions" });
        break;
    case ObjectKind::List:
        found = node.members({ "uniqueName", "sid", "context", "ttl", "dateExpires", "permissions", "items",
                               "nextIndex" });
        break;
    case ObjectKind::Map:
        found = node.members({ "uniqueName", "sid", "ttl", "dateExpires", "permissions", "items" });
        break;
    case ObjectKind::Stream:
        found = node.members({ "uniqueName", "sid", "ttl", "dateExpires" });
        break;
    }
    const auto members = taken(found);
    if (!members)
        return false;
    ImportedObject object { node.where(), kind };
    const char *const data = kind == ObjectKind::List ? "context" : "data";
    if (!readName(*members, object) || !readData(*members, data, kind, object.data)
        || !readLifetime(*members, object.lifetime) || !readPermissions(*members, object)
        || !forEach(*members, "items", [&](const Node &each) { return readItem(each, object); }))
        return false;
    const auto index = [&](const Node &each) { return each.number(object.nextIndex, largestIndex); };
    if (!take(*members, "nextIndex", index, object.nextIndex))
        return false;
    if (!isOver(object.lifetime))
        service.objects.push_back(std::move(object));
    return true;
}

bool Reader::readName(const Members &members, ImportedObject &object)
{
    QString sid;
    if (!take(members, "uniqueName", std::mem_fn(&Node::text), object.uniqueName)
        || !take(members, "sid", std::mem_fn(&Node::text), sid))
        return false;
    if (const auto checked = checkUniqueName(object.uniqueName); errorOf(checked))
        return fail(*find(members, "uniqueName"), errorOf(checked)->message());
    const QLatin1StringView prefix(wordsOf(object.kind).sidPrefix);
    if (find(members, "sid") && (!looksLikeSid(sid) || !sid.startsWith(prefix)))
        return fail(*find(members, "sid"), u"expected %1 and 32 hex digits, got \"%2\""_s.arg(prefix, sid));
    object.sid = sid.toLatin1();
    return true;
}

bool Reader::readData(const Members &members, const char *name, ObjectKind kind, QByteArray &data)
{
    const Node *const node = find(members, name);
    if (!node)
        return true;
    const auto checked = checkedValues({ node->json().text().toByteArray() }, kind);
    if (const SyncError *error = errorOf(checked))
        return fail(*node, error->message());
    data = *std::get<Values>(checked).data;
    return true;
}

bool Reader::readLifetime(const Members &members, Lifetime &lifetime)
{
    if (const Node *const both = find(members, "ttl"); both && find(members, "dateExpires"))
        return fail(*both, u"expected ttl or dateExpires, got both"_s);
    const auto seconds = [](const Node &node) { return node.number(0, maxTtlSeconds); };
    const auto date = [](const Node &node) -> SyncResult<Lifetime> {
        const auto text = node.json().toUtf8();
        const auto time = text ? Protocol::parseTimestamp(*text) : std::nullopt;
        if (!time)
            return node.error(u"expected a date such as \"2030-01-31T12:00:00.000Z\""_s);
        return Lifetime::until(*time);
    };
    return take(members, "ttl", seconds, lifetime) && take(members, "dateExpires", date, lifetime);
}

bool Reader::readPermissions(const Members &members, ImportedObject &object)
{
    const Node *const node = find(members, "permissions");
    const auto identities = node ? taken(node->allMembers()) : Members();
    if (!identities)
        return false;
    for (const auto &[identity, rights] : *identities) {
        const auto names = taken(rights.elements());
        if (!names)
            return false;
        Permission permission;
        for (const Node &name : *names) {
            const QByteArray right = name.json().toUtf8().value_or(QByteArray());
            if (right == "read")
                permission.read = true;
            else if (right == "write")
                permission.write = true;
            else if (right == "manage")
                permission.manage = true;
            else
                return fail(name, u"expected \"read\", \"write\" or \"manage\""_s);
        }
        object.permissions[QString::fromUtf8(identity)] = permission;
    }
    return true;
}

bool Reader::readItem(const Node &node, ImportedObject &object)
{
    const bool isList = object.kind == ObjectKind::List;
    const auto members = taken(isList ? node.members({ "index", "data", "ttl", "dateExpires" })
                                      : node.members({ "key", "data", "ttl", "dateExpires" }));
    if (!members)
        return false;
    ImportedItem item;
    for (const char *const name : { isList ? "data" : "key", "data" }) {
        if (!find(*members, name))
            return fail(node, u"expected %1"_s.arg(QLatin1StringView(name)));
    }
    if (isList) {
        // Later ones have higher ones.
        item.id.index = object.nextIndex;
        const auto index = [&](const Node &each) { return each.number(object.nextIndex, largestIndex - 1); };
        if (!take(*members, "index", index, item.id.index))
            return false;
        object.nextIndex = item.id.index + 1;
    } else {
        if (!take(*members, "key", std::mem_fn(&Node::text), item.id.key))
            return false;
        if (const auto checked = checkedItemId(item.id.key, object.kind); errorOf(checked))
            return fail(*find(*members, "key"), errorOf(checked)->message());
    }
    if (!readData(*members, "data", object.kind, item.data) || !readLifetime(*members, item.lifetime))
        return false;
    if (!isOver(item.lifetime))
        object.items.push_back(std::move(item));
    return true;
}

} // namespace

SyncResult<std::vector<ImportedService>> readImport(const QString &file, const QByteArray &text, qint64 now)
{
    return Reader(now).read(file, text);
}

} // namespace Twilio::Server
