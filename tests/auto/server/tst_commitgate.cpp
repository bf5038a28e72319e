#include "server/data/objectstore.h"
#include "server/net/gateway.h"
#include "server/net/token.h"
#include "server/testing/faultinjector.h"
#include "shared/rawclient.h"
#include "shared/rawhttp.h"
#include "shared/webhookreceiver.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;
using namespace Twilio::Server;

namespace {

// A disk that is done only when it is told to be.
class SlowDisk final : public Storage
{
public:
    [[nodiscard]] Stored load() override { return {}; }
    void storeObject(const SyncObject &) override { }
    void removeObject(const SyncObject &) override { }
    void storeItem(const SyncObject &, const ItemId &, const Item &) override { }
    void removeItem(const SyncObject &, const ItemId &) override { }
    void appendEvent(const SyncObject &, const EventRecord &) override { }
    void removeEvent(const SyncObject &, qint64) override { }
    void stripEvent(const SyncObject &, qint64) override { }
    void storePermission(const SyncObject &, const QString &, const Permission &) override { }
    void removePermission(const SyncObject &, const QString &) override { }
    void storeService(const Service &) override { }
    void removeService(const Service &) override { }
    void storeWebhook(const Webhook &) override { }
    void removeWebhook(const Webhook &) override { }
    void clear(const QByteArray &) override { }
    void commit(CommitTicket ticket) override
    {
        handedIn = ticket;
        if (isQuick)
            finish();
    }
    void finish() { onCommitted(handedIn, Nothing()); }
    void fail() { onCommitted(handedIn, SyncError(u"the disk is full"_s)); }

    CommitTicket handedIn = 0;
    bool isQuick = true;
};

} // namespace

// Whatever speaks of a change, by whichever way, leaves the server after the commit of it.
class tst_CommitGate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void answersWaitForTheirCommit_data();
    void answersWaitForTheirCommit();
    void framesWaitForTheirCommit();
    void whatReadsWaitsToo();
    void webhooksWaitForTheirCommit();
    void aFailedCommitLetsNothingOut();

private:
    [[nodiscard]] QUrl url() const;
    bool open(RawClient &client, const QString &identity);
    // True once the server has had its turns: a WebSocket's own pings do not go by the gate.
    static bool roundTrip(RawClient &client);
    // True if the server has had its turns and nothing was answered.
    bool isHeldBack(const QSignalSpy &answered);

    std::unique_ptr<SyncData> m_data;
    SlowDisk *m_disk = nullptr;
    std::unique_ptr<Gateway> m_gateway;
};

static constexpr char secret[] = "a secret of the gate's test";

void tst_CommitGate::init()
{
    auto disk = std::make_unique<SlowDisk>();
    m_disk = disk.get();
    m_data = std::make_unique<SyncData>();
    m_data->setStorage(std::move(disk));
    m_gateway =
            std::make_unique<Gateway>(*m_data, ServerOptions(), secret, std::nullopt, &FaultInjector::make);
    QVERIFY(!errorOf(m_gateway->listen({ QHostAddress(QHostAddress::LocalHost) }, 0)));
}

void tst_CommitGate::cleanup()
{
    m_gateway.reset();
    m_data.reset();
}

QUrl tst_CommitGate::url() const { return u"ws://127.0.0.1:%1/v3/wsconnect"_s.arg(m_gateway->port()); }

bool tst_CommitGate::open(RawClient &client, const QString &identity)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    TokenClaims claims;
    claims.identity = identity;
    claims.expiresAtMs = now + 3'600'000;
    return client.open(url(), makeToken(claims, secret, now));
}

bool tst_CommitGate::roundTrip(RawClient &client)
{
    QSignalSpy pong(&client.socket(), &QWebSocket::pong);
    client.socket().ping();
    return pong.wait();
}

bool tst_CommitGate::isHeldBack(const QSignalSpy &answered)
{
    RawClient other;
    return other.open(url()) && roundTrip(other) && answered.count() == 0;
}

void tst_CommitGate::answersWaitForTheirCommit_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("seed") << QByteArray("seed") << QByteArray(R"({"kind":"map","count":3})");
    QTest::newRow("burst") << QByteArray("publish-burst") << QByteArray(R"({"sid":"%1","count":3})");
    QTest::newRow("prepared burst") << QByteArray("publish-burst")
                                    << QByteArray(R"({"sid":"%1","count":3,"prepared":true})");
    QTest::newRow("reset") << QByteArray("reset") << QByteArray("{}");
    QTest::newRow("wipe") << QByteArray("restart") << QByteArray(R"({"wipe":true,"identity":"nobody"})");
}

