#include "server/net/gateway.h"
#include "server/net/session.h"
#include "shared/rawclient.h"
#include "shared/restserver.h"

#include <QtCore/qjsonarray.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

using Frame = RawClient::Frame;

// Queries and live queries as a client on the wire sees them: protocol.md, 7.8, 8.2 and 9.
class tst_LiveQueries : public RestServer
{
    Q_OBJECT

private Q_SLOTS:
    void answer();
    void refusals_data();
    void refusals();
    void oneIdForOneQuery();
    void itemsEnterChangeAndLeave();
    void whoWasAwayIsToldTheWholeResult_data();
    void whoWasAwayIsToldTheWholeResult();
    void whatIsKnownUnderAnotherIdIsForgottenFirst();
    void subscriptionsFail();
    void everyExpressionHasItsOwnEvents();
    void oldClientsGetOneEvent();
    void cancelEndsTheEvents();
    void endOfTheMapIsTheEndOfTheResult();
    void losingReadEndsTheQuery();
    void expiryLeaves();
    void thereIsABound();

private:
    static Frame query(RawClient &client, const QByteArray &expression, const QByteArray &index = "m")
    {
        return client.rest(u"POST"_s, u"/v3/Insights/"_s + QString::fromUtf8(index) + u"/Items"_s,
                           "{\"query_string\":" + Protocol::quoteJson(QByteArrayView(expression))
                                   + ",\"type\":\"live_query\"}");
    }
    static QByteArray idOf(const Frame &answer)
    {
        return answer.body.value("query_id"_L1).toString().toLatin1();
    }
    static void subscribe(RawClient &client, const QByteArray &id, const QByteArray &expression,
                          const QByteArray &cursor, const QByteArray &index = "m", int version = 4,
                          const QByteArray &action = "establish")
    {
        QCOMPARE(client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                             "{\"event_protocol_version\":" + QByteArray::number(version) + ",\"action\":\""
                                     + action + "\",\"correlation_id\":77,\"requests\":[{\"object_sid\":\""
                                     + id + "\",\"object_type\":\"live_query\",\"last_event_id\":" + cursor
                                     + ",\"index_name\":\"" + index + "\",\"query_string\":"
                                     + Protocol::quoteJson(QByteArrayView(expression)) + "}]}")
                         .httpStatus(),
                 200);
    }
    // Queries and subscribes.
    static QByteArray follow(RawClient &client, const QByteArray &expression)
    {
        const Frame answer = query(client, expression);
        const QByteArray id = idOf(answer);
        subscribe(client, id, expression,
                  QByteArray::number(answer.body.value("last_event_id"_L1).toInteger()));
        [&] { QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty()); }();
        return id;
    }
    static void put(RawClient &client, const QString &key, const QByteArray &data)
    {
        const Frame reply = client.rest(u"PUT"_s, u"/v3/Maps/m/Items/"_s + key, "{\"data\":" + data + '}');
        QVERIFY(reply.httpStatus() == 200 || reply.httpStatus() == 201);
    }
    static QJsonObject onlyEvent(const Frame &frame)
    {
        const QJsonArray events = frame.body.value("events"_L1).toArray();
        return events.size() == 1 ? events.at(0).toObject() : QJsonObject();
    }
    // "a b": keys of the items of an answer or event.
    static QString keys(const QJsonObject &of)
    {
        QStringList keys;
        const QJsonArray items = of.value("items"_L1).toArray();
        for (const QJsonValue &item : items)
            keys << item.toObject().value("key"_L1).toString();
        return keys.join(u' ');
    }
    static bool isSilent(RawClient &client)
    {
        return client.call({ { u"method"_s, u"ping"_s } }).status() == 200 && client.unread().isEmpty();
    }
    bool openWithMap(RawClient &client)
    {
        return client.open(m_server->url(), token())
                && client.rest(u"POST"_s, u"/v3/Maps"_s, R"({"unique_name":"m"})").httpStatus() == 201;
    }
};

void tst_LiveQueries::answer()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    put(client, u"b"_s, R"({"on":"yes","big":9007199254740993})");
    put(client, u"a"_s, R"({"on":"yes"})");
    put(client, u"c"_s, R"({"on":"no"})");
    const Frame answer = query(client, R"(data.on == "yes")");
    QCOMPARE(answer.httpStatus(), 200);
    QVERIFY(idOf(answer).startsWith("QR"));
    QCOMPARE(answer.body.value("last_event_id"_L1).toInt(), 2);
    QCOMPARE(keys(answer.body), u"a b"_s); // in the order of the keys
    QVERIFY(answer.payload.contains(R"("key":"b","revision":1,"data":{"on":"yes","big":9007199254740993})"));
    QCOMPARE(keys(query(client, {}).body), u"a b c"_s);
}

