#include "server/localsyncserver.h"
#include "server/net/gateway.h"
#include "shared/rawclient.h"

#include <QtCore/qjsonarray.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Frame = RawClient::Frame;

// The checklist of protocol.md, section 14: a function for each of its lines, numbered as there.
class tst_Checklist : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void line01_anyPathNoSubprotocolBinaryOnly();
    void line02_initReply();
    void line03_payloadSizeOneLineHttpStatus();
    void line04_repliesAreNotWaitedFor();
    void line05_deleteBodiesAndParams();
    void line06_rootObjectsItemsPages();
    void line07_mapPut();
    void line08_deletes();
    void line09_eventIds();
    void line10_errors();
    void line11_subscriptions();
    void line12_messageTypes();
    void line13_eventFields();
    void line14_pingsAndExpiry();
    void line15_kotlinClients();

private:
    [[nodiscard]] QString path(const QString &rest = {}) const { return u"/v3/Maps/m"_s + rest; }
    Frame put(const QString &key, const QJsonObject &headers = {});
    Frame subscribe(const QByteArray &action = "establish", const QByteArray &cursor = "-1");
    static QJsonObject firstEvent(const Frame &frame)
    {
        return frame.body.value("events"_L1).toArray().at(0).toObject();
    }

    std::unique_ptr<LocalSyncServer> m_server;
    std::unique_ptr<RawClient> m_client;
    QByteArray m_sid;
};

void tst_Checklist::init()
{
    m_server = std::make_unique<LocalSyncServer>();
    QVERIFY(m_server->listen());
    m_client = std::make_unique<RawClient>();
    QVERIFY(m_client->open(m_server->url(), m_server->createToken(u"alice"_s)));
    m_sid = m_client->rest(u"POST"_s, u"/v3/Maps"_s, R"({"unique_name":"m"})")
                    .body.value("sid"_L1)
                    .toString()
                    .toLatin1();
    QVERIFY(m_sid.startsWith("MP"));
}

void tst_Checklist::cleanup()
{
    m_client.reset();
    m_server.reset();
}

Frame tst_Checklist::put(const QString &key, const QJsonObject &headers)
{
    return m_client->rest(u"PUT"_s, path(u"/Items/"_s + key), R"({"data":{"v":1}})", {}, headers);
}

Frame tst_Checklist::subscribe(const QByteArray &action, const QByteArray &cursor)
{
    return m_client->rest(u"POST"_s, u"/v4/Subscriptions"_s,
                          "{\"action\":\"" + action
                                  + "\",\"correlation_id\":1795482524789,\"requests\":[{\"object_sid\":\""
                                  + m_sid + "\",\"object_type\":\"map\",\"last_event_id\":" + cursor + "}]}");
}

void tst_Checklist::line01_anyPathNoSubprotocolBinaryOnly()
{
    QUrl url = m_server->url();
    url.setPath(u"/some/other/path"_s);
    RawClient client;
    QVERIFY(client.open(url, m_server->createToken(u"bob"_s)));
    QVERIFY(client.socket().subprotocol().isEmpty());
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"text message"_s));
    client.socket().sendTextMessage(u"TWILSOCK V3.0 2\r\n{}\r\n"_s);
    QCOMPARE(client.nextOf(u"close"_s).errorCode(), 51214);
}

void tst_Checklist::line02_initReply()
{
    const Frame reply = m_client->init(
            m_server->createToken(u"alice"_s),
            { { u"capabilities"_s,
                QJsonArray { u"client_update"_s, u"offline_storage"_s, u"telemetry.v1"_s } } });
    QCOMPARE(reply.status(), 200);
    QVERIFY(!reply.text(u"continuation_token"_s).isEmpty());
    const QJsonArray confirmed = reply.header.value("capabilities"_L1).toArray();
    QVERIFY(confirmed.contains(u"client_update"_s));
    QVERIFY(!confirmed.contains(u"telemetry.v1"_s));
}

void tst_Checklist::line03_payloadSizeOneLineHttpStatus()
{
    for (const Frame &reply :
         { m_client->rest(u"GET"_s, path()), put(u"k"_s), m_client->rest(u"GET"_s, u"/v3/None"_s),
           m_client->rest(u"DELETE"_s, path()) }) {
        QVERIFY(reply.header.value("payload_size"_L1).isDouble());
        QCOMPARE(reply.header.value("payload_size"_L1).toInteger(), reply.payload.size());
        QVERIFY(!reply.payload.contains('\n') && !reply.payload.contains('\r'));
        QVERIFY(reply.httpStatus() > 0);
        QVERIFY(!reply.header.value("http_status"_L1).toObject().value("status"_L1).toString().isEmpty());
    }
}

void tst_Checklist::line04_repliesAreNotWaitedFor()
{
    m_client->setAcknowledging(false);
    subscribe();
    for (int i = 0; i < 3; ++i)
        QCOMPARE(put(u"key%1"_s.arg(i)).httpStatus(), 201);
    for (int i = 0; i < 3; ++i)
        QVERIFY(!m_client->notification(u"map_item_added"_s).payload.isEmpty());
}

