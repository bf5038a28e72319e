#include "httpwriter.h"
#include "ledger.h"
#include "shared/serverexecutable.h"
#include "writer.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <cstdio>

using namespace Qt::StringLiterals;

// kill -9 in the middle of write bursts: what was acknowledged, in a frame or by HTTP, or told in an event,
// is there after the restart, and no event id ever means a second thing.
class tst_Kill : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingAcknowledgedIsLost();

private:
    struct Round
    {
        int acknowledged = 0;
        int acknowledgedByHttp = 0;
        int events = 0;
        qsizetype unanswered = 0;
        qsizetype replayed = 0;
        qint64 startMs = 0;
    };

    bool startServer();
    bool makeTargets(RawClient &client);
    bool removeTargets(RawClient &client);
    bool verify(RawClient &client, Round &round);
    void verifyPromises(RawClient &client);
    bool writeUntilKilled(QRandomGenerator &random, Round &round);
    static QMap<qint64, QByteArray> replay(RawClient &client, const QByteArray &sid, const QByteArray &type,
                                           QMap<QString, QJsonObject> &items);
    static QMap<QString, QJsonObject> readAll(RawClient &client, const QString &path);

    QTemporaryDir m_dir;
    std::unique_ptr<ServerExecutable> m_server;
    Targets m_targets;
    QByteArrayList m_removed; // paths
    Ledger m_ledger;
    HttpWriter::Promises m_promises;
};

bool tst_Kill::startServer()
{
    m_server = std::make_unique<ServerExecutable>();
    return m_server->start({ u"--data"_s, m_dir.filePath(u"kill.sqlite"_s), u"--replay-limit"_s, u"1000000"_s,
                             u"--enable-control"_s });
}

bool tst_Kill::makeTargets(RawClient &client)
{
    const auto make = [&](const QString &collection) {
        const auto reply = client.rest(u"POST"_s, u"/v3/"_s + collection, "{}");
        return reply.httpStatus() == 201 ? reply.body[u"sid"].toString().toLatin1() : QByteArray();
    };
    m_targets = { make(u"Lists"_s), make(u"Maps"_s), make(u"Documents"_s), make(u"Lists"_s) };
    return !m_targets.list.isEmpty() && !m_targets.map.isEmpty() && !m_targets.document.isEmpty()
            && !m_targets.burst.isEmpty();
}

bool tst_Kill::removeTargets(RawClient &client)
{
    for (const QByteArray &path : { "/v3/Lists/" + m_targets.list, "/v3/Maps/" + m_targets.map,
                                    "/v3/Documents/" + m_targets.document, "/v3/Lists/" + m_targets.burst }) {
        if (client.rest(u"DELETE"_s, QString::fromLatin1(path)).httpStatus() != 204)
            return false;
        m_removed << path;
    }
    return true;
}

// Every event since the beginning, and the items that follow from them.
QMap<qint64, QByteArray> tst_Kill::replay(RawClient &client, const QByteArray &sid, const QByteArray &type,
                                          QMap<QString, QJsonObject> &items)
{
    client.rest(u"POST"_s, u"/v4/Subscriptions"_s,
                R"({"action":"establish","correlation_id":2,"requests":[{"object_sid":")" + sid
                        + R"(","object_type":")" + type + R"(","last_event_id":-1}]})");
    client.notification(u"subscription_established"_s); // the replay is before it
    QMap<qint64, QByteArray> events;
    for (const RawClient::Frame &frame : client.unread()) {
        const QString eventType = frame.body[u"event_type"].toString();
        const QJsonArray told = frame.body[u"events"].toArray();
        for (const auto &each : told) {
            const QJsonObject event = each.toObject();
            if (event[QString::fromLatin1(type) + u"_sid"_s].toString().toLatin1() != sid)
                continue;
            events.insert(event[u"id"].toInteger(), meaningOf(eventType, event));
            const QString id = event.contains(u"item_index")
                    ? QString::number(event[u"item_index"].toInteger())
                    : event[u"item_key"].toString();
            if (eventType.endsWith(u"_removed"))
                items.remove(id);
            else
                items.insert(id, event[u"item_data"].toObject());
        }
    }
    return events;
}

