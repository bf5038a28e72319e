#include "shared/rawhttp.h"
#include "shared/serverexecutable.h"
#include "shared/webhookreceiver.h"

#include <QtCore/qtemporarydir.h>

using namespace Qt::StringLiterals;

// The executable killed between commits and deliveries: what was due comes, in order, by the same id.
class tst_WebhookDelivery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killLosesNothing();
    void whatWasTakenDoesNotComeAgain();

private:
    static RawHttp::Response call(const ServerExecutable &server, const QByteArray &path,
                                  const QByteArray &form)
    {
        RawHttp http(server.url());
        const QByteArray login = "AC00000000000000000000000000000007:a secret of tests that send signals";
        return http.request("POST", "/v1/Services/default" + path, form,
                            "Authorization: Basic " + login.toBase64()
                                    + "\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    }
    static bool hook(const ServerExecutable &server, const WebhookReceiver &receiver)
    {
        return call(server, {}, "WebhooksFromRestEnabled=true&WebhookUrl=" + receiver.encodedUrl()).status
                == 200;
    }

    QTemporaryDir m_dir;
};

void tst_WebhookDelivery::killLosesNothing()
{
    const QStringList options { u"--data"_s, m_dir.filePath(u"kill.sqlite"_s) };
    constexpr int rounds = 8;
    constexpr int writes = 6;
    WebhookReceiver receiver;
    int turn = 0;
    // Some are taken, some are not, some are never answered: the kill comes in the midst of all.
    receiver.answer = [&](const auto &) {
        static constexpr int statuses[] { 200, 500, 200, 0 };
        return WebhookReceiver::Answer { statuses[++turn % 4] };
    };
    for (int round = 0; round < rounds; ++round) {
        ServerExecutable server;
        QVERIFY(server.start(options));
        if (round == 0) {
            QVERIFY(hook(server, receiver));
            QCOMPARE(call(server, "/Lists", "UniqueName=l").status, 201);
            QCOMPARE(call(server, "/Maps", "UniqueName=m").status, 201);
        }
        for (int i = 0; i < writes; ++i) {
            const QByteArray number = QByteArray::number(round * writes + i);
            QCOMPARE(call(server, "/Lists/l/Items", "Data={}").status, 201);
            QCOMPARE(call(server, "/Maps/m/Items", "Data={}&Key=" + number).status, 201);
        }
        server.kill(); // each of these was acknowledged
    }
    receiver.answer = [](const auto &) { return WebhookReceiver::Answer(); };
    ServerExecutable server;
    QVERIFY(server.start(options));
    const auto told = [&](const QByteArray &type) {
        QMap<qint64, QByteArray> ids; // by event
        for (const auto &heard : std::as_const(receiver.heard)) {
            if (heard.field("EventType") != type)
                continue;
            const qint64 event = heard.field("EventId").toLongLong();
            if (ids.contains(event) && ids[event] != heard.id())
                qFatal("event %lld has two ids", event);
            ids.insert(event, heard.id());
        }
        return ids;
    };
    for (const char *const type : { "list_item_added", "map_item_added" }) {
        QVERIFY2(eventually([&] { return told(type).size() == rounds * writes; }, 20'000),
                 qPrintable(QString::number(told(type).size())));
        QCOMPARE(told(type).lastKey(), rounds * writes - 1);
        // By the first time each was told, and by the last.
        qint64 newest = -1;
        for (const auto &heard : std::as_const(receiver.heard)) {
            const qint64 event = heard.field("EventId").toLongLong();
            if (heard.field("EventType") != type || event <= newest)
                continue;
            QCOMPARE(event, newest + 1);
            newest = event;
        }
    }
}

void tst_WebhookDelivery::whatWasTakenDoesNotComeAgain()
{
    const QStringList options { u"--data"_s, m_dir.filePath(u"taken.sqlite"_s) };
    WebhookReceiver receiver;
    {
        ServerExecutable server;
        QVERIFY(server.start(options));
        QVERIFY(hook(server, receiver));
        for (int i = 0; i < 20; ++i)
            QCOMPARE(call(server, "/Documents", "Data={}").status, 201);
        QVERIFY(receiver.waitFor(20));
        QCOMPARE(call(server, "/Documents", "UniqueName=last").status, 201);
        QVERIFY(receiver.waitFor(21));
        server.signal(SIGTERM); // ends when all is stored, what was taken too
        server.waitForFinished();
    }
    ServerExecutable server;
    QVERIFY(server.start(options));
    QCOMPARE(call(server, "/Documents", "UniqueName=new").status, 201);
    const auto isNewThere = [&] {
        return std::any_of(receiver.heard.cbegin(), receiver.heard.cend(),
                           [](const auto &heard) { return heard.field("DocumentUniqueName") == "new"; });
    };
    QVERIFY(eventually(isNewThere, 10'000));
    QSet<QByteArray> ids;
    for (const auto &heard : std::as_const(receiver.heard))
        ids << heard.id();
    QCOMPARE(ids.size(), 22);
    // At most the last one, whose answer may have been on its way.
    QVERIFY2(receiver.heard.size() <= 23, qPrintable(QString::number(receiver.heard.size())));
}

QTEST_GUILESS_MAIN(tst_WebhookDelivery)
#include "tst_webhookdelivery.moc"
