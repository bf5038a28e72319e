#include "shared/rawclient.h"
#include "shared/serverexecutable.h"

#include <QtCore/qjsonarray.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// SIGSTOP, and SIGCONT when much has become due meanwhile.
class tst_Pause : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void expiryOfManyItemsAtOnceCutsNobody();
};

// Sends \a count calls at once, the i-th with the path and body of \a call; true when all are answered by \a
// status.
static bool callAll(RawClient &client, int count, int status,
                    const std::function<std::pair<QString, QByteArray>(int)> &call)
{
    for (int i = 0; i < count; ++i) {
        const auto [path, body] = call(i);
        client.sendFrame(
                { { u"method"_s, u"message"_s },
                  { u"id"_s, u"C%1"_s.arg(i) },
                  { u"http_request"_s, QJsonObject { { u"method"_s, u"POST"_s }, { u"path"_s, path } } } },
                body);
    }
    for (int i = 0; i < count; ++i) {
        if (client.nextOf(u"reply"_s).httpStatus() != status)
            return false;
    }
    return true;
}

void tst_Pause::expiryOfManyItemsAtOnceCutsNobody()
{
    constexpr int count = 1300;
    constexpr int bytes = 15'000; // together more than may wait for one client
    ServerExecutable server;
    QVERIFY(server.start({}));
    RawClient writer;
    QVERIFY(writer.open(server.url(), ServerExecutable::token(u"writer"_s)));
    const QString list = writer.rest(u"POST"_s, u"/v3/Lists"_s, "{}").body[u"sid"].toString();
    const QString items = u"/v3/Lists/%1/Items"_s.arg(list);
    const QByteArray data = R"({"data":{"text":")" + QByteArray(bytes, 'x') + R"("}})";
    QVERIFY(callAll(writer, count, 201, [&](int) { return std::pair(items, data); }));

    // Nobody is subscribed yet, so that this takes much less than the ttl.
    constexpr qint64 ttl = 3;
    QVERIFY(callAll(writer, count, 200, [&](int i) {
        return std::pair(items + u"/%1"_s.arg(i), QByteArray("{\"ttl\":" + QByteArray::number(ttl) + '}'));
    }));
    const qint64 allAreDue = QDateTime::currentMSecsSinceEpoch() + ttl * 1000;
    RawClient reader;
    QVERIFY(reader.open(server.url(), ServerExecutable::token(u"reader"_s)));
    reader.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")" + list.toLatin1()
                        + R"(","object_type":"list"}]})");
    QVERIFY(!reader.notification(u"subscription_established"_s).payload.isEmpty());

    server.signal(SIGSTOP);
    const int before = int(reader.unread().size());
    QTRY_VERIFY(QDateTime::currentMSecsSinceEpoch() > allAreDue);
    server.signal(SIGCONT);
    QSet<qint64> removed;
    while (removed.size() < count) {
        const auto frame = reader.notification(u"list_item_removed"_s);
        const QJsonArray events = frame.body[u"events"].toArray();
        QVERIFY2(!events.isEmpty(),
                 qPrintable(u"%1 of %2 came, %3 before the stop; the connection is in state %4"_s
                                    .arg(removed.size())
                                    .arg(count)
                                    .arg(before)
                                    .arg(int(reader.socket().state()))));
        for (const auto &event : events)
            removed.insert(event[u"item_index"].toInteger());
    }
    QCOMPARE(reader.call({ { u"method"_s, u"ping"_s } }).status(), 200);
    QCOMPARE(writer.rest(u"GET"_s, items).body[u"items"].toArray().size(), 0);
}

QTEST_GUILESS_MAIN(tst_Pause)
#include "tst_pause.moc"