void tst_Checklist::line05_deleteBodiesAndParams()
{
    QCOMPARE(put(u"a%20b"_s).httpStatus(), 201);
    const Frame page =
            m_client->rest(u"GET"_s, path(u"/Items"_s), {},
                           { { u"Key"_s, QJsonArray { u"a%20b"_s } }, { u"HideExpired"_s, u"true"_s } });
    QCOMPARE(page.body.value("items"_L1).toArray().at(0).toObject().value("key"_L1).toString(), u"a b"_s);
    QCOMPARE(m_client->rest(u"DELETE"_s, path(u"/Items/a%20b"_s), "data_sync").httpStatus(), 200);
    const Frame ported = m_client->call({ { u"method"_s, u"message"_s },
                                          { u"http_request"_s,
                                            QJsonObject { { u"host"_s, u"localhost:8080"_s },
                                                          { u"method"_s, u"GET"_s },
                                                          { u"path"_s, path() } } } });
    QCOMPARE(ported.httpStatus(), 200);
    QVERIFY(ported.body.value("url"_L1).toString().contains("localhost:8080/"_L1));
}

void tst_Checklist::line06_rootObjectsItemsPages()
{
    const QJsonObject root = m_client->rest(u"GET"_s, path()).body;
    for (const QString &field :
         { u"url"_s, u"links"_s, u"revision"_s, u"last_event_id"_s, u"date_updated"_s })
        QVERIFY2(root.contains(field), qPrintable(field));
    QVERIFY(QUrl(root.value("url"_L1).toString()).isValid());
    QVERIFY(root.value("url"_L1).toString().startsWith("https://"_L1));
    const QJsonObject item = put(u"k"_s).body;
    for (const QString &field : { u"url"_s, u"revision"_s, u"last_event_id"_s, u"date_updated"_s })
        QVERIFY2(item.contains(field), qPrintable(field));
    QVERIFY(!item.contains("data"_L1));
    const QJsonObject page = m_client->rest(u"GET"_s, path(u"/Items"_s)).body;
    QCOMPARE(page.value("items"_L1).toArray().size(), 1);
    QVERIFY(page.value("meta"_L1).isObject());
}

void tst_Checklist::line07_mapPut()
{
    QCOMPARE(put(u"k"_s, { { u"If-Match"_s, u"-1"_s } }).httpStatus(), 201);
    const Frame replaced = put(u"k"_s);
    QCOMPARE(replaced.httpStatus(), 200);
    QCOMPARE(put(u"k"_s, { { u"if-match"_s, u"-1"_s } }).httpStatus(), 412);
    QCOMPARE(put(u"k"_s, { { u"IF-MATCH"_s, replaced.body.value("revision"_L1) } }).httpStatus(), 200);
    QCOMPARE(put(u"new"_s, { { u"If-Match"_s, u"7"_s } }).httpStatus(), 412);
    const Frame noMap = m_client->rest(u"PUT"_s, u"/v3/Maps/none/Items/k"_s, R"({"data":{}})");
    QCOMPARE(noMap.httpStatus(), 404);
}

void tst_Checklist::line08_deletes()
{
    put(u"k"_s);
    const Frame item = m_client->rest(u"DELETE"_s, path(u"/Items/k"_s));
    QCOMPARE(item.httpStatus(), 200);
    QVERIFY(item.body.contains("last_event_id"_L1) && item.body.contains("date_updated"_L1));
    QCOMPARE(m_client->rest(u"DELETE"_s, path()).httpStatus(), 204);
}

void tst_Checklist::line09_eventIds()
{
    subscribe();
    QVERIFY(!m_client->notification(u"subscription_established"_s).payload.isEmpty());
    QString revision;
    for (int i = 0; i < 3; ++i) {
        const Frame written = i < 2 ? put(u"k"_s)
                                    : m_client->rest(u"POST"_s, path(u"/Items/k"_s),
                                                     R"({"ttl":60})"); // a change of the ttl alone
        QCOMPARE(written.body.value("last_event_id"_L1).toInt(-1), i);
        QCOMPARE(firstEvent(m_client->notification()).value("id"_L1).toInt(-1), i);
        QVERIFY(written.body.value("revision"_L1).toString() != revision);
        revision = written.body.value("revision"_L1).toString();
    }
}

void tst_Checklist::line10_errors()
{
    const Frame reply = m_client->rest(u"GET"_s, u"/v3/Maps/none"_s);
    QCOMPARE(reply.status(), 200);
    QCOMPARE(reply.httpStatus(), 404);
    QCOMPARE(reply.body.value("status"_L1).toInt(), 404);
    QCOMPARE(reply.body.value("code"_L1).toInt(), 54300);
    QCOMPARE(reply.body.value("message"_L1).toString(), u"Unique name not found"_s);
}

