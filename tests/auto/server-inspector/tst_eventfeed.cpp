#include "inspectedserver.h"

#include "server/inspector/eventfeed.h"
#include "server/net/gateway.h"
#include "server/operations/seeder.h"

#include <QtCore/qelapsedtimer.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace Twilio;
using Server::EventFeed;

// Changes as the inspector's page hears of them: none twice, none lost in silence, never more than so many.
class tst_EventFeed : public InspectedServer
{
    Q_OBJECT

private Q_SLOTS:
    void changesAreTold_data();
    void changesAreTold();
    void questionWaitsForAChange();
    void questionEndsWithoutAChange();
    void whatIsMissedIsCounted();
    void keptBytesAreBounded();
    void answersAreBounded();
    void questionsAreBounded();
    void numbersOfAnEarlierRunCount_data();
    void numbersOfAnEarlierRunCount();
    void nothingIsKeptForNobody();
    void closingWithQuestionsIsFine();

private:
    //! Something that keeps changing.
    QByteArray seed(qsizetype bytes, int count)
    {
        Server::Seeder seeder(m_server->gateway()->hub().data());
        const auto sid = seeder.createCollection(QLatin1StringView(Server::defaultServiceSid),
                                                 Server::ObjectKind::Map, {});
        const QByteArray data = "{\"pad\":\"" + QByteArray(bytes, 'x') + "\"}";
        for (int i = 0; i < count; ++i)
            (void)seeder.putItem(std::get<QByteArray>(sid), u"k%1"_s.arg(i % 10), data);
        return std::get<QByteArray>(sid);
    }
    qint64 begin() { return get("events").json().value("next"_L1).toInteger(); }
    QJsonObject from(qint64 number) { return get("events?wait=0&from=" + QByteArray::number(number)).json(); }
};

void tst_EventFeed::changesAreTold_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QList<QByteArray>>("calls");
    QTest::addColumn<QString>("types");
    const QByteArray data = "Data=%7B%22n%22%3A12345678901234567890%7D";
    QTest::newRow("document") << QByteArray("Documents") << QList<QByteArray> { "POST  " + data, "DELETE  " }
                              << u"document updated, document removed"_s;
    QTest::newRow("list") << QByteArray("Lists")
                          << QList<QByteArray> { "POST /Items " + data, "POST /Items/0 " + data,
                                                 "DELETE /Items/0 ", "DELETE  " }
                          << u"list item added 0, list item updated 0, list item removed 0, list removed"_s;
    QTest::newRow("map") << QByteArray("Maps") << QList<QByteArray> { "POST /Items Key=k&" + data }
                         << u"map item added k"_s;
    QTest::newRow("stream") << QByteArray("Streams") << QList<QByteArray> { "POST /Messages " + data }
                            << u"stream message"_s;
}

void tst_EventFeed::changesAreTold()
{
    QFETCH(QByteArray, collection);
    QFETCH(QList<QByteArray>, calls);
    QFETCH(QString, types);
    const qint64 first = begin();
    const QByteArray path = "/default/" + collection;
    QCOMPARE(call("POST", path, "UniqueName=it").status, 201);
    for (const QByteArray &each : std::as_const(calls)) {
        const QList<QByteArray> parts = each.split(' ');
        QVERIFY(call(parts[0], path + "/it" + parts[1], parts[2]).status < 300);
    }
    const auto response = get("events?wait=0&from=" + QByteArray::number(first));
    QStringList told;
    const QJsonArray events = response.json().value("events"_L1).toArray();
    for (const QJsonValue &value : events) {
        const QJsonObject event = value.toObject();
        QCOMPARE(event.value("number"_L1).toInteger(), first + told.size());
        QCOMPARE(event.value("name"_L1).toString(), u"it"_s);
        QCOMPARE(event.value("by"_L1).toString(), u"system"_s);
        QCOMPARE(event.value("rest"_L1), QJsonValue(true));
        QString text = event.value("kind"_L1).toString() + u' ' + event.value("type"_L1).toString();
        if (const QJsonValue item = event.value("item"_L1); !item.isUndefined())
            text += u' ' + item.toVariant().toString();
        told << text;
    }
    QCOMPARE(told.join(u", "_s), types);
    QVERIFY(response.body.contains("\"data\":{\"n\":12345678901234567890}"));
}

void tst_EventFeed::questionWaitsForAChange()
{
    const qint64 first = begin();
    RawHttp http(m_server->url());
    http.send("GET /_inspect/events?from=" + QByteArray::number(first) + " HTTP/1.1\r\nHost: localhost\r\n"
              + keyLine() + "\r\n");
    QCOMPARE(from(first).value("events"_L1).toArray().size(), 0); // asked behind the other one
    QCOMPARE(http.socket().bytesAvailable(), 0);
    QCOMPARE(call("POST", "/default/Streams", "UniqueName=s").status, 201);
    QCOMPARE(call("POST", "/default/Streams/s/Messages", "Data=%7B%7D").status, 201);
    const auto response = http.response();
    QCOMPARE(response.status, 200);
    QCOMPARE(response.json().value("events"_L1).toArray().size(), 1);
    QCOMPARE(response.json().value("next"_L1).toInteger(), first + 1);
}

