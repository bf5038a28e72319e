#include "datafixture.h"

#include <QtCore/qmap.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// A log that forgets brings every client to the state to which one that forgets nothing would bring it.
class tst_Compaction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCursorReachesTheEndState_data();
    void everyCursorReachesTheEndState();
    void whatIsNeededStays();
    void logFollowsTheData();

private:
    // What a client knows: items by index and key, the context under "context".
    using State = QMap<QString, QByteArray>;
    static void apply(const Change &change, State &state);
};

void tst_Compaction::apply(const Change &change, State &state)
{
    const EventRecord &record = change.record;
    const QString name = QString::number(record.item.index) + u'/' + record.item.key;
    if (record.type == EventType::ContextUpdated)
        state[u"context"_s] = record.data;
    else if (record.type == EventType::ItemRemoved)
        state.remove(name);
    else
        state[name] = record.data;
}

void tst_Compaction::everyCursorReachesTheEndState_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<int>("events"); // of history
    QTest::addColumn<int>("bytes");
    for (const char *collection : { "Lists", "Maps" }) {
        QTest::addRow("%s, nothing kept", collection) << QByteArray(collection) << 0 << 0;
        QTest::addRow("%s, a few events", collection) << QByteArray(collection) << 7 << 1'000'000;
        QTest::addRow("%s, a few bytes", collection) << QByteArray(collection) << 1'000'000 << 100;
    }
}

void tst_Compaction::everyCursorReachesTheEndState()
{
    QFETCH(QByteArray, collection);
    QFETCH(int, events);
    QFETCH(int, bytes);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const bool isList = collection == "Lists";
    DataFixture server;
    server.data->setHistory({ events, bytes });
    QList<Change> told;
    QObject::connect(server.data.get(), &SyncData::changed, server.data.get(),
                     [&](const Change &change) { told << change; });
    const QByteArray path = server.create(collection);
    const ObjectRef object { DataFixture::sidOf(path), isList ? ObjectKind::List : ObjectKind::Map };
    while (told.size() < 400) {
        const QByteArray item = path + "/Items/" + QByteArray::number(random.bounded(isList ? 60 : 9));
        const QByteArray body = "{\"data\":{\"n\":" + QByteArray::number(random.generate()) + "}}";
        const int what = random.bounded(10);
        if (what < 3)
            server.call("DELETE", item);
        else if (what == 3 && isList)
            server.call("POST", path + "/Context", body);
        else if (what < 6 && isList)
            server.call("POST", path + "/Items", body);
        else
            server.call(isList ? "POST" : "PUT", item, body);
    }
    State end;
    for (const Change &change : std::as_const(told))
        apply(change, end);
    qsizetype replayed = 0;
    State known;
    for (qint64 cursor = -1; cursor < told.size(); ++cursor) {
        if (cursor >= 0)
            apply(told[cursor], known);
        State state = known;
        qint64 at = cursor;
        for (bool more = true; more;) {
            const auto found = server.replay(object, at, 1 + random.bounded(20));
            const auto &replay = std::get<Replay>(found);
            for (const Change &change : replay.changes) {
                QVERIFY(change.record.id > at);
                at = change.record.id;
                apply(change, state);
                ++replayed;
            }
            more = replay.interrupted;
            QCOMPARE(*replay.lastEventId, more ? at : told.last().record.id);
        }
        QCOMPARE(state, end);
    }
    QVERIFY(replayed < told.size() * told.size() / 2); // a good deal has been forgotten
}

void tst_Compaction::whatIsNeededStays()
{
    DataFixture server;
    server.data->setHistory({ 0, 0 });
    const QByteArray map = server.create("Maps");
    const ObjectRef object { DataFixture::sidOf(map), ObjectKind::Map };
    server.call("PUT", map + "/Items/gone", R"({"data":{"n":1}})");
    server.call("PUT", map + "/Items/kept", R"({"data":{"n":1}})");
    server.call("PUT", map + "/Items/kept", R"({"data":{"n":2}})");
    server.call("DELETE", map + "/Items/gone");
    server.call("PUT", map + "/Items/back", R"({"data":{"n":1}})");
    server.call("DELETE", map + "/Items/back");
    server.call("PUT", map + "/Items/back", R"({"data":{"n":3}})");
    QByteArrayList told;
    for (const auto &event : server.replayed(object)) {
        const QJsonObject json = DataFixture::json(event.json);
        told << QByteArray::number(event.id) + ' ' + event.type + ' ' + json[u"item_key"].toString().toUtf8()
                        + ' ' + QJsonDocument(json[u"item_data"].toObject()).toJson(QJsonDocument::Compact);
    }
    QCOMPARE(told.join("; "),
             QByteArray(R"(2 map_item_updated kept {"n":2}; 3 map_item_removed gone {}; )"
                        R"(6 map_item_added back {"n":3})"));
    QCOMPARE(server.replayed(object, 3).size(), 1);
}

void tst_Compaction::logFollowsTheData()
{
    DataFixture server;
    const QByteArray list = server.create("Lists");
    const ObjectRef object { DataFixture::sidOf(list), ObjectKind::List };
    server.call("POST", list + "/Items", R"({"data":{}})");
    for (int i = 0; i < 10'000; ++i)
        server.call("POST", list + "/Items/0", R"({"data":{"n":1}})");
    const qsizetype kept = server.replayed(object).size();
    QVERIFY2(kept > 1000 && kept < 5000, qPrintable(QString::number(kept)));
}

QTEST_GUILESS_MAIN(tst_Compaction)
#include "tst_compaction.moc"
