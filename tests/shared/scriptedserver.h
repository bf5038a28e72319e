#pragma once

#include "eventually.h"
#include "server/data/kinds.h"
#include "server/dialects/v3/bodies.h"
#include "server/net/clientframe.h"
#include "server/net/serverframes.h"
#include "server/net/serveroptions.h"
#include "server/net/subscriptioncall.h"
#include "TwilioSync/protocol/frame.h"

#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>
#include <QtTest/qtest.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

/*!
    \brief A service whose answers the test writes, on a real WebSocket of this machine.

    By itself it only accepts every token and establishes every subscription. A call without a script is
    answered with 501, so that it shows.
*/
class ScriptedServer
{
    Q_DISABLE_COPY_MOVE(ScriptedServer)

public:
    static constexpr int timeout = 10'000;

    //! One frame of a client, whatever its method.
    struct Frame
    {
        QByteArray method;
        //! JSON text.
        QByteArray id;
        //! The whole message.
        QByteArray message;

        //! The text of header member \a name, a string's without its quotes.
        [[nodiscard]] QByteArray field(QByteArrayView name) const
        {
            const auto frame = Twilio::Server::parseClientFrame(message);
            const auto &header = std::get<Twilio::Server::ClientFrame>(frame).header;
            return header.value(name).toUtf8().value_or(header.value(name).text().toByteArray());
        }
    };
    //! One tunnelled call.
    struct Call
    {
        //! Of its frame, JSON text.
        QByteArray id;
        QPointer<QWebSocket> socket;
        Twilio::Server::RestRequest request;

        //! Header \a name (lower case); null if there is none.
        [[nodiscard]] QByteArray header(QByteArrayView name) const
        {
            return Twilio::Server::headerValue(request, name);
        }
        //! "POST /v3/Documents/ET0 If-Match: 0 {"data":{}}", for comparing whole sequences.
        [[nodiscard]] QByteArray text() const
        {
            QByteArray line = request.method + ' ' + request.path;
            for (qsizetype i = 0; i < request.params.size(); ++i)
                line += (i == 0 ? "?" : "&") + request.params.at(i).first + '=' + request.params.at(i).second;
            if (const QByteArray match = header("if-match"); !match.isNull())
                line += " If-Match: " + match;
            return request.body.isEmpty() ? line : line + ' ' + request.body;
        }
    };
    //! What becomes of a call.
    struct Answer
    {
        enum class Way : quint8 {
            Reply,
            Refuse, //!< the gateway's answer, not the service's
            Lose, //!< no reply, unless answer() gives one later
            Cut //!< the connection breaks instead
        };

        Way way = Way::Reply;
        Twilio::Server::RestReply reply = {};
        Twilio::Server::FrameStatus refusal = {};
    };
    using Respond = std::function<Answer(const Call &)>;

    [[nodiscard]] static Answer ok(const QByteArray &body, int status = 200)
    {
        return { Answer::Way::Reply, { status, body, {} }, {} };
    }
    [[nodiscard]] static Answer error(int status, int code, const QByteArray &message)
    {
        return { Answer::Way::Reply,
                 Twilio::Server::V3::errorReply(Twilio::SyncError(QString::fromUtf8(message), status, code)),
                 {} };
    }
    [[nodiscard]] static Answer refusal(const Twilio::Server::FrameStatus &status)
    {
        return { Answer::Way::Refuse, {}, status };
    }
    [[nodiscard]] static Answer lost() { return { Answer::Way::Lose, {}, {} }; }
    [[nodiscard]] static Answer cut() { return { Answer::Way::Cut, {}, {} }; }

    /*!
        \brief The root object \a sid as the service describes it; \a members (",\"name\":value") override.

        The kind follows from the sid: ET, ES, MP or TO.
    */
    [[nodiscard]] static QByteArray root(const QByteArray &sid, const QByteArray &members = {})
    {
        const QByteArray kind = sid.startsWith("ET") ? "Documents"
                : sid.startsWith("ES")               ? "Lists"
                : sid.startsWith("MP")               ? "Maps"
                                                     : "Streams";
        const QByteArray url = "https://cds.us1.twilio.com/v3/" + kind + '/' + sid;
        QByteArray json = "{\"sid\":\"" + sid + "\",\"url\":\"" + url + "\",\"date_expires\":null";
        if (kind != "Streams")
            json += ",\"revision\":\"0\",\"last_event_id\":0,\"date_created\":\"2024-05-06T07:08:09.123Z\""
                    ",\"date_updated\":\"2024-05-06T07:08:09.123Z\"";
        if (kind == "Streams")
            json += ",\"links\":{\"messages\":\"" + url + "/Messages\"}";
        else if (kind != "Documents")
            json += ",\"links\":{\"items\":\"" + url + "/Items\"}";
        return json + members + '}';
    }