void tst_LiveQueries::refusals_data()
{
    QTest::addColumn<QByteArray>("index");
    QTest::addColumn<QByteArray>("expression");
    QTest::addColumn<QString>("expected");
    QTest::newRow("unknown index") << QByteArray("none") << QByteArray() << u"400 54502 Invalid index name"_s;
    QTest::newRow("malformed") << QByteArray("m") << QByteArray("data.a == 5")
                               << u"400 54507 Invalid query: at character 11: expected a value in double "
                                  "quotes, found '5'"_s;
    QTest::newRow("long list")
            << QByteArray("m") << QByteArray("data.a IN [" + QByteArrayList(30, "\"x\"").join(',') + ']')
            << u"400 54510 Invalid query: at character 128: a list of more than 29 values"_s;
}

void tst_LiveQueries::refusals()
{
    QFETCH(QByteArray, index);
    QFETCH(QByteArray, expression);
    QFETCH(QString, expected);
    RawClient client;
    QVERIFY(openWithMap(client));
    const Frame reply = query(client, expression, index);
    QCOMPARE(u"%1 %2 %3"_s.arg(reply.httpStatus())
                     .arg(reply.body.value("code"_L1).toInt())
                     .arg(reply.body.value("message"_L1).toString()),
             expected);
}

void tst_LiveQueries::oneIdForOneQuery()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    QVERIFY(client.rest(u"POST"_s, u"/v3/Maps"_s, R"({"unique_name":"n"})").httpStatus() == 201);
    RawClient other;
    QVERIFY(other.open(m_server->url(), token(u"bob"_s)));
    const QByteArray id = idOf(query(client, R"(data.a == "1")"));
    QCOMPARE(idOf(query(other, R"(data.a == "1")")), id);
    QVERIFY(idOf(query(client, R"(data.a == "2")")) != id);
    QVERIFY(idOf(query(client, R"(data.a == "1")", "n")) != id);
}

void tst_LiveQueries::itemsEnterChangeAndLeave()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    put(client, u"old"_s, R"({"on":"yes"})");
    const QByteArray id = follow(client, R"(data.on == "yes")");
    const auto event = [&](const QString &type) {
        const Frame frame = client.notification();
        const QJsonObject told = onlyEvent(frame);
        const bool isOurs = frame.body.value("event_type"_L1) == type
                && frame.text(u"message_type"_s) == u"twilio.sync.event"
                && frame.body.value("strictly_ordered"_L1).toBool()
                && told.value("query_id"_L1).toString().toLatin1() == id;
        return isOurs ? told : QJsonObject();
    };
    put(client, u"k"_s, R"({"on":"no"})");
    put(client, u"k"_s, R"({"on":"yes","n":1})"); // enters
    QJsonObject told = event(u"live_query_item_updated"_s);
    QCOMPARE(told.value("item_key"_L1), u"k"_s);
    QCOMPARE(told.value("item_data"_L1).toObject().value("n"_L1).toInt(), 1);
    QCOMPARE(told.value("last_event_id"_L1).toInt(), 2);
    QCOMPARE(told.value("item_revision"_L1).toInt(), 3);
    put(client, u"k"_s, R"({"on":"yes","n":2})"); // changes
    QCOMPARE(event(u"live_query_item_updated"_s).value("item_data"_L1).toObject().value("n"_L1).toInt(), 2);
    put(client, u"k"_s, R"({"on":"no"})"); // leaves
    told = event(u"live_query_item_removed"_s);
    QCOMPARE(told.value("item_key"_L1), u"k"_s);
    QCOMPARE(told.value("item_revision"_L1).toInt(), 5);
    QVERIFY(!told.contains("item_data"_L1));
    put(client, u"k"_s, R"({"on":"still not"})");
    client.rest(u"DELETE"_s, u"/v3/Maps/m/Items/k"_s); // was not there
    client.rest(u"DELETE"_s, u"/v3/Maps/m/Items/old"_s);
    QCOMPARE(event(u"live_query_item_removed"_s).value("item_key"_L1), u"old"_s);
    QVERIFY(isSilent(client));
}