void tst_CommitGate::answersWaitForTheirCommit()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, body);
    RawHttp http(url());
    const auto made = http.request("POST", "/_control/seed", R"({"kind":"list","count":1})");
    QCOMPARE(made.status, 200);
    body.replace("%1", made.json()[u"sid"].toString().toLatin1());

    m_disk->isQuick = false;
    const CommitTicket before = m_disk->handedIn;
    QSignalSpy answered(&http.socket(), &QTcpSocket::readyRead);
    http.send("POST /_control/" + name + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    QTRY_VERIFY(m_disk->handedIn > before);
    QVERIFY(isHeldBack(answered));
    m_disk->isQuick = true;
    m_disk->finish();
    QCOMPARE(http.response().status, 200);
}

void tst_CommitGate::framesWaitForTheirCommit()
{
    RawClient writer;
    RawClient reader;
    QVERIFY(open(writer, u"writer"_s));
    QVERIFY(open(reader, u"reader"_s));
    const auto made = writer.rest(u"POST"_s, u"/v3/Lists"_s, R"({"unique_name":"l"})");
    reader.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                R"({"action":"establish","correlation_id":1,"requests":[{"object_sid":")"
                        + made.body[u"sid"].toString().toLatin1() + R"(","object_type":"list"}]})");
    reader.notification(u"subscription_established"_s);

    m_disk->isQuick = false;
    const CommitTicket before = m_disk->handedIn;
    writer.sendFrame(
            { { u"method"_s, u"message"_s },
              { u"id"_s, u"W"_s },
              { u"http_request"_s,
                QJsonObject { { u"method"_s, u"POST"_s }, { u"path"_s, u"/v3/Lists/l/Items"_s } } } },
            R"({"data":{}})");
    QTRY_VERIFY(m_disk->handedIn > before);
    QVERIFY(roundTrip(writer));
    QVERIFY(roundTrip(reader));
    QVERIFY(writer.unread().isEmpty());
    QVERIFY(reader.unread().isEmpty());
    m_disk->finish();
    QCOMPARE(writer.nextOf(u"reply"_s).httpStatus(), 201);
    QCOMPARE(reader.notification().body[u"event_type"].toString(), u"list_item_added"_s);
}

// An answer that only reads tells of what others have changed just now.
void tst_CommitGate::whatReadsWaitsToo()
{
    RawHttp writer(url());
    RawHttp reader(url());
    QCOMPARE(reader.request("GET", "/_control/stats").json()[u"objects"].toInt(-1), 0);
    m_disk->isQuick = false;
    writer.send("POST /_control/seed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    QTRY_COMPARE(m_data->objectCount(), 1);
    QSignalSpy answered(&reader.socket(), &QTcpSocket::readyRead);
    reader.send("GET /_control/stats HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QVERIFY(isHeldBack(answered));
    m_disk->isQuick = true;
    m_disk->finish();
    QCOMPARE(writer.response().status, 200);
    QCOMPARE(reader.response().json()[u"objects"].toInt(-1), 1);
}

void tst_CommitGate::webhooksWaitForTheirCommit()
{
    WebhookReceiver receiver;
    const QString hook = QString::fromLatin1(receiver.url());
    QVERIFY(!errorOf(m_gateway->hub().services().update(u"default"_s, { .webhookUrl = hook })));
    RawClient client;
    QVERIFY(open(client, u"ann"_s));
    m_disk->isQuick = false;
    client.sendFrame({ { u"method"_s, u"message"_s },
                       { u"id"_s, u"TM9"_s },
                       { u"http_request"_s,
                         QJsonObject { { u"method"_s, u"POST"_s }, { u"path"_s, u"/v3/Lists"_s } } } },
                     "{}");
    QVERIFY(eventually([&] { return m_data->objectCount() == 1; }));
    QVERIFY(roundTrip(client));
    QCOMPARE(m_data->store().outbox().all().size(), 1U);
    QCOMPARE(receiver.heard.size(), 0);
    m_disk->finish();
    QVERIFY(receiver.waitFor(1));
    QCOMPARE(receiver.heard[0].field("EventType"), QByteArray("list_created"));
}

void tst_CommitGate::aFailedCommitLetsNothingOut()
{
    RawHttp http(url());
    m_disk->isQuick = false;
    QSignalSpy failed(m_gateway.get(), &Gateway::failed);
    QSignalSpy answered(&http.socket(), &QTcpSocket::readyRead);
    http.send("POST /_control/seed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    QTRY_VERIFY(m_disk->handedIn > 0);
    m_disk->fail();
    QCOMPARE(failed.count(), 1);
    QVERIFY(isHeldBack(answered));
}

QTEST_GUILESS_MAIN(tst_CommitGate)
#include "tst_commitgate.moc"