QMap<QString, QJsonObject> tst_Kill::readAll(RawClient &client, const QString &path)
{
    QMap<QString, QJsonObject> items;
    QJsonObject params { { u"PageSize"_s, u"100"_s } };
    for (;;) {
        const QJsonObject page = client.rest(u"GET"_s, path, {}, params).body;
        const QJsonArray shown = page[u"items"].toArray();
        for (const auto &item : shown) {
            const QJsonValue index = item[u"index"];
            items.insert(index.isDouble() ? QString::number(index.toInteger()) : item[u"key"].toString(),
                         item[u"data"].toObject());
        }
        const QJsonValue next = page[u"meta"][u"next_token"];
        if (!next.isString())
            return items;
        params = { { u"PageToken"_s, next.toString() } };
    }
}

void tst_Kill::verifyPromises(RawClient &client)
{
    for (auto it = m_promises.cbegin(); it != m_promises.cend(); ++it) {
        const bool isBurst = it.key() == m_targets.burst;
        const QString path = (isBurst ? u"/v3/Lists/"_s : u"/v3/Maps/"_s) + QString::fromLatin1(it.key());
        const QJsonObject object = client.rest(u"GET"_s, path).body;
        if (object[u"last_event_id"].toInteger(-2) < it->lastEventId
            || readAll(client, path + u"/Items"_s).size() < it->items)
            ++m_ledger.lost;
        // Nobody else has written to a map that was seeded.
        if (!isBurst && client.rest(u"DELETE"_s, path).httpStatus() != 204)
            ++m_ledger.lost;
    }
    m_promises.clear();
}

bool tst_Kill::verify(RawClient &client, Round &round)
{
    verifyPromises(client);
    for (const auto &[sid, type, path] : { std::tuple { m_targets.list, QByteArray("list"), u"/v3/Lists/"_s },
                                           { m_targets.map, QByteArray("map"), u"/v3/Maps/"_s } }) {
        QMap<QString, QJsonObject> items;
        const auto replayed = replay(client, sid, type, items);
        m_ledger.compare(sid, replayed);
        round.replayed += replayed.size();
        // No gap, and the items are what the events say.
        if (!replayed.isEmpty() && (replayed.firstKey() != 0 || replayed.lastKey() != replayed.size() - 1)) {
            qWarning("%s: ids %lld to %lld in %lld events", type.constData(), replayed.firstKey(),
                     replayed.lastKey(), qint64(replayed.size()));
            return false;
        }
        if (readAll(client, path + QString::fromLatin1(sid) + u"/Items"_s) != items) {
            qWarning("%s: the items are not what the events say", type.constData());
            return false;
        }
        for (auto it = replayed.cbegin(); it != replayed.cend(); ++it)
            m_ledger.learn(sid, it.key(), it.value());
    }
    // A document has its latest state only.
    const QJsonObject document =
            client.rest(u"GET"_s, u"/v3/Documents/"_s + QString::fromLatin1(m_targets.document)).body;
    const qint64 id = document[u"last_event_id"].toInteger(-1);
    const auto known = m_ledger.known(m_targets.document);
    if (!known.isEmpty() && id < known.lastKey())
        ++m_ledger.lost;
    if (id > 0)
        m_ledger.learn(m_targets.document, id,
                       QJsonDocument(document[u"data"].toObject()).toJson(QJsonDocument::Compact));
    for (const QByteArray &path : std::as_const(m_removed)) {
        if (client.rest(u"GET"_s, QString::fromLatin1(path)).httpStatus() != 404)
            ++m_ledger.lost; // the removal, that is
    }
    return true;
}