void tst_LiveQueries::whoWasAwayIsToldTheWholeResult_data()
{
    QTest::addColumn<QByteArray>("cursor");
    QTest::addColumn<bool>("isTold");
    QTest::newRow("nothing missed") << QByteArray("1") << false;
    QTest::newRow("behind") << QByteArray("0") << true;
    QTest::newRow("ahead, of a map before") << QByteArray("9") << true;
    QTest::newRow("no cursor") << QByteArray("null") << true;
}

void tst_LiveQueries::whoWasAwayIsToldTheWholeResult()
{
    QFETCH(QByteArray, cursor);
    QFETCH(bool, isTold);
    RawClient client;
    QVERIFY(openWithMap(client));
    put(client, u"a"_s, R"({"on":"yes"})");
    put(client, u"b"_s, R"({"on":"no"})");
    subscribe(client, idOf(query(client, R"(data.on == "yes")")), R"(data.on == "yes")", cursor);
    Frame frame = client.notification();
    if (isTold) {
        QCOMPARE(frame.body.value("event_type"_L1), u"live_query_updated"_s);
        QCOMPARE(frame.body.value("correlation_id"_L1).toInt(), 77);
        QVERIFY(frame.body.value("strictly_ordered"_L1).toBool());
        QCOMPARE(keys(onlyEvent(frame)), u"a"_s);
        QCOMPARE(onlyEvent(frame).value("last_event_id"_L1).toInt(), 1);
        frame = client.notification();
    }
    QCOMPARE(frame.body.value("event_type"_L1), u"subscription_established"_s);
    QCOMPARE(onlyEvent(frame).value("object_type"_L1), u"live_query"_s);
    QCOMPARE(onlyEvent(frame).value("replay_status"_L1), u"completed"_s);
    QCOMPARE(onlyEvent(frame).value("last_event_id"_L1).toInt(), 1);
    QVERIFY(isSilent(client));
}

void tst_LiveQueries::whatIsKnownUnderAnotherIdIsForgottenFirst()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    put(client, u"a"_s, "{}");
    subscribe(client, "QRold", {}, "0");
    QCOMPARE(keys(onlyEvent(client.notification(u"live_query_updated"_s))), QString());
    QCOMPARE(keys(onlyEvent(client.notification(u"live_query_updated"_s))), u"a"_s);
    QCOMPARE(onlyEvent(client.notification(u"subscription_established"_s)).value("object_sid"_L1),
             u"QRold"_s);
    put(client, u"a"_s, "{}");
    QCOMPARE(onlyEvent(client.notification()).value("query_id"_L1), u"QRold"_s);
}

void tst_LiveQueries::subscriptionsFail()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    subscribe(client, "QR1", {}, "0", "none");
    QJsonObject error = onlyEvent(client.notification(u"subscription_failed"_s)).value("error"_L1).toObject();
    QCOMPARE(error.value("code"_L1).toInt(), 54502);
    subscribe(client, "QR1", "data", "0");
    error = onlyEvent(client.notification(u"subscription_failed"_s)).value("error"_L1).toObject();
    QCOMPARE(error.value("code"_L1).toInt(), 54507);
}

void tst_LiveQueries::everyExpressionHasItsOwnEvents()
{
    RawClient writer;
    QVERIFY(openWithMap(writer));
    RawClient reader;
    QVERIFY(reader.open(m_server->url(), token(u"bob"_s)));
    const QByteArray ones = follow(reader, R"(data.n == "1")");
    const QByteArray twos = follow(reader, R"(data.n == "2")");
    const QByteArray same = follow(writer, R"(data.n == "1")");
    QCOMPARE(same, ones);
    put(writer, u"k"_s, R"({"n":1})");
    const Frame toReader = reader.notification();
    QCOMPARE(onlyEvent(toReader).value("query_id"_L1).toString().toLatin1(), ones);
    QCOMPARE(writer.notification().payload, toReader.payload); // one text for both
    put(writer, u"k"_s, R"({"n":2})");
    QSet<QString> told;
    for (int i = 0; i < 2; ++i) {
        const Frame frame = reader.notification();
        told << frame.body.value("event_type"_L1).toString() + u' '
                        + onlyEvent(frame).value("query_id"_L1).toString();
    }
    QCOMPARE(told,
             (QSet<QString> { u"live_query_item_removed "_s + QString::fromLatin1(ones),
                              u"live_query_item_updated "_s + QString::fromLatin1(twos) }));
    QVERIFY(isSilent(reader));
}

