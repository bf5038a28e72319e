#include "specworld.h"

#include "server/net/token.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/store/placeholder.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qjsondocument.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr auto then = R"("2024-05-06T07:08:09.123Z")";

QByteArray textOf(const QJsonValue &value)
{
    return QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
}

SyncValue valueOf(const QJsonValue &value) { return SyncValue::fromJson(textOf(value)); }

QString pendingText(Sync::Pending pending)
{
    switch (pending) {
    case Sync::Pending::NotPending:
        return {};
    case Sync::Pending::Unsaved:
        return u" unsaved"_s;
    case Sync::Pending::Waiting:
        return u" waiting"_s;
    case Sync::Pending::Rejected:
        return u" rejected"_s;
    }
    return {};
}

} // namespace

SpecWorld::SpecWorld(const QJsonObject &spec, Disk disk)
    : m_spec(spec)
    , m_disk(disk)
    , m_isList(spec.value("kind"_L1).toString(u"list"_s) == "list"_L1)
{ }

QByteArray SpecWorld::itemText(const QJsonArray &item) const
{
    const QByteArray name = isList() ? "\"index\":" + QByteArray::number(item.at(0).toInteger())
                                     : "\"key\":\"" + item.at(0).toString().toUtf8() + '"';
    return '{' + name + R"(,"revision":"0","last_event_id":0,"date_created":)" + then + R"(,"date_updated":)"
            + then + R"(,"date_expires":null,"data":)" + textOf(item.at(1)) + '}';
}

QByteArray SpecWorld::pageFor(const ScriptedServer::Call &call) const
{
    QByteArrayList texts;
    const bool isDescending = std::any_of(call.request.params.cbegin(), call.request.params.cend(),
                                          [](const auto &param) { return param.second == "desc"; });
    bool isLater = false;
    for (const auto &param : call.request.params)
        isLater = isLater || param.first == "From";
    const QJsonArray items = m_spec.value(isLater ? "later"_L1 : "items"_L1).toArray();
    for (const auto &item : items)
        isDescending ? texts.prepend(itemText(item.toArray())) : texts.append(itemText(item.toArray()));
    const bool hasMore = !isLater && m_spec.contains("later"_L1);
    return ScriptedServer::page(texts.join(','), hasMore ? "\"more\"" : "null");
}

bool SpecWorld::open()
{
    const QByteArray path = isList() ? "/v3/Lists/ES1" : "/v3/Maps/MP1";
    if (!m_server.listen())
        return false;
    m_server.always(
            "GET", path,
            ScriptedServer::ok(ScriptedServer::root(isList() ? "ES1" : "MP1", R"(,"unique_name":"things")")));
    m_server.always(
            "GET", isList() ? "/v3/Lists/things" : "/v3/Maps/things",
            ScriptedServer::ok(ScriptedServer::root(isList() ? "ES1" : "MP1", R"(,"unique_name":"things")")));
    m_server.always("GET", path + "/Items", [this](const ScriptedServer::Call &call) {
        const auto &params = call.request.params;
        const bool isOfNoItem = std::any_of(params.cbegin(), params.cend(), [](const auto &param) {
            return param.first == "From" && param.second.toLongLong() >= firstPlaceholder;
        });
        return isOfNoItem ? ScriptedServer::error(400, 54152, "Invalid List Item index")
                          : ScriptedServer::ok(pageFor(call));
    });
    for (const char *method : { "POST", "PUT", "DELETE" })
        m_server.always(method, {}, ScriptedServer::lost());
    connectClient();
    return eventually(
            [&] {
                return m_object->subscriptionState() == Sync::SubscriptionState::Established
                        && (m_object->isComplete() || m_spec.contains("later"_L1)
                            || (m_object->maximumCount() > 0
                                && m_object->count() == m_object->maximumCount()));
            },
            wireTimeout);
}

