#include "bench/sidebyside/bareserver.h"

#include "TwilioSync/protocol/frame.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qpointer.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketserver.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

// As long as those of our server are for an item of 200 bytes.
constexpr char answer[] =
        R"({"sid":"ES00000000000000000000000000000000","index":1000,"revision":"1000","last_event_id":1000,)"
        R"("date_created":"2024-05-06T07:12:00.000Z","date_updated":"2024-05-06T07:12:00.000Z",)"
        R"("date_expires":null,"created_by":"subject",)"
        R"("url":"https://cds.us1.twilio.com/v3/Lists/ES00000000000000000000000000000000/Items/1000"})";
constexpr char replyHead[] =
        R"({"method":"reply","status":{"code":200,"status":"OK"},"http_status":{"code":201,"status":"Created"},)"
        R"("http_headers":{"content-type":"application/json","twilio-request-id":"RQ0123456789abcdef0123456789"},)"
        R"("id":)";
constexpr char eventHead[] = R"({"method":"notification","id":"TM00000000000000000000000000000000",)"
                             R"("message_type":"com.twilio.rtd.cds.list","notification_ctx_id":""})";
constexpr char established[] = R"({"event_type":"subscription_established","events":[]})";

QByteArray eventFrame()
{
    return Twilio::Protocol::encodeFrame(
            eventHead,
            R"({"event_type":"list_item_added","events":[{"id":1000,"date_created":"2024-05-06T07:12:00.000Z",)"
            R"("list_sid":"ES00000000000000000000000000000000","list_revision":"1000","item_index":1000,)"
            R"("item_revision":"1000","date_expires":null,"item_data":{"n":1,"pad":")"
                    + QByteArray(184, 'x') + "\"}}]}");
}

} // namespace

int serveBare()
{
    QWebSocketServer server(u"bare"_s, QWebSocketServer::NonSecureMode);
    if (!server.listen(QHostAddress::LocalHost))
        return 1;
    QPointer<QWebSocket> subscriber;
    const QByteArray event = eventFrame();
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&] {
        QWebSocket *const socket = server.nextPendingConnection();
        QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
        QObject::connect(
                socket, &QWebSocket::binaryMessageReceived, socket, [&, socket](const QByteArray &frame) {
                    constexpr QByteArrayView name("\"id\":");
                    const qsizetype at = frame.indexOf(name) + name.size();
                    const QByteArray id = frame.mid(at, frame.indexOf('"', at + 1) + 1 - at);
                    socket->sendBinaryMessage(Twilio::Protocol::encodeFrame(replyHead + id + '}', answer));
                    const QByteArrayView head =
                            QByteArrayView(frame).first(qMin<qsizetype>(frame.size(), 400));
                    if (head.contains("/v4/Subscriptions")) {
                        subscriber = socket;
                        socket->sendBinaryMessage(Twilio::Protocol::encodeFrame(eventHead, established));
                    } else if (subscriber && head.contains("/Items")) {
                        subscriber->sendBinaryMessage(event);
                    }
                });
    });
    std::printf("listening %s\n", qPrintable(server.serverUrl().toString()));
    std::fflush(stdout);
    return QCoreApplication::exec();
}

} // namespace Bench
