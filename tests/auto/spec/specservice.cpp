#include "specservice.h"

#include "server/net/serverframes.h"
#include "server/operations/errors.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/store/placeholder.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>
#include <QtCore/qurl.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr auto then = R"("2024-05-06T07:08:09.123Z")";

// Of what has no items there is one, the object itself.
constexpr std::pair<qint64, const char *> itself { -1, "" };

QByteArray datesAndRevision(qint64 eventId)
{
    const QByteArray id = QByteArray::number(eventId);
    return R"("revision":")" + id + R"(","last_event_id":)" + id + R"(,"date_created":)" + then
            + R"(,"date_updated":)" + then;
}

QByteArray param(const ScriptedServer::Call &call, QByteArrayView name)
{
    for (const auto &[known, value] : call.request.params) {
        if (known == name)
            return value;
    }
    return {};
}

} // namespace

QByteArray specText(const QJsonValue &value)
{
    return QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact);
}

SpecService::SpecService(const QJsonObject &spec)
    : m_kind(*Server::kindFromName(spec.value("kind"_L1).toString(u"list"_s).toUtf8()))
    , m_firstPage(spec.contains("later"_L1) ? spec.value("items"_L1).toArray().size() : 0)
{
    for (const auto name : { "items"_L1, "later"_L1 }) {
        const QJsonArray items = spec.value(name).toArray();
        for (const auto &item : items)
            m_items[keyOf(item[0])] = { specText(item[1]) };
    }
    if (m_kind == Kind::Document)
        m_items[itself] = { specText(spec.value("value"_L1)) };
}

QByteArray SpecService::sid() const { return Server::wordsOf(m_kind).sidPrefix.toByteArray() + '1'; }

QByteArray SpecService::path() const
{
    return "/v3/" + Server::wordsOf(m_kind).collection.toByteArray() + '/';
}

bool SpecService::listen()
{
    m_server.setSubscribing(false);
    m_server.always("POST", {}, ScriptedServer::lost());
    m_server.always("PUT", {}, ScriptedServer::lost());
    m_server.always("DELETE", {}, ScriptedServer::lost());
    m_server.always("POST", "/v4/Subscriptions", [this](const Call &call) { return subscription(call); });
    for (const QByteArray &name : { sid(), QByteArray("things") }) {
        m_server.always("GET", path() + name,
                        [this](const Call &) { return m_isGone ? gone() : ScriptedServer::ok(root()); });
    }
    m_server.always("GET", path() + sid() + "/Items",
                    [this](const Call &call) { return m_isGone ? gone() : page(call); });
    return m_server.listen();
}

ScriptedServer::Answer SpecService::gone() const
{
    return { ScriptedServer::Answer::Way::Reply,
             Server::V3::errorReply(Server::Errors::notFound(m_kind)),
             {} };
}

QByteArray SpecService::root() const
{
    QByteArray members = R"(,"unique_name":"things")";
    if (m_kind != Kind::Stream)
        members += ',' + datesAndRevision(m_lastEventId);
    if (m_kind == Kind::Document)
        members += ",\"data\":" + m_items.at(itself).json;
    return ScriptedServer::root(sid(), members);
}

SpecService::Key SpecService::keyOf(const QJsonValue &value) const
{
    if (m_kind == Kind::List)
        return { value.toInteger(), {} };
    return { -1, value.toString().toUtf8() };
}

QByteArray SpecService::nameOf(const Key &key) const
{
    return m_kind == Kind::List ? QByteArray::number(key.first) : '"' + key.second + '"';
}

QByteArray SpecService::itemText(const Items::value_type &item) const
{
    const auto &[key, contents] = item;
    return QByteArray(m_kind == Kind::List ? "{\"index\":" : "{\"key\":") + nameOf(key) + ','
            + datesAndRevision(contents.eventId) + R"(,"date_expires":null,"data":)" + contents.json + '}';
}

ScriptedServer::Answer SpecService::page(const Call &call) const
{
    const auto named = [&](QByteArrayView name) -> std::optional<Key> {
        const QByteArray text = param(call, name);
        if (text.isNull())
            return std::nullopt;
        return m_kind == Kind::List ? Key { text.toLongLong(), {} } : Key { -1, text };
    };
    if (const auto key = m_kind == Kind::List ? named("Index") : named("Key")) {
        const auto found = m_items.find(*key);
        return ScriptedServer::ok(
                ScriptedServer::page(found == m_items.end() ? QByteArray() : itemText(*found)));
    }
    const auto from = named("From");
    if (m_kind == Kind::List && from && from->first >= firstPlaceholder)
        return ScriptedServer::error(400, 54152, "Invalid List Item index");
    const bool isDescending = param(call, "Order") == "desc";
    QByteArrayList texts;
    const auto add = [&](const Items::value_type &item) {
        if (!from || (isDescending ? item.first <= *from : item.first >= *from))
            texts << itemText(item);
    };
    if (isDescending)
        std::for_each(m_items.crbegin(), m_items.crend(), add);
    else
        std::for_each(m_items.cbegin(), m_items.cend(), add);
    const bool hasMore = m_firstPage > 0 && !from && texts.size() > m_firstPage;
    if (hasMore)
        texts.resize(m_firstPage);
    return ScriptedServer::ok(ScriptedServer::page(texts.join(','), hasMore ? "\"more\"" : "null"));
}

