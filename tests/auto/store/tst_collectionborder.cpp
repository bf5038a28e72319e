#include "shared/storeplay.h"
#include "storelog.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qrandom.h>
#include <QtCore/qregularexpression.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! News that come before their time, and such that are none.
class tst_CollectionBorder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { QLoggingCategory::setFilterRules({}); }
    void updateBeforeItsAddition_data();
    void updateBeforeItsAddition();
    void itemsOfTheOtherKindAreDropped_data();
    void itemsOfTheOtherKindAreDropped();
    void whatObserversAreToldIsWhatThereIs_data();
    void whatObserversAreToldIsWhatThereIs();
};

void tst_CollectionBorder::updateBeforeItsAddition_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("log");
    const auto row = [](const char *name, const char *steps, const char *log) {
        QTest::newRow(name) << QString::fromLatin1(steps) << QString::fromLatin1(log);
    };
    row("one", "u5@2 a5@1", "rows 0+1; added 5 [2]");
    row("two", "u5@2 u5@3 a5@1", "rows 0+1; row 0; added 5 [3]");
    row("none: it has overtaken another item's", "u5@2 a4@1",
        "rows 0+1; rows 0+1; added 4 [1]; updated 5 [2]");
    row("none: nothing is missing", "u5@1", "rows 0+1; updated 5 [1]");
    row("removal, too", "u5@2 r5@3 a5@1", "rows 0+1; rows 0-1; removed 5 [2]");
    row("reply to our own addition", "u5@2 A5@1 a5@1", "rows 0+1; added 5 [2] local");
    row("reply to our own update", "u5@2 U5@3 a5@1", "rows 0+1; row 0; updated 5 [3] local");
    row("twice", "u5@2 u5@2 a5@1 a5@1", "rows 0+1; added 5 [2]");
}

//! Events as they come over the wire, some before others; at once, and at the end of their turn.
void tst_CollectionBorder::updateBeforeItsAddition()
{
    QFETCH(QString, steps);
    QFETCH(QString, log);
    for (const bool waits : { false, true }) {
        CollectionStore store(CollectionStore::Kind::List);
        store.root.lastEventId = 0;
        const Replica replica(store);
        for (const QString &step : steps.split(u' ')) {
            if (waits)
                enqueue(store, step, false);
            else
                play(store, step, false);
        }
        store.flush();
        QCOMPARE(replica.log.filter(QRegularExpression(u"ed "_s)),
                 log.split(u"; "_s).filter(QRegularExpression(u"ed "_s)));
        if (!waits)
            QCOMPARE(replica.log.join(u"; "_s), log);
    }
}

void tst_CollectionBorder::itemsOfTheOtherKindAreDropped_data()
{
    QTest::addColumn<bool>("isList");
    QTest::addColumn<qint64>("index");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("key in a list") << true << qint64(-1) << QByteArray("k");
    QTest::newRow("both in a list") << true << qint64(3) << QByteArray("k");
    QTest::newRow("neither in a list") << true << qint64(-1) << QByteArray();
    QTest::newRow("negative index") << true << qint64(-5) << QByteArray();
    QTest::newRow("index in a map") << false << qint64(3) << QByteArray();
    QTest::newRow("both in a map") << false << qint64(3) << QByteArray("k");
    QTest::newRow("neither in a map") << false << qint64(-1) << QByteArray();
}

void tst_CollectionBorder::itemsOfTheOtherKindAreDropped()
{
    QFETCH(bool, isList);
    QFETCH(qint64, index);
    QFETCH(QByteArray, key);
    CollectionStore store(isList ? CollectionStore::Kind::List : CollectionStore::Kind::Map);
    const Replica replica(store);
    ItemFields good = fields(isList ? 1 : -1, 1);
    good.key = isList ? QByteArrayView() : QByteArrayView("a");
    ItemFields bad = fields(index, 2);
    bad.key = key;
    QLoggingCategory::setFilterRules(u"twilio.sync.store.warning=true"_s);
    const QRegularExpression warning(u"dropped an item of .* without "_s);
    for (int i = 0; i < 6; ++i)
        QTest::ignoreMessage(QtWarningMsg, warning);
    store.apply(bad, CollectionStore::Source::AddedEvent);
    store.applyPage({ bad, good });
    for (const auto kind : { ItemEvent::Kind::Added, ItemEvent::Kind::Updated, ItemEvent::Kind::Removed })
        QVERIFY(store.receive({ .kind = kind, .item = bad }));
    store.applyRemoval(bad, true);
    store.flush();
    QCOMPARE(replica.log, QStringList(u"rows 0+1"_s));
}

void tst_CollectionBorder::whatObserversAreToldIsWhatThereIs_data()
{
    QTest::addColumn<bool>("isList");
    QTest::newRow("list") << true;
    QTest::newRow("map") << false;
}

//! News of items of both kinds in any order, from slots, too; drops and pauses. tests/fuzz plays the same.
void tst_CollectionBorder::whatObserversAreToldIsWhatThereIs()
{
    QFETCH(bool, isList);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    for (int round = 0; round < 400; ++round) {
        QByteArray bytes(200, Qt::Uninitialized);
        for (char &byte : bytes)
            byte = char(random.generate());
        const QString difference =
                StorePlay(isList ? CollectionStore::Kind::List : CollectionStore::Kind::Map).run(bytes);
        QVERIFY2(difference.isEmpty(), qPrintable(u"round %1: %2"_s.arg(round).arg(difference)));
    }
}

QTEST_APPLESS_MAIN(tst_CollectionBorder)
#include "tst_collectionborder.moc"