void tst_Checklist::line11_subscriptions()
{
    const Frame reply = subscribe();
    QVERIFY(reply.body.value("estimated_delivery_in_ms"_L1).toInt() > 0);
    QVERIFY(reply.body.value("max_batch_size"_L1).toInt() > 0);
    const Frame established = m_client->notification(); // behind the reply, or it were unread before
    QVERIFY(established.payload.contains("\"correlation_id\":1795482524789,"));
    subscribe("cancel");
    const Frame canceled = m_client->notification();
    QCOMPARE(canceled.body.value("event_type"_L1).toString(), u"subscription_canceled"_s);
    QVERIFY(canceled.payload.contains("\"correlation_id\":1795482524789,"));
}

void tst_Checklist::line12_messageTypes()
{
    put(u"before"_s);
    subscribe();
    const Frame replayed = m_client->notification();
    QCOMPARE(replayed.text(u"message_type"_s), u"twilio.sync.event"_s);
    QCOMPARE(replayed.body.value("event_type"_L1).toString(), u"map_item_added"_s);
    QCOMPARE(m_client->notification().text(u"message_type"_s), u"twilio.sync.event"_s);
    put(u"live"_s);
    const Frame live = m_client->notification();
    QCOMPARE(live.text(u"message_type"_s), u"com.twilio.rtd.cds.map"_s);
    QVERIFY(!live.body.contains("correlation_id"_L1));

    m_sid = m_client->rest(u"POST"_s, u"/v3/Streams"_s, "{}").body.value("sid"_L1).toString().toLatin1();
    m_client->rest(u"POST"_s, u"/v4/Subscriptions"_s,
                   R"({"action":"establish","requests":[{"object_type":"stream","object_sid":")" + m_sid
                           + R"("}]})");
    QVERIFY(!m_client->notification(u"subscription_established"_s).payload.isEmpty());
    m_client->rest(u"POST"_s, u"/v3/Streams/%1/Messages"_s.arg(QString::fromLatin1(m_sid)), R"({"data":{}})");
    QCOMPARE(m_client->notification(u"stream_message_published"_s).text(u"message_type"_s),
             u"twilio.sync.event"_s);
}

void tst_Checklist::line13_eventFields()
{
    subscribe();
    put(u"k"_s);
    m_client->rest(u"DELETE"_s, path(u"/Items/k"_s));
    QVERIFY(!m_client->notification(u"subscription_established"_s).payload.isEmpty());
    const QJsonObject added = firstEvent(m_client->notification(u"map_item_added"_s));
    for (const QString &field : { u"id"_s, u"map_sid"_s, u"map_revision"_s, u"item_key"_s, u"item_url"_s,
                                  u"item_revision"_s, u"item_data"_s, u"date_created"_s, u"date_expires"_s })
        QVERIFY2(added.contains(field), qPrintable(field));
    const QJsonObject removed = firstEvent(m_client->notification(u"map_item_removed"_s));
    QCOMPARE(removed.value("item_data"_L1).toObject(), QJsonObject({ { u"v"_s, 1 } }));
    QVERIFY(removed.contains("date_created"_L1));
}

void tst_Checklist::line14_pingsAndExpiry()
{
    const Server::ServerOptions options;
    QVERIFY(options.pingInterval >= 15s && options.pingInterval <= 20s);
    QCOMPARE(options.expiryWarning, 240s);
    Server::TokenClaims claims;
    claims.identity = u"bob"_s;
    // Tokens end at whole seconds: one to two from now.
    claims.expiresAtMs = QDateTime::currentMSecsSinceEpoch() + 1999;
    RawClient client;
    QVERIFY(client.open(m_server->url(),
                        Server::makeToken(claims, m_server->secret().toUtf8(), claims.expiresAtMs - 1999)));
    QCOMPARE(client.next([](const Frame &) { return true; }).text(u"client_update_type"_s),
             u"token_about_to_expire"_s);
    const Frame close = client.nextOf(u"close"_s);
    QCOMPARE(close.status(), 410);
    QCOMPARE(close.errorCode(), 51207);
}

void tst_Checklist::line15_kotlinClients()
{
    const Frame reply = m_client->init(m_server->createToken(u"alice"_s),
                                       { { u"capabilities"_s, QJsonArray { u"account_descriptor"_s } } });
    QCOMPARE(reply.header.value("account_descriptor"_L1).toObject().value("identity"_L1).toString(),
             u"alice"_s);
    const QJsonObject links =
            m_client->rest(u"GET"_s, u"/v3/Configuration"_s).body.value("links"_L1).toObject();
    QVERIFY(links.value("map_item"_L1).toString().contains("/v3/Services/IS"_L1));
    const QString longForm = u"/v3/Services/%1/Maps/m"_s.arg(QLatin1StringView(Server::defaultServiceSid));
    const Frame map = m_client->rest(u"GET"_s, longForm);
    QCOMPARE(map.body.value("sid"_L1).toString().toLatin1(), m_sid);
    QVERIFY(map.body.contains("date_created"_L1));
    const Server::BackoffPolicy policy;
    QVERIFY(policy.maxMs > policy.minMs);
}

QTEST_GUILESS_MAIN(tst_Checklist)
#include "tst_checklist.moc"