void tst_LiveQueries::oldClientsGetOneEvent()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    const QByteArray id = idOf(query(client, {}));
    subscribe(client, id, {}, "-1", "m", 3);
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    put(client, u"k"_s, "{}");
    const Frame frame = client.notification();
    QCOMPARE(frame.body.value("event"_L1).toObject().value("item_key"_L1), u"k"_s);
    QVERIFY(!frame.body.contains("events"_L1));
}

void tst_LiveQueries::cancelEndsTheEvents()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    const QByteArray id = follow(client, {});
    subscribe(client, id, {}, "0", "m", 4, "cancel");
    QVERIFY(!client.notification(u"subscription_canceled"_s).payload.isEmpty());
    put(client, u"k"_s, "{}");
    QVERIFY(isSilent(client));
}

void tst_LiveQueries::endOfTheMapIsTheEndOfTheResult()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    put(client, u"k"_s, "{}");
    follow(client, {});
    client.rest(u"DELETE"_s, u"/v3/Maps/m"_s);
    const Frame frame = client.notification();
    QCOMPARE(frame.body.value("event_type"_L1), u"live_query_updated"_s);
    QCOMPARE(keys(onlyEvent(frame)), QString());
    QVERIFY(client.rest(u"POST"_s, u"/v3/Maps"_s, R"({"unique_name":"m"})").httpStatus() == 201);
    put(client, u"k"_s, "{}"); // of another map
    QVERIFY(isSilent(client));
}

void tst_LiveQueries::losingReadEndsTheQuery()
{
    QCOMPARE(call("POST", "/default", "AclEnabled=true").status, 200);
    QCOMPARE(call("POST", "/default/Maps", "UniqueName=m").status, 201);
    RawClient client;
    QVERIFY(client.open(m_server->url(), token()));
    QCOMPARE(query(client, {}).body.value("code"_L1).toInt(), 54007);
    QCOMPARE(call("POST", "/default/Maps/m/Permissions/alice", "Read=true&Write=true&Manage=false").status,
             200);
    follow(client, {});
    put(client, u"k"_s, "{}");
    QVERIFY(!client.notification(u"live_query_item_updated"_s).payload.isEmpty());
    QCOMPARE(call("POST", "/default/Maps/m/Permissions/alice", "Read=false&Write=true&Manage=false").status,
             200);
    put(client, u"k"_s, "{}");
    QVERIFY(isSilent(client));
}

void tst_LiveQueries::expiryLeaves()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    QCOMPARE(client.rest(u"PUT"_s, u"/v3/Maps/m/Items/k"_s, R"({"data":{},"ttl":1})").httpStatus(), 201);
    follow(client, {});
    QCOMPARE(onlyEvent(client.notification(u"live_query_item_removed"_s)).value("item_key"_L1), u"k"_s);
}

void tst_LiveQueries::thereIsABound()
{
    RawClient client;
    QVERIFY(openWithMap(client));
    const auto follow = [&](qsizetype first, qsizetype count) {
        QByteArrayList requests;
        for (qsizetype i = first; i < first + count; ++i)
            requests << "{\"object_sid\":\"QR" + QByteArray::number(i)
                            + R"(","object_type":"live_query","last_event_id":-1,"index_name":"m","query_string":""})";
        client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                    R"({"event_protocol_version":4,"action":"establish","correlation_id":1,"requests":[)"
                            + requests.join(',') + "]}");
    };
    const qsizetype most = Server::LiveQueries::maxQueries;
    follow(0, most);
    follow(most, 1);
    const QJsonObject error =
            onlyEvent(client.notification(u"subscription_failed"_s)).value("error"_L1).toObject();
    QCOMPARE(error.value("code"_L1).toInt(), 54009);
    follow(0, 1); // one that it follows already
    QVERIFY(!client.notification(u"subscription_established"_s).payload.isEmpty());
    put(client, u"k"_s, "{}");
    QCOMPARE(onlyEvent(client.notification(u"live_query_item_updated"_s)).value("item_key"_L1), u"k"_s);
}

QTEST_GUILESS_MAIN(tst_LiveQueries)
#include "tst_livequeries.moc"