    //! A page of \a items (JSON, with commas between them); \a next is the JSON of its token.
    [[nodiscard]] static QByteArray page(const QByteArray &items = {}, const QByteArray &next = "null")
    {
        return "{\"items\":[" + items + "],\"meta\":{\"previous_token\":null,\"next_token\":" + next + "}}";
    }

    ScriptedServer() : m_server(QStringLiteral("scripted"), QWebSocketServer::NonSecureMode)
    {
        QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server, [this] { accept(); });
    }

    bool listen() { return m_server.listen(QHostAddress::LocalHost); }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("ws://127.0.0.1:%1/v3/wsconnect").arg(m_server.serverPort()));
    }

    // Scripts. A path is as on the wire, without query; an empty one is any.

    //! The next such call, once; several queue up.
    void once(const QByteArray &method, const QByteArray &path, const Answer &answer)
    {
        m_once.push_back({ method, path, [answer](const Call &) { return answer; } });
    }
    //! Every such call that once() leaves; of several scripts the last counts.
    void always(const QByteArray &method, const QByteArray &path, const Respond &respond)
    {
        m_always.push_back({ method, path, respond });
    }
    void always(const QByteArray &method, const QByteArray &path, const Answer &answer)
    {
        always(method, path, [answer](const Call &) { return answer; });
    }
    //! The next frame called \a method, "init" or "update", gets \a status instead of OK.
    void refuse(const QByteArray &method, const Twilio::Server::FrameStatus &status)
    {
        m_refusals.push_back({ method, status });
    }
    //! Whether subscriptions are established by themselves; if not, /v4/Subscriptions is a call like others.
    void setSubscribing(bool on) { m_subscribing = on; }
    //! Whether init and update are answered.
    void setAnswering(bool on) { m_answering = on; }
    //! More members of the answers to init: ",…".
    void setInitMembers(const QByteArray &members) { m_initMembers = members; }
    //! What is said of batches and their delivery.
    void setOptions(const Twilio::Server::ServerOptions &options) { m_options = options; }

    // What came.

    [[nodiscard]] const QList<Frame> &frames() const { return m_frames; }
    [[nodiscard]] QList<Frame> frames(QByteArrayView method) const
    {
        QList<Frame> found = m_frames;
        found.removeIf([&](const Frame &frame) { return frame.method != method; });
        return found;
    }
    //! Those to /v4/Subscriptions only if they are not answered by themselves.
    [[nodiscard]] const QList<Call> &calls() const { return m_calls; }
    //! text() of each call.
    [[nodiscard]] QByteArrayList lines() const
    {
        QByteArrayList texts;
        for (const Call &call : m_calls)
            texts.append(call.text());
        return texts;
    }
    //! What was asked of /v4/Subscriptions.
    [[nodiscard]] const QList<Twilio::Server::SubscriptionCall> &subscriptions() const
    {
        return m_subscriptions;
    }
    //! Connections so far.
    [[nodiscard]] int connections() const { return m_connections; }
    [[nodiscard]] bool isConnected() const
    {
        return m_socket && m_socket->state() == QAbstractSocket::ConnectedState;
    }
    void clear()
    {
        m_frames.clear();
        m_calls.clear();
        m_subscriptions.clear();
    }

    // What is sent, to the latest connection.

    void send(const QByteArray &frame)
    {
        if (m_socket)
            m_socket->sendBinaryMessage(frame);
    }
    //! The answer to \a call, also a late one.
    void answer(const Call &call, const Answer &answer)
    {
        if (!call.socket)
            return;
        switch (answer.way) {
        case Answer::Way::Reply:
            call.socket->sendBinaryMessage(
                    Twilio::Server::restReplyFrame(call.id, answer.reply, call.header("twilio-request-id")));
            break;
        case Answer::Way::Refuse:
            call.socket->sendBinaryMessage(Twilio::Server::replyFrame(call.id, answer.refusal));
            break;
        case Answer::Way::Lose:
            break;
        case Answer::Way::Cut:
            call.socket->abort();
            break;
        }
    }
    //! A live event, \a json being its object: "document_updated" as com.twilio.rtd.cds.document.
    void push(const QByteArray &eventType, const QByteArray &json)
    {
        const QByteArray kind = eventType.left(eventType.indexOf('_'));
        send(Twilio::Server::liveEventFrame(
                Twilio::Server::kindFromName(kind).value_or(Twilio::Server::ObjectKind::Stream),
                { 0, eventType, json }));
    }
    //! An outcome for the subscription \a entry of \a call; \a members (",\"name\":value") are added.
    void settle(const QByteArray &eventType, const Twilio::Server::SubscriptionCall &call,
                const Twilio::Server::SubscriptionEntry &entry, const QByteArray &members)
    {
        send(Twilio::Server::outcomeFrame(eventType,
                                          "{\"object_sid\":\"" + entry.objectSid + "\",\"object_type\":\""
                                                  + entry.objectType + '"' + members + '}',
                                          call.correlationId));
    }
    //! Breaks the connection.
    void hangUp()
    {
        if (m_socket)
            m_socket->abort();
    }
    //! A ping and its reply: the client has dealt with all that was sent before. False if none comes.
    bool roundTrip()
    {
        const QByteArray id = "\"TMround" + QByteArray::number(++m_roundTrips) + '"';
        send(Twilio::Protocol::encodeFrame(QByteArray("{\"method\":\"ping\",\"id\":" + id + '}')));
        return eventually(
                [&] {
                    return std::any_of(m_frames.cbegin(), m_frames.cend(),
                                       [&](const Frame &frame) { return frame.id == id; });
                },
                timeout);
    }

