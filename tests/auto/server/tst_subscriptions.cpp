#include "server/net/gateway.h"
#include "server/net/session.h"
#include "shared/freshserver.h"
#include "shared/rawclient.h"
#include "shared/serverfixture.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qloggingcategory.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;

using Frame = RawClient::Frame;

// Subscriptions and events as a client on the wire sees them: protocol.md, sections 8 and 9.
class tst_Subscriptions : public FreshServer
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.server.warning=false"_s); }
    void replyGoesBeforeTheEvent();
    void eventsReachEverySubscriber();
    void missedEventsAreReplayedInOrder();
    void longReplaysAreInterrupted();
    void interruptedIsNotSubscribed();
    void oldClientsGetOneEventAtATime();
    void askingAgainReplaysOnce();
    void entriesWithoutSidFail();
    void missingObjectsFail();
    void cancelEndsTheEvents();
    void tenantsAreApart();
    void serverComesBackWithItsData();

private:
    static QByteArray createList(RawClient &client, const QByteArray &name);
    static Frame subscribe(RawClient &client, const QByteArray &sid, const QByteArray &cursor = "null",
                           const QByteArray &action = "establish", const QByteArray &kind = "list");
};

QByteArray tst_Subscriptions::createList(RawClient &client, const QByteArray &name)
{
    const Frame reply = client.rest(u"POST"_s, u"/v3/Lists"_s, "{\"unique_name\":\"" + name + "\"}");
    return reply.body.value("sid"_L1).toString().toLatin1();
}

Frame tst_Subscriptions::subscribe(RawClient &client, const QByteArray &sid, const QByteArray &cursor,
                                   const QByteArray &action, const QByteArray &kind)
{
    return client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                       "{\"event_protocol_version\":4,\"action\":\"" + action
                               + "\",\"correlation_id\":1795482524789,\"requests\":[{\"object_sid\":\"" + sid
                               + "\",\"object_type\":\"" + kind + "\",\"last_event_id\":" + cursor + "}]}");
}

void tst_Subscriptions::replyGoesBeforeTheEvent()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const QByteArray sid = createList(client, "l");
    QCOMPARE(subscribe(client, sid).httpStatus(), 200);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    QSignalSpy frames(&client, &RawClient::received);
    QVERIFY(frames.isValid());
    const Frame reply = client.rest(u"POST"_s, u"/v3/Lists/"_s + QString::fromLatin1(sid) + u"/Items"_s,
                                    R"({"data":{"big":9007199254740993}})");
    QCOMPARE(reply.httpStatus(), 201);
    const Frame event = client.notification(u"list_item_added"_s);
    QVERIFY(event.payload.contains(R"("item_data":{"big":9007199254740993})"));
    QCOMPARE(event.text(u"message_type"_s), u"com.twilio.rtd.cds.list"_s);
    QVERIFY(!event.body.contains("correlation_id"_L1));
    QVERIFY(frames.at(0).at(0).toByteArray().contains("\"method\":\"reply\""));
    QVERIFY(frames.at(1).at(0).toByteArray().contains("list_item_added"));
    QCOMPARE(event.body.value("events"_L1).toArray().at(0).toObject().value("id"_L1),
             reply.body.value("last_event_id"_L1));
}

void tst_Subscriptions::eventsReachEverySubscriber()
{
    std::vector<std::unique_ptr<RawClient>> clients;
    QByteArray sid;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<RawClient>());
        QVERIFY(clients.back()->open(m_server->url(), token(u"user%1"_s.arg(i))));
        if (i == 0)
            sid = createList(*clients[0], "shared");
        subscribe(*clients.back(), sid);
        QVERIFY(!clients.back()->notification(u"subscription_established"_s).payload.isEmpty());
    }
    subscribe(*clients[1], sid); // twice is once
    QVERIFY(!clients[1]->notification(u"subscription_established"_s).payload.isEmpty());
    clients[0]->rest(u"POST"_s, u"/v3/Lists/shared/Items"_s, R"({"data":{"n":1}})");
    QByteArray payload;
    for (const auto &client : clients) {
        const Frame event = client->notification();
        QVERIFY(payload.isEmpty() || payload == event.payload);
        payload = event.payload;
        QVERIFY(payload.contains("list_item_added"));
    }
    QCOMPARE(clients[1]->call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY(clients[1]->unread().isEmpty());
}

