#include "observer.h"

#include "TwilioSync/protocol/frame.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>

using namespace Qt::StringLiterals;

namespace {

// Between two attempts to reach a service that is down.
constexpr int againMs = 50;

} // namespace

Observer::Observer(std::function<QUrl()> url, std::function<QString()> token, std::function<qint64()> now)
    : m_url(std::move(url))
    , m_token(std::move(token))
    , m_now(std::move(now))
{
    connect(&m_socket, &QWebSocket::binaryMessageReceived, this, &Observer::receive);
    connect(&m_socket, &QWebSocket::connected, this, [this] {
        send({ { u"method"_s, u"init"_s }, { u"token"_s, m_token() } });
    });
    connect(&m_socket, &QWebSocket::disconnected, this, [this] {
        stopListening();
        QTimer::singleShot(againMs, this, &Observer::connectToService);
    });
}

void Observer::watch(const QHash<Target, QString> &sids)
{
    m_sids = sids;
    connectToService();
}

Heard Observer::heard() const
{
    Heard heard = m_heard;
    if (m_isListening)
        heard.listening.append({ m_since, m_now() });
    return heard;
}

void Observer::connectToService() { m_socket.open(m_url()); }

void Observer::stopListening()
{
    if (std::exchange(m_isListening, false))
        m_heard.listening.append({ m_since, m_now() });
}

void Observer::send(const QJsonObject &header, const QJsonObject &body)
{
    QJsonObject withId = header;
    if (!withId.contains("id"_L1))
        withId.insert(u"id"_s, u"TM%1"_s.arg(++m_serial));
    const auto json = [](const QJsonObject &object) {
        return QJsonDocument(object).toJson(QJsonDocument::Compact);
    };
    m_socket.sendBinaryMessage(
            Twilio::Protocol::encodeFrame(json(withId), body.isEmpty() ? QByteArray() : json(body)));
}

void Observer::receive(const QByteArray &message)
{
    const auto parts = Twilio::Protocol::splitFrame(message);
    const auto *frame = std::get_if<Twilio::Protocol::FrameParts>(&parts);
    if (!frame)
        return;
    const QJsonObject header = QJsonDocument::fromJson(frame->header.toByteArray()).object();
    if (header.value("method"_L1) == "reply"_L1) {
        if (!header.contains("http_status"_L1))
            subscribe();
        return;
    }
    send({ { u"method"_s, u"reply"_s },
           { u"id"_s, header.value("id"_L1) },
           { u"status"_s, QJsonObject { { u"code"_s, 200 }, { u"status"_s, u"OK"_s } } } });
    const QJsonObject body = QJsonDocument::fromJson(frame->rest.toByteArray()).object();
    const QString type = body.value("event_type"_L1).toString();
    const QJsonArray events = body.contains("events"_L1) ? body.value("events"_L1).toArray()
                                                         : QJsonArray { body.value("event"_L1) };
    for (const auto &event : events)
        learn(type, event.toObject());
}

void Observer::subscribe()
{
    QJsonArray requests;
    for (auto it = m_sids.cbegin(); it != m_sids.cend(); ++it) {
        const auto &changes = m_heard.changes.value(it.key());
        requests.append(QJsonObject { { u"object_sid"_s, it.value() },
                                      { u"object_type"_s, nameOf(it.key()) },
                                      { u"last_event_id"_s, changes.isEmpty() ? -1 : changes.lastKey() } });
    }
    m_established = 0;
    send({ { u"method"_s, u"message"_s },
           { u"http_request"_s,
             QJsonObject { { u"method"_s, u"POST"_s }, { u"path"_s, u"/v4/Subscriptions"_s } } } },
         { { u"action"_s, u"establish"_s },
           { u"correlation_id"_s, ++m_serial },
           { u"requests"_s, requests } });
}

void Observer::learn(const QString &type, const QJsonObject &event)
{
    if (type == "subscription_established"_L1) {
        if (event.value("replay_status"_L1) == "interrupted"_L1) {
            subscribe();
        } else if (++m_established == m_sids.size()) {
            m_isListening = true;
            m_since = m_now();
        }
        return;
    }
    if (type == "stream_message_published"_L1) {
        m_heard.messages[event.value("message_data"_L1).toObject().value("id"_L1).toString()].insert(
                event.value("message_sid"_L1).toString());
        return;
    }
    const qint64 id = event.value("id"_L1).toInteger(-1);
    const auto note = [&](Target target, const QString &key, QLatin1StringView data, bool isRemoval) {
        const QJsonObject value = event.value(data).toObject();
        m_heard.changes[target].insert(
                id, { id, key, isRemoval ? QJsonObject() : value, isRemoval ? value : QJsonObject() });
    };
    const bool isRemoval = type.endsWith("_removed"_L1);
    if (type.startsWith("list_item_"_L1))
        note(Target::List, QString::number(event.value("item_index"_L1).toInteger()), "item_data"_L1,
             isRemoval);
    else if (type.startsWith("map_item_"_L1))
        note(Target::Map, event.value("item_key"_L1).toString(), "item_data"_L1, isRemoval);
    else if (type == "document_updated"_L1)
        note(Target::Document, {}, "document_data"_L1, false);
}