void SpecWorld::connectClient()
{
    m_client = scriptedClient(m_server);
    Server::TokenClaims claims; // the file of the cache is that of its identity
    claims.identity = u"alice"_s;
    claims.expiresAtMs = QDateTime::currentMSecsSinceEpoch() + 3'600'000;
    m_client->setToken(Server::makeToken(claims, "secret", QDateTime::currentMSecsSinceEpoch()));
    if (m_disk != Disk::Nothing)
        m_client->setCachePath(m_folder.path());
    m_client->setPersistentWrites(m_disk == Disk::Writes);
    if (isList())
        m_object = std::make_unique<SyncList>();
    else
        m_object = std::make_unique<SyncMap>();
    new ModelCheck(m_object.get());
    m_object->setOptimistic(m_spec.value("optimistic"_L1).toBool(true));
    m_object->setMaximumCount(m_spec.value("maximumCount"_L1).toInt());
    m_object->setOrder(m_spec.value("descending"_L1).toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_object->setOrderedWrites(m_spec.value("ordered"_L1).toBool());
    m_object->setMode(SyncClient::OpenMode::OpenExisting);
    m_object->setUniqueName(u"things"_s);
    m_object->setClient(m_client.get());
    follow();
}

void SpecWorld::follow()
{
    m_log = std::make_unique<ModelLog>(m_object.get());
    const auto add = [this](const QString &what, const QVariant &key, bool isLocal) {
        m_events << what + u' ' + key.toString() + (isLocal ? u" local"_s : QString());
    };
    if (auto *list = qobject_cast<SyncList *>(m_object.get())) {
        QObject::connect(list, &SyncList::itemAdded, list, [add](const SyncListItem &item, bool local) {
            add(u"added"_s, item.index(), local);
        });
        QObject::connect(list, &SyncList::itemUpdated, list, [add](const SyncListItem &item, bool local) {
            add(u"updated"_s, item.index(), local);
        });
        QObject::connect(list, &SyncList::itemRemoved, list,
                         [add](qint64 index, bool local) { add(u"removed"_s, index, local); });
    } else if (auto *map = qobject_cast<SyncMap *>(m_object.get())) {
        QObject::connect(map, &SyncMap::itemAdded, map,
                         [add](const SyncMapItem &item, bool local) { add(u"added"_s, item.key(), local); });
        QObject::connect(map, &SyncMap::itemUpdated, map, [add](const SyncMapItem &item, bool local) {
            add(u"updated"_s, item.key(), local);
        });
        QObject::connect(map, &SyncMap::itemRemoved, map,
                         [add](const QString &key, bool local) { add(u"removed"_s, key, local); });
    }
}

template <typename T>
void SpecWorld::note(const QString &name, const QFuture<T> &future)
{
    m_calls.push_back(
            { name, [future]() -> std::optional<QString> {
                 if (!future.isFinished())
                     return std::nullopt;
                 const SyncError error = errorOfCall(future);
                 return error.isNull() ? u"ok"_s : error.isOutcomeUnknown() ? u"unknown"_s : error.message();
             } });
}

void SpecWorld::collect()
{
    for (Call &call : m_calls) {
        if (const auto outcome = call.outcome ? call.outcome() : std::nullopt) {
            m_done << call.name + u": "_s + *outcome;
            call.outcome = nullptr;
        }
    }
    for (; m_seen < m_server.calls().size(); ++m_seen) {
        const ScriptedServer::Call &call = m_server.calls().at(m_seen);
        if (call.request.method == "GET")
            continue;
        m_held.append(call);
        m_sent << QString::fromUtf8(call.text());
    }
}

bool SpecWorld::write(const QString &operation, const QJsonValue &argument)
{
    const QJsonArray arguments = argument.isArray() ? argument.toArray() : QJsonArray { argument };
    const QJsonValue key = arguments.at(0);
    auto *const list = qobject_cast<SyncList *>(m_object.get());
    auto *const map = qobject_cast<SyncMap *>(m_object.get());
    const SyncValue value = valueOf(arguments.at(1));
    const auto counted = [](QVariantMap now) {
        now[u"n"_s] = now.value(u"n"_s).toInt() + 1;
        return now;
    };
    const auto ofKey = [&](auto *object, const auto &name) {
        const QString what = operation + u' ' + QVariant(name).toString();
        if (operation == "set"_L1)
            note(what, object->set(name, value));
        else if (operation == "update"_L1)
            note(what, object->update(name, value));
        else if (operation == "count"_L1)
            note(what, object->mutate(name, counted));
        else if (operation == "remove"_L1)
            note(what, object->remove(name));
        else if (operation == "ttl"_L1)
            note(what, object->setItemTtl(name, arguments.at(1).toInteger()));
        else
            return false;
        return true;
    };
    if (operation == "push"_L1 && list) {
        note(u"push"_s, list->push(valueOf(argument)));
        return true;
    }
    return list ? ofKey(list, qint64(key.toInteger())) : ofKey(map, key.toString());
}

// The oldest that has none, or the one behind so many others.
void SpecWorld::answer(const QJsonObject &how)
{
    collect();
    const qsizetype which = how.value("behind"_L1).toInteger(0);
    if (which >= m_held.size())
        return;
    const ScriptedServer::Call call = m_held.takeAt(which);
    if (how.contains("status"_L1)) {
        m_server.answer(call,
                        ScriptedServer::error(how.value("status"_L1).toInt(), how.value("code"_L1).toInt(),
                                              how.value("message"_L1).toString().toUtf8()));
        return;
    }
    const QByteArray event = QByteArray::number(how.value("event"_L1).toInteger());
    QByteArray body = R"({"revision":")" + event + R"(","last_event_id":)" + event + R"(,"date_created":)"
            + then + R"(,"date_updated":)" + then + R"(,"date_expires":null)";
    if (how.contains("index"_L1))
        body += ",\"index\":" + QByteArray::number(how.value("index"_L1).toInteger());
    if (how.contains("key"_L1))
        body += ",\"key\":\"" + how.value("key"_L1).toString().toUtf8() + '"';
    m_server.answer(call, ScriptedServer::ok(body + '}', how.value("created"_L1).toBool() ? 201 : 200));
}

void SpecWorld::tell(const QString &kind, const QJsonArray &event)
{
    const QByteArray id = QByteArray::number(event.last().toInteger());
    const QByteArray name = isList() ? R"("list_sid":"ES1","list_revision":")" + id + R"(","item_index":)"
                    + QByteArray::number(event.at(0).toInteger())
                                     : R"("map_sid":"MP1","map_revision":")" + id + R"(","item_key":")"
                    + event.at(0).toString().toUtf8() + '"';
    m_server.push((isList() ? "list_item_" : "map_item_") + kind.toUtf8(),
                  R"({"id":)" + id + ',' + name + R"(,"item_revision":")" + id + R"(","item_data":)"
                          + textOf(event.size() > 2 ? event.at(1) : QJsonValue(QJsonObject()))
                          + R"(,"date_created":)" + then + R"(,"date_expires":null})");
}