bool tst_Kill::writeUntilKilled(QRandomGenerator &random, Round &round)
{
    constexpr int writerCount = 4;
    const int enough = 1 + random.bounded(400);
    std::vector<std::unique_ptr<Writer>> writers;
    int answers = 0;
    for (int i = 0; i < writerCount; ++i) {
        writers.push_back(std::make_unique<Writer>(i, m_targets, m_ledger, random.generate()));
        connect(writers.back().get(), &Writer::answered, this, [&] {
            if (++answers == enough)
                m_server->signal(SIGKILL);
        });
        if (!writers.back()->open(m_server->url(), ServerExecutable::token(u"writer"_s)))
            return false;
    }
    HttpWriter http(m_server->url(), m_targets.burst);
    connect(&http, &HttpWriter::answered, this, [&] {
        if (++answers == enough)
            m_server->signal(SIGKILL);
    });
    QSignalSpy httpEnded(&http, &HttpWriter::ended);
    for (const auto &writer : writers)
        writer->start();
    http.start();
    for (const auto &writer : writers) {
        if (!writer->drained())
            return false;
        round.acknowledged += writer->acknowledged();
        round.events += writer->events();
        round.unanswered += writer->open();
    }
    if (httpEnded.isEmpty() && !httpEnded.wait(10'000))
        return false;
    round.acknowledgedByHttp = http.acknowledged();
    m_promises = http.promises();
    m_server->waitForFinished();
    return true;
}

void tst_Kill::nothingAcknowledgedIsLost()
{
    bool ok = false;
    const int given = qEnvironmentVariableIntValue("TWILIO_SYNC_KILL_ROUNDS", &ok);
    const int rounds = ok && given > 0 ? given : 100;
    constexpr int roundsPerObject =
            10; // then new objects, lest the last rounds only read what the first wrote
    const quint32 seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    std::printf("kill test: %d rounds, seed %u\n%6s%14s%9s%14s%12s%10s%10s%6s%8s\n", rounds, seed, "round",
                "acknowledged", "by HTTP", "told events", "unanswered", "replayed", "start ms", "lost",
                "reused");
    Round sum;
    for (int number = 1; number <= rounds; ++number) {
        Round round;
        QElapsedTimer timer;
        timer.start();
        QVERIFY(startServer());
        round.startMs = timer.elapsed();
        {
            RawClient client;
            QVERIFY(client.open(m_server->url(), ServerExecutable::token(u"writer"_s)));
            if (number > 1)
                QVERIFY(verify(client, round));
            if (number % roundsPerObject == 1) {
                if (number > 1)
                    QVERIFY(removeTargets(client));
                QVERIFY(makeTargets(client));
            }
        }
        QVERIFY(writeUntilKilled(random, round));
        std::printf("%6d%14d%9d%14d%12lld%10lld%10lld%6d%8d\n", number, round.acknowledged,
                    round.acknowledgedByHttp, round.events, qint64(round.unanswered), qint64(round.replayed),
                    round.startMs, m_ledger.lost, m_ledger.reused);
        std::fflush(stdout);
        sum.acknowledged += round.acknowledged;
        sum.acknowledgedByHttp += round.acknowledgedByHttp;
        sum.events += round.events;
        sum.unanswered += round.unanswered;
        sum.replayed += round.replayed;
    }
    QVERIFY(startServer());
    {
        RawClient client;
        QVERIFY(client.open(m_server->url(), ServerExecutable::token(u"writer"_s)));
        QVERIFY(verify(client, sum));
    }
    m_server->kill();
    std::printf("%6s%14d%9d%14d%12lld%10lld%10s%6d%8d\n", "sum", sum.acknowledged, sum.acknowledgedByHttp,
                sum.events, qint64(sum.unanswered), qint64(sum.replayed), "", m_ledger.lost, m_ledger.reused);
    QCOMPARE(m_ledger.lost, 0);
    QCOMPARE(m_ledger.reused, 0);
    QVERIFY(sum.acknowledged > rounds);
    QVERIFY(sum.acknowledgedByHttp > rounds);
}

QTEST_GUILESS_MAIN(tst_Kill)
#include "tst_kill.moc"