ScriptedServer::Answer SpecService::subscription(const Call &call)
{
    const Server::ServerOptions options;
    const auto parsed = Server::parseSubscriptionCall(call.request, options);
    const auto *const wanted = std::get_if<Server::SubscriptionCall>(&parsed);
    if (!wanted)
        return { ScriptedServer::Answer::Way::Reply, std::get<Server::RestReply>(parsed), {} };
    replayWhenQuiet(*wanted);
    return { ScriptedServer::Answer::Way::Reply, Server::subscriptionReply(options), {} };
}

// Behind the answer, and behind the writes, however long the disk takes over them.
void SpecService::replayWhenQuiet(const Server::SubscriptionCall &call)
{
    QTimer::singleShot(0, &m_context, [this, call] {
        collect();
        if (m_isQuiet(m_held.size()))
            replay(call);
        else
            replayWhenQuiet(call);
    });
}

void SpecService::replay(const Server::SubscriptionCall &call)
{
    using Action = Server::SubscriptionCall::Action;
    for (const auto &entry : call.entries) {
        if (call.action == Action::Cancel) {
            m_server.settle("subscription_canceled", call, entry, {});
        } else if (m_isGone) {
            m_server.settle("subscription_failed", call, entry,
                            R"(,"error":{"status":404,"code":54100,"message":"gone"})");
        } else if (!m_forgets.isEmpty() && entry.cursor.value_or(m_lastEventId) < m_lastEventId) {
            if (m_forgets == "interrupts"_L1)
                m_server.settle("subscription_established", call, entry,
                                R"(,"replay_status":"interrupted","last_event_id":)"
                                        + QByteArray::number(*entry.cursor));
            else
                m_server.settle("subscription_failed", call, entry,
                                R"(,"error":{"status":400,"code":54009,"message":"too old"})");
        } else {
            replayAfter(entry.cursor.value_or(m_lastEventId), call.correlationId);
            m_server.settle("subscription_established", call, entry,
                            R"(,"replay_status":"completed","last_event_id":)"
                                    + QByteArray::number(m_lastEventId));
        }
    }
}

// One notification for all that is of one kind.
void SpecService::replayAfter(qint64 eventId, const QByteArray &correlationId)
{
    QList<Server::V3::Event> together;
    const auto send = [&] {
        if (!together.isEmpty())
            m_server.send(Server::replayFrame(std::exchange(together, {}), correlationId));
    };
    for (auto it = m_changes.upper_bound(eventId); it != m_changes.end(); ++it) {
        const QByteArray type = eventType(it->second.kind);
        if (!together.isEmpty() && together.constFirst().type != type)
            send();
        together.append({ it->first, type, eventText(it->first, it->second) });
    }
    send();
}

void SpecService::change(const QString &kind, const Key &key, const QByteArray &json, qint64 eventId)
{
    m_changes[eventId] = { kind, key, kind == "removed"_L1 ? m_items[key].json : json };
    m_lastEventId = std::max(m_lastEventId, eventId);
    if (const auto now = m_items.find(key); now != m_items.end() && now->second.eventId > eventId)
        return;
    if (kind == "removed"_L1)
        m_items.erase(key);
    else
        m_items[key] = { json, eventId };
}

QByteArray SpecService::eventType(const QString &kind) const
{
    const bool hasItems = Server::hasItems(m_kind);
    return Server::wordsOf(m_kind).name.toByteArray() + (hasItems ? "_item_" : "_") + kind.toUtf8();
}

QByteArray SpecService::eventText(qint64 id, const Change &change) const
{
    const QByteArray text = QByteArray::number(id);
    const QByteArray word = Server::wordsOf(m_kind).name.toByteArray();
    const QByteArray about = "{\"id\":" + text + ",\"" + word + "_sid\":\"" + sid() + "\",\"" + word
            + "_revision\":\"" + text + "\",";
    const QByteArray when = QByteArray(R"(,"date_created":)") + then + R"(,"date_expires":null})";
    if (m_kind == Kind::Document)
        return about + "\"document_data\":" + change.json + when;
    return about + (m_kind == Kind::List ? "\"item_index\":" : "\"item_key\":") + nameOf(change.key)
            + R"(,"item_revision":")" + text + R"(","item_data":)" + change.json + when;
}

void SpecService::happen(const QString &kind, const QJsonArray &event)
{
    const bool isItself = m_kind == Kind::Document;
    const qsizetype value = isItself ? 0 : 1;
    change(kind, isItself ? Key(itself) : keyOf(event.at(0)),
           specText(event.size() > value + 1 ? event.at(value) : QJsonValue()), event.last().toInteger());
}

void SpecService::tell(const QString &kind, const QJsonArray &events)
{
    QByteArrayList texts;
    for (const auto &each : events) {
        const QJsonArray event = each.toArray();
        const qint64 id = event.last().toInteger();
        if (!m_changes.contains(id))
            happen(kind, event);
        texts << eventText(id, m_changes.at(id));
    }
    m_server.push(eventType(kind), texts.join(','));
}