void tst_Subscriptions::missedEventsAreReplayedInOrder()
{
    RawClient writer;
    QVERIFY(writer.open(m_server->url(), token(u"writer"_s)));
    const QByteArray sid = createList(writer, "l");
    const QString items = u"/v3/Lists/l/Items"_s;
    for (int i = 0; i < 3; ++i)
        writer.rest(u"POST"_s, items, R"({"data":{"n":1}})");
    writer.rest(u"DELETE"_s, items + u"/0"_s, "data_sync");

    RawClient reader;
    QVERIFY(reader.open(m_server->url(), token(u"reader"_s)));
    const Frame reply = subscribe(reader, sid, "0");
    QVERIFY(reply.body.value("estimated_delivery_in_ms"_L1).toInt() > 0);
    QVERIFY(reply.body.value("max_batch_size"_L1).toInt() > 0);
    const Frame added = reader.notification();
    QCOMPARE(added.body.value("event_type"_L1).toString(), u"list_item_added"_s);
    QCOMPARE(added.text(u"message_type"_s), u"twilio.sync.event"_s);
    QVERIFY(added.payload.contains("\"correlation_id\":1795482524789,"));
    const QJsonArray events = added.body.value("events"_L1).toArray();
    QCOMPARE(events.size(), 2);
    QCOMPARE(events[0].toObject().value("id"_L1).toInt(), 1);
    QCOMPARE(events[1].toObject().value("id"_L1).toInt(), 2);
    QCOMPARE(reader.notification().body.value("event_type"_L1).toString(), u"list_item_removed"_s);
    const Frame done = reader.notification();
    QCOMPARE(done.body.value("event_type"_L1).toString(), u"subscription_established"_s);
    const QJsonObject outcome = done.body.value("events"_L1).toArray().at(0).toObject();
    QCOMPARE(outcome.value("replay_status"_L1).toString(), u"completed"_s);
    QCOMPARE(outcome.value("last_event_id"_L1).toInt(), 3);
    QCOMPARE(outcome.value("object_type"_L1).toString(), u"list"_s);
}

void tst_Subscriptions::longReplaysAreInterrupted()
{
    m_server->close();
    Server::ServerOptions options;
    options.replayLimit = 2;
    m_server->setOptions(options);
    QVERIFY(m_server->listen());
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const QByteArray sid = createList(client, "l");
    for (int i = 0; i < 5; ++i)
        client.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, R"({"data":{}})");
    QStringList seen;
    for (QByteArray cursor = "-1"; seen.size() < 6;) {
        subscribe(client, sid, cursor);
        const QJsonObject outcome = client.notification(u"subscription_established"_s)
                                            .body.value("events"_L1)
                                            .toArray()
                                            .at(0)
                                            .toObject();
        cursor = QByteArray::number(outcome.value("last_event_id"_L1).toInt());
        seen << outcome.value("replay_status"_L1).toString() << QString::fromLatin1(cursor);
    }
    QCOMPARE(seen,
             QStringList({ u"interrupted"_s, u"1"_s, u"interrupted"_s, u"3"_s, u"completed"_s, u"4"_s }));
}