private:
    struct Rule
    {
        QByteArray method;
        QByteArray path;
        Respond respond;

        [[nodiscard]] bool covers(const Call &call) const
        {
            return method == call.request.method && (path.isEmpty() || path == call.request.path);
        }
    };
    struct Refusal
    {
        QByteArray method;
        Twilio::Server::FrameStatus status;
    };

    void accept()
    {
        while (QWebSocket *socket = m_server.nextPendingConnection()) {
            socket->setParent(&m_server);
            m_socket = socket;
            ++m_connections;
            QObject::connect(socket, &QWebSocket::binaryMessageReceived, &m_server,
                             [this, socket](const QByteArray &message) { receive(socket, message); });
            QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
        }
    }
    void receive(QWebSocket *socket, const QByteArray &message)
    {
        const auto parsed = Twilio::Server::parseClientFrame(message);
        const auto *frame = std::get_if<Twilio::Server::ClientFrame>(&parsed);
        QVERIFY2(frame, message.constData());
        m_frames.append({ frame->method, frame->id, message });
        if (frame->method == "message")
            receiveCall({ frame->id, socket, Twilio::Server::parseRestRequest(*frame) });
        else if (frame->method == "init" || frame->method == "update")
            receiveToken(socket, *frame);
    }
    void receiveToken(QWebSocket *socket, const Twilio::Server::ClientFrame &frame)
    {
        if (!m_answering)
            return;
        Twilio::Server::FrameStatus status;
        const auto refusal = std::find_if(m_refusals.begin(), m_refusals.end(),
                                          [&](const Refusal &each) { return each.method == frame.method; });
        if (refusal != m_refusals.end()) {
            status = refusal->status;
            m_refusals.erase(refusal);
        }
        const bool accepted = frame.method == "init" && status.code == 200;
        socket->sendBinaryMessage(Twilio::Server::replyFrame(
                frame.id, status,
                accepted ? ",\"continuation_token\":\"ct-" + QByteArray::number(m_connections)
                                + "\",\"capabilities\":[\"client_update\"]" + m_initMembers
                         : QByteArray()));
    }
    void receiveCall(const Call &call)
    {
        if (Twilio::Server::isSubscriptionCall(call.request)) {
            const auto parsed = Twilio::Server::parseSubscriptionCall(call.request, m_options);
            const auto *subscription = std::get_if<Twilio::Server::SubscriptionCall>(&parsed);
            QVERIFY2(subscription, call.request.body.constData());
            m_subscriptions.append(*subscription);
            if (m_subscribing) {
                subscribe(call, *subscription);
                return;
            }
        }
        m_calls.append(call);
        answer(call, respond(call));
    }
    Answer respond(const Call &call)
    {
        const auto covers = [&](const Rule &rule) { return rule.covers(call); };
        if (const auto next = std::find_if(m_once.begin(), m_once.end(), covers); next != m_once.end()) {
            const Respond respond = next->respond;
            m_once.erase(next);
            return respond(call);
        }
        const auto rule = std::find_if(m_always.crbegin(), m_always.crend(), covers);
        return rule == m_always.crend() ? error(501, 0, "no script for " + call.text()) : rule->respond(call);
    }
    void subscribe(const Call &call, const Twilio::Server::SubscriptionCall &subscription)
    {
        using Action = Twilio::Server::SubscriptionCall::Action;
        answer(call, { Answer::Way::Reply, Twilio::Server::subscriptionReply(m_options), {} });
        for (const auto &entry : subscription.entries) {
            if (subscription.action == Action::Cancel)
                settle("subscription_canceled", subscription, entry, {});
            else
                settle("subscription_established", subscription, entry,
                       ",\"replay_status\":\"completed\",\"last_event_id\":"
                               + QByteArray::number(entry.cursor.value_or(0)));
        }
    }

    QWebSocketServer m_server;
    QPointer<QWebSocket> m_socket;
    Twilio::Server::ServerOptions m_options;
    QByteArray m_initMembers;
    std::vector<Rule> m_once;
    std::vector<Rule> m_always;
    std::vector<Refusal> m_refusals;
    QList<Frame> m_frames;
    QList<Call> m_calls;
    QList<Twilio::Server::SubscriptionCall> m_subscriptions;
    int m_connections = 0;
    int m_roundTrips = 0;
    bool m_subscribing = true;
    bool m_answering = true;
};