void SpecService::tellMessage(const QJsonArray &message)
{
    m_server.push("stream_message_published",
                  R"({"stream_sid":")" + sid() + R"(","message_sid":")" + message.at(1).toString().toUtf8()
                          + R"(","message_data":)" + specText(message.at(0)) + '}');
}

void SpecService::remove(bool isTold)
{
    m_isGone = true;
    const QByteArray word = Server::wordsOf(m_kind).name.toByteArray();
    if (isTold)
        m_server.push(word + "_removed", "{\"" + word + "_sid\":\"" + sid() + "\"}");
}

void SpecService::leaveOut(const QJsonArray &ids)
{
    for (const auto &id : ids)
        m_changes.erase(id.toInteger());
}

void SpecService::goTo(const QJsonArray &items)
{
    m_changes.clear();
    m_items.clear();
    m_lastEventId = 0;
    for (const auto &item : items) {
        const bool isItself = m_kind == Kind::Document;
        const qint64 eventId = item.toArray().last().toInteger();
        m_items[isItself ? Key(itself) : keyOf(item[0])] = { specText(item[isItself ? 0 : 1]), eventId };
        m_lastEventId = std::max(m_lastEventId, eventId);
    }
}

void SpecService::collect()
{
    for (; m_seen < m_server.calls().size(); ++m_seen) {
        const Call &call = m_server.calls().at(m_seen);
        if (call.request.method == "GET" || Server::isSubscriptionCall(call.request))
            continue;
        m_held.append(call);
        m_sent << QString::fromUtf8(call.text());
    }
}

void SpecService::dropCalls()
{
    collect();
    m_held.clear();
}

std::optional<SpecService::Call> SpecService::takeHeld(const QJsonObject &how)
{
    collect();
    const qsizetype which = how.value("behind"_L1).toInteger(0);
    return which < m_held.size() ? std::optional(m_held.takeAt(which)) : std::nullopt;
}

void SpecService::apply(const Call &call, const QJsonObject &how)
{
    const bool isRemoval = call.request.method == "DELETE";
    const QByteArray object = path() + sid();
    if (isRemoval && call.request.path == object)
        m_isGone = true;
    const qint64 eventId = how.value("event"_L1).toInteger(-1);
    if (eventId < 0)
        return; // it leaves no event
    Key key = itself;
    bool isAdded = how.value("created"_L1).toBool();
    if (call.request.path == object + "/Items") {
        key = keyOf(how.value("index"_L1));
        isAdded = true;
    } else if (call.request.path != object) {
        const QByteArray name = QByteArray::fromPercentEncoding(
                call.request.path.sliced(call.request.path.lastIndexOf('/') + 1));
        key = m_kind == Kind::List ? Key { name.toLongLong(), {} } : Key { -1, name };
    }
    const auto body = Protocol::JsonObjectView::parse(call.request.body);
    const auto data = body ? body->value("data") : Protocol::JsonSlice();
    change(isRemoval         ? u"removed"_s
                   : isAdded ? u"added"_s
                             : u"updated"_s,
           key, data.exists() ? data.text().toByteArray() : m_items[key].json, eventId);
}

ScriptedServer::Answer SpecService::answerTo(const Call &call, const QJsonObject &how) const
{
    if (m_kind == Kind::Stream && call.request.path.endsWith("/Messages"))
        return ScriptedServer::ok(R"({"sid":")" + how.value("sid"_L1).toString().toUtf8() + R"("})", 201);
    if (call.request.path == path() + sid())
        return call.request.method == "DELETE" ? ScriptedServer::ok({}, 204) : ScriptedServer::ok(root());
    QByteArray body = '{' + datesAndRevision(how.value("event"_L1).toInteger()) + R"(,"date_expires":null)";
    for (const auto name : { "index"_L1, "key"_L1 }) {
        if (how.contains(name))
            body += QByteArray(",\"") + name.data() + "\":" + nameOf(keyOf(how.value(name)));
    }
    return ScriptedServer::ok(body + '}', how.value("created"_L1).toBool() ? 201 : 200);
}

void SpecService::answer(const QJsonObject &how)
{
    const auto call = takeHeld(how);
    QVERIFY2(call, "there is no write to answer");
    if (how.contains("status"_L1)) {
        m_server.answer(*call,
                        ScriptedServer::error(how.value("status"_L1).toInt(), how.value("code"_L1).toInt(),
                                              how.value("message"_L1).toString().toUtf8()));
        return;
    }
    apply(*call, how);
    m_server.answer(*call, answerTo(*call, how));
}

void SpecService::loseAnswer(const QJsonObject &how)
{
    const auto call = takeHeld(how);
    QVERIFY2(call, "there is no write to be done");
    apply(*call, how);
    cut();
}

void SpecService::cut()
{
    dropCalls();
    m_server.setAnswering(false);
    m_server.hangUp();
}

void SpecService::resume()
{
    m_server.setAnswering(true);
    m_server.hangUp();
}