bool SpecWorld::act(const QJsonObject &step)
{
    const auto argumentOf = [&step](QLatin1StringView name) -> std::optional<QJsonValue> {
        return step.contains(name) ? std::optional(step.value(name)) : std::nullopt;
    };
    bool isKnown = false;
    for (const auto operation : { "push"_L1, "set"_L1, "update"_L1, "count"_L1, "remove"_L1, "ttl"_L1 }) {
        if (const auto argument = argumentOf(operation))
            isKnown = write(operation, *argument);
    }
    // Right away: it is told in the turn of the write.
    if (const auto event = argumentOf("event"_L1)) {
        const QJsonArray news = event->toArray();
        ItemFields fields { .index = news.at(0).toInteger(),
                            .revision = "1",
                            .lastEventId = news.last().toInteger() };
        const QByteArray json = textOf(news.at(1));
        fields.json = json;
        store().receive({ .kind = ItemEvent::Kind::Updated, .item = fields });
        store().flush();
    }
    for (const auto kind : { "added"_L1, "updated"_L1, "removed"_L1 }) {
        if (const auto event = argumentOf(kind)) {
            tell(kind, event->toArray());
            isKnown = true;
        }
    }
    for (const auto &[run, kind] : { std::pair("run"_L1, u"added"_s), std::pair("gone"_L1, u"removed"_s) }) {
        const QJsonArray events = step.value(run).toArray();
        for (const auto &event : events)
            tell(kind, event.toArray());
        isKnown = isKnown || step.contains(run);
    }
    if (const auto how = argumentOf("answer"_L1)) {
        answer(how->toObject());
        isKnown = true;
    }
    if (const auto row = argumentOf("cancel"_L1)) {
        const QModelIndex write = m_client->outbox()->index(row->toInt());
        isKnown = m_client->outbox()->cancel(write.data(SyncOutbox::WriteIdRole).toLongLong());
    }
    if (const auto on = argumentOf("optimistic"_L1)) {
        m_object->setOptimistic(on->toBool());
        isKnown = true;
    }
    if (const auto rows = argumentOf("maximum"_L1)) {
        m_object->setMaximumCount(rows->toInt());
        isKnown = true;
    }
    if (step.contains("fetch"_L1)) {
        m_object->fetchMore({});
        isKnown = true;
    }
    if (const auto row = argumentOf("tick"_L1)) {
        m_object->setValueRoles({ u"done"_s });
        const int role = m_object->roleNames().key("done");
        isKnown = m_object->setData(m_object->index(row->toInt()), true, role);
    }
    if (step.contains("offline"_L1)) {
        m_client->goOffline();
        isKnown = true;
    }
    if (step.contains("online"_L1)) {
        m_held.clear();
        m_client->goOnline();
        isKnown = true;
    }
    if (step.contains("restart"_L1)) {
        m_held.clear();
        m_calls.clear();
        m_object.reset();
        m_client.reset();
        connectClient();
        if (step.value("restart"_L1) == "offline"_L1)
            m_client->goOffline();
        isKnown = true;
    }
    return isKnown;
}