void tst_Subscriptions::interruptedIsNotSubscribed()
{
    m_server->close();
    Server::ServerOptions options;
    options.replayLimit = 2;
    m_server->setOptions(options);
    QVERIFY(m_server->listen());
    RawClient writer;
    RawClient reader;
    QVERIFY(writer.open(m_server->url(), token(u"writer"_s)));
    QVERIFY(reader.open(m_server->url(), token(u"reader"_s)));
    const QByteArray sid = createList(writer, "l");
    const auto push = [&] { writer.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, R"({"data":{}})"); };
    for (int i = 0; i < 3; ++i)
        push();
    subscribe(reader, sid, "-1");
    QVERIFY(reader.notification(u"subscription_established"_s).payload.contains("interrupted"));
    QVERIFY(!reader.notification(u"list_item_added"_s).payload.isEmpty());
    push(); // would carry the cursor past the event that is missing
    QCOMPARE(reader.call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY(reader.unread().isEmpty());

    subscribe(reader, sid, "1");
    QVERIFY(reader.notification(u"subscription_established"_s).payload.contains("completed"));
    QCOMPARE(reader.notification(u"list_item_added"_s).body.value("events"_L1).toArray().size(), 2);
    push();
    QCOMPARE(reader.notification(u"list_item_added"_s).body.value("events"_L1).toArray().size(), 1);

    // One that is live and asks for more than fits is live no longer
    subscribe(reader, sid, "-1");
    QVERIFY(reader.notification(u"subscription_established"_s).payload.contains("interrupted"));
    QVERIFY(!reader.notification(u"list_item_added"_s).payload.isEmpty());
    push();
    QCOMPARE(reader.call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY(reader.unread().isEmpty());
}

void tst_Subscriptions::oldClientsGetOneEventAtATime()
{
    RawClient current;
    RawClient old;
    QVERIFY(current.open(m_server->url(), token(u"current"_s)));
    QVERIFY(old.open(m_server->url(), token(u"old"_s)));
    const QByteArray sid = createList(current, "l");
    subscribe(current, sid);
    QVERIFY(!current.notification(u"subscription_established"_s).payload.isEmpty());
    const auto push = [&] { current.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, R"({"data":{"n":1}})"); };
    push();
    push();
    const auto ask = [&](const QByteArray &action) {
        old.rest(
                u"POST"_s, u"/v4/Subscriptions"_s,
                R"({"event_protocol_version":3,"action":")" + action
                        + R"(","correlation_id":7,"requests":[{"object_sid":")" + sid
                        + R"(","object_type":"list","last_event_id":-1},{"object_sid":"ES0","object_type":"list"}]})");
    };
    const auto isSingle = [](const Frame &frame) {
        return frame.body.value("event_protocol_version"_L1).toInt() == 3
                && frame.body.value("event"_L1).isObject() && !frame.body.contains("events"_L1);
    };
    ask("establish");
    for (int id = 0; id < 2; ++id) { // replay
        const Frame event = old.notification(u"list_item_added"_s);
        QVERIFY2(isSingle(event), event.payload.constData());
        QCOMPARE(event.body.value("correlation_id"_L1).toInt(), 7);
        QCOMPARE(event.body.value("event"_L1).toObject().value("id"_L1).toInt(), id);
    }
    QVERIFY(isSingle(old.notification(u"subscription_established"_s)));
    QVERIFY(isSingle(old.notification(u"subscription_failed"_s)));
    push();
    const Frame live = old.notification(u"list_item_added"_s);
    QVERIFY(isSingle(live));
    QCOMPARE(live.text(u"message_type"_s), u"com.twilio.rtd.cds.list"_s);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(current.notification(u"list_item_added"_s).body.value("events"_L1).toArray().size(), 1);
    ask("cancel");
    QVERIFY(isSingle(old.notification(u"subscription_canceled"_s)));
    QVERIFY(isSingle(old.notification(u"subscription_canceled"_s)));
}

void tst_Subscriptions::askingAgainReplaysOnce()
{
    m_server->close();
    Server::ServerOptions options;
    options.replayBytes = 1; // one event of one object, then the client has to have read
    m_server->setOptions(options);
    QVERIFY(m_server->listen());
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const QByteArray first = createList(client, "first");
    const QByteArray second = createList(client, "second");
    client.rest(u"POST"_s, u"/v3/Lists/first/Items"_s, R"({"data":{}})");
    client.rest(u"POST"_s, u"/v3/Lists/second/Items"_s, R"({"data":{}})");
    const auto request = [&](int correlationId, const QList<QByteArray> &sids) {
        QByteArray entries;
        for (const QByteArray &sid : sids)
            entries += (entries.isEmpty() ? "" : ",") + QByteArray(R"({"object_sid":")") + sid
                    + R"(","object_type":"list","last_event_id":-1})";
        client.sendFrame(
                { { u"method"_s, u"message"_s },
                  { u"id"_s, u"sub%1"_s.arg(correlationId) },
                  { u"http_request"_s,
                    QJsonObject { { u"method"_s, u"POST"_s }, { u"path"_s, u"/v4/Subscriptions"_s } } } },
                "{\"action\":\"establish\",\"correlation_id\":" + QByteArray::number(correlationId)
                        + ",\"requests\":[" + entries + "]}");
    };
    request(1, { first, second });
    request(2, { second });
    QMap<int, int> established;
    int replayed = 0;
    for (int outcomes = 0; outcomes < 2;) {
        const Frame frame = client.notification();
        QVERIFY(!frame.payload.isEmpty());
        if (frame.body.value("event_type"_L1) == u"subscription_established"_s) {
            ++outcomes;
            ++established[frame.body.value("correlation_id"_L1).toInt()];
        } else {
            ++replayed;
        }
    }
    QCOMPARE(client.call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QCOMPARE(established, (QMap<int, int> { { 1, 1 }, { 2, 1 } }));
    QCOMPARE(replayed, 2);
    for (const Frame &frame : client.unread())
        QVERIFY2(frame.text(u"method"_s) != u"notification"_s, frame.payload.constData());
}