void tst_EventFeed::questionEndsWithoutAChange()
{
    const qint64 first = begin();
    const QJsonObject answer = get("events?wait=30&from=" + QByteArray::number(first)).json();
    QCOMPARE(answer.value("events"_L1).toArray().size(), 0);
    QCOMPARE(answer.value("next"_L1).toInteger(), first);
    QCOMPARE(answer.value("missed"_L1).toInteger(), 0);
}

void tst_EventFeed::whatIsMissedIsCounted()
{
    const qint64 first = begin();
    const int count = int(EventFeed::maxKept) + 321;
    seed(10, count);
    qint64 next = first;
    qint64 seen = 0;
    qint64 missed = 0;
    for (int answers = 0; next < first + count && answers < 100; ++answers) {
        const QJsonObject answer = from(next);
        seen += answer.value("events"_L1).toArray().size();
        missed += answer.value("missed"_L1).toInteger();
        next = answer.value("next"_L1).toInteger();
    }
    QCOMPARE(seen, qint64(EventFeed::maxKept));
    QCOMPARE(missed, 321);
}

void tst_EventFeed::keptBytesAreBounded()
{
    const qint64 first = begin();
    const int count = 600;
    const int bytes = 16'000;
    seed(bytes, count);
    const qint64 missed = from(first).value("missed"_L1).toInteger();
    QVERIFY2((count - missed) * bytes <= EventFeed::maxKeptBytes, QByteArray::number(missed).constData());
    QVERIFY((count - missed + 10) * (bytes + 1000) > EventFeed::maxKeptBytes);
}

void tst_EventFeed::answersAreBounded()
{
    const qint64 first = begin();
    seed(10, 300);
    QCOMPARE(from(first).value("events"_L1).toArray().size(), qsizetype(EventFeed::maxAnswered));
    const qint64 second = begin();
    seed(16'000, 100);
    const auto large = get("events?wait=0&from=" + QByteArray::number(second));
    QVERIFY(large.body.size() >= EventFeed::maxAnsweredBytes);
    QVERIFY(large.body.size() < EventFeed::maxAnsweredBytes + 20'000);
    QCOMPARE(large.json().value("missed"_L1).toInteger(), 0);
}

void tst_EventFeed::questionsAreBounded()
{
    Server::SyncData data;
    EventFeed feed(data);
    std::vector<int> answered;
    const auto ask = [&](int number) {
        feed.ask(1, 20s, [&answered, number](const Server::HttpResponse &) { answered.push_back(number); });
    };
    const int most = int(EventFeed::maxWaiting);
    for (int i = 0; i < most; ++i)
        ask(i);
    QVERIFY(answered.empty());
    ask(most);
    ask(most + 1);
    QCOMPARE(answered, (std::vector { 0, 1 }));
}

void tst_EventFeed::numbersOfAnEarlierRunCount_data()
{
    QTest::addColumn<QByteArray>("number");
    QTest::newRow("a little higher") << QByteArray("5");
    QTest::newRow("the highest there is") << QByteArray("9223372036854775807");
}

void tst_EventFeed::numbersOfAnEarlierRunCount()
{
    QFETCH(QByteArray, number);
    QCOMPARE(begin(), 1);
    const QJsonObject answer = get("events?from=" + number).json(); // at once
    QCOMPARE(answer.value("next"_L1).toInteger(), 1);
    QCOMPARE(answer.value("missed"_L1).toInteger(), 0);
}

void tst_EventFeed::nothingIsKeptForNobody()
{
    Server::SyncData &data = m_server->gateway()->hub().data();
    EventFeed feed(data, 20ms);
    QJsonObject answer;
    const auto keep = [&answer](const Server::HttpResponse &response) {
        answer = QJsonDocument::fromJson(response.body).object();
    };
    QVERIFY(!feed.isWatching());
    feed.ask(std::nullopt, 0ms, keep);
    const qint64 next = answer.value("next"_L1).toInteger();
    QVERIFY(feed.isWatching());
    seed(10, 3);
    QTRY_VERIFY(!feed.isWatching());
    seed(10, 3);
    feed.ask(next, 0ms, keep);
    QCOMPARE(answer.value("events"_L1).toArray().size(), 0);
    QVERIFY(answer.value("missed"_L1).toInteger() >= 3);
    QVERIFY(feed.isWatching());
    // One that waits is somebody
    const qint64 behind = answer.value("next"_L1).toInteger();
    answer = {};
    feed.ask(behind, 20s, keep);
    QTimer::singleShot(100ms, this, [this] { seed(10, 1); });
    QTRY_COMPARE(answer.value("events"_L1).toArray().size(), 1);
}

void tst_EventFeed::closingWithQuestionsIsFine()
{
    RawHttp http(m_server->url());
    http.send("GET /_inspect/events?from=1 HTTP/1.1\r\nHost: localhost\r\n" + keyLine() + "\r\n");
    QCOMPARE(begin(), 1);
    m_server->close();
    QVERIFY(http.waitForClosed());
    QVERIFY(m_server->listen());
    QCOMPARE(session().status, 200);
}

QTEST_GUILESS_MAIN(tst_EventFeed)
#include "tst_eventfeed.moc"