CollectionStore &SpecWorld::store() const
{
    auto &session = *ClientPrivate::of(m_client.get())->session;
    const EntityPtr entity = session.cache().find(QByteArray(isList() ? "ES1" : "MP1"));
    return static_cast<CollectionEntity &>(*entity).store();
}

bool SpecWorld::isAtRest() const
{
    const SyncOutbox *const outbox = m_client->outbox();
    for (int row = 0; row < outbox->rowCount(); ++row) {
        const auto state = outbox->index(row).data(SyncOutbox::StateRole).value<SyncOutbox::State>();
        if (state == SyncOutbox::State::Unsaved || state == SyncOutbox::State::Reading)
            return false;
    }
    const QStringList shown = rows();
    if (std::any_of(shown.cbegin(), shown.cend(),
                    [](const QString &row) { return row.endsWith(" unsaved"_L1); }))
        return false;
    const bool isOpen = m_object->status() == Sync::Status::Ready;
    return isOpen
            && (m_client->connectionState() != SyncClient::ConnectionState::Connected
                || m_object->subscriptionState() == Sync::SubscriptionState::Established);
}

void SpecWorld::settle(const QJsonObject &step)
{
    const auto expected = [&step](QLatin1StringView what) { return step.value(what).toArray().size(); };
    // How often a row waits for the disk is left open.
    const auto changes = [](const QStringList &lines) {
        return std::count_if(lines.cbegin(), lines.cend(),
                             [](const QString &line) { return !line.endsWith("[pending]"_L1); });
    };
    const QStringList model = step.value("model"_L1).toVariant().toStringList();
    waitFor([&] {
        collect();
        return m_sent.size() >= expected("sent"_L1) && m_done.size() >= expected("done"_L1)
                && m_events.size() >= expected("events"_L1) && changes(m_log->lines()) >= changes(model)
                && isAtRest();
    });
    for (int turn = 0; turn < 2; ++turn) {
        if (m_client->connectionState() == SyncClient::ConnectionState::Connected)
            QVERIFY(m_server.roundTrip());
        for (int i = 0; i < 5; ++i)
            QCoreApplication::processEvents();
        collect();
    }
}

QStringList SpecWorld::takeModelSignals() { return m_log->take(); }

QStringList SpecWorld::takeSent() { return std::exchange(m_sent, {}); }

QStringList SpecWorld::rows() const
{
    QStringList texts;
    for (int row = 0; row < m_object->count(); ++row) {
        const QModelIndex index = m_object->index(row);
        const QVariant key = index.data(ItemKeyRole);
        const QJsonObject value = QJsonObject::fromVariantMap(index.data(ValueRole).toMap());
        texts << key.toString() + u' ' + QString::fromUtf8(textOf(value))
                        + pendingText(index.data(PendingRole).value<Sync::Pending>());
    }
    return texts;
}