void tst_Subscriptions::entriesWithoutSidFail()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    for (const QByteArray &action : QByteArrayList { "establish", "cancel" }) {
        for (const QByteArray &entry :
             QByteArrayList { "{}", R"({"object_type":"map"})", R"({"object_sid":5})", "7" }) {
            client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                        R"({"action":")" + action + R"(","requests":[)" + entry + "]}");
            const QJsonObject error = client.notification(u"subscription_failed"_s)
                                              .body.value("events"_L1)
                                              .toArray()
                                              .at(0)
                                              .toObject()
                                              .value("error"_L1)
                                              .toObject();
            QCOMPARE(error.value("status"_L1).toInt(), 400);
            QCOMPARE(error.value("code"_L1).toInt(), 20001);
            QVERIFY(error.value("message"_L1).toString().contains("object_sid"_L1));
        }
    }
}

void tst_Subscriptions::missingObjectsFail()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const QByteArray list = createList(client, "l");
    const auto error = [&](const QByteArray &sid, const QByteArray &kind) {
        subscribe(client, sid, "null", "establish", kind);
        return client.notification(u"subscription_failed"_s)
                .body.value("events"_L1)
                .toArray()
                .at(0)
                .toObject()
                .value("error"_L1)
                .toObject();
    };
    QCOMPARE(error("ET000", "document"),
             QJsonObject({ { u"status"_s, 404 },
                           { u"code"_s, 54100 },
                           { u"message"_s, u"Document not found"_s } }));
    QCOMPARE(error("MP00000000000000000000000000000000", "map").value("code"_L1).toInt(), 54200);
    QCOMPARE(error(list, "stream").value("code"_L1).toInt(), 54250);
    QCOMPARE(error("QR1", "live_query").value("code"_L1).toInt(), 54502); // it names no index
    client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                R"({"action":"establish","requests":[{"object_sid":"ET1"}]})");
    const Frame untyped = client.notification(u"subscription_failed"_s);
    QVERIFY(untyped.payload.contains(R"([{"object_sid":"ET1","error":{"status":404,)"));
}

void tst_Subscriptions::cancelEndsTheEvents()
{
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    const QByteArray sid = createList(client, "l");
    subscribe(client, sid);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    subscribe(client, sid, "null", "cancel");
    const Frame canceled = client.notification();
    QCOMPARE(canceled.body.value("event_type"_L1).toString(), u"subscription_canceled"_s);
    QVERIFY(canceled.payload.contains("\"correlation_id\":1795482524789,"));
    client.rest(u"POST"_s, u"/v3/Lists/l/Items"_s, R"({"data":{}})");
    QCOMPARE(client.call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QVERIFY(client.unread().isEmpty());
}

void tst_Subscriptions::tenantsAreApart()
{
    RawClient one;
    RawClient other;
    QVERIFY(one.open(m_server->url(), token()));
    QVERIFY(other.open(m_server->url(), token(u"alice"_s, 3'600'000, u"IS5"_s)));
    const QByteArray sid = createList(one, "same");
    const QByteArray otherSid = createList(other, "same");
    QVERIFY(!sid.isEmpty() && !otherSid.isEmpty());
    QVERIFY(sid != otherSid);
    QCOMPARE(other.rest(u"GET"_s, u"/v3/Lists/"_s + QString::fromLatin1(sid)).httpStatus(), 404);
    subscribe(other, sid);
    QVERIFY(!other.notification(u"subscription_failed"_s).payload.isEmpty());
}

void tst_Subscriptions::serverComesBackWithItsData()
{
    ServerFixture fixture;
    if (!fixture.isEmbedded())
        QSKIP("restarts its own server");
    QVERIFY2(fixture.start(), qPrintable(fixture.errorText()));
    RawClient before;
    QVERIFY(before.open(fixture.url(), fixture.token(u"a"_s)));
    const QByteArray sid = createList(before, "kept");
    const QUrl url = fixture.url();
    fixture.stop();
    QVERIFY(before.waitForClosed());
    QVERIFY2(fixture.start(), qPrintable(fixture.errorText()));
    QCOMPARE(fixture.url(), url);
    RawClient after;
    QVERIFY(after.open(fixture.url(), fixture.token(u"a"_s)));
    QCOMPARE(after.rest(u"GET"_s, u"/v3/Lists/kept"_s).body.value("sid"_L1).toString().toLatin1(), sid);
}

QTEST_GUILESS_MAIN(tst_Subscriptions)
#include "tst_subscriptions.moc"
