#include "storelog.h"

#include <QtCore/qrandom.h>
#include <QtCore/qregularexpression.h>

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! Removes item 0 from within the news of it, and leaves.
class Meddler final : public CollectionObserver
{
public:
    explicit Meddler(CollectionStore &store) : m_store(store) { store.observers.add(this); }
    void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
    void itemsInserted(qsizetype, std::span<const ItemPtr> items) override
    {
        if (items.front()->index() == 0)
            play(m_store, u"r0@2"_s);
    }
    void itemsRemoved(qsizetype, std::span<const ItemPtr>) override { m_store.observers.remove(this); }
    void itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &) override { }
    [[nodiscard]] Shown shown() const override { return { Cut::bottom(), Cut::top() }; }
    void itemEvent(const ItemEvent &) override { }

private:
    CollectionStore &m_store;
};

} // namespace

class tst_CollectionStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scripts_data();
    void scripts();
    void neighboursOfOneTurnAreOneRun_data();
    void neighboursOfOneTurnAreOneRun();
    void waitingOrNotEndsTheSame();
    void anyOrderEndsTheSame();
    void pagesAppearAsRuns();
    void pagesOutOfOrderAreSetRight();
    void pageThatOvertakesAnEventReportsItOnce();
    void eventsLeaveTheRestAsItWas();
    void olderNewsTellWhenTheItemWasMade();
    void removalsOfLongAgoAreForgotten();
    void changesFromObserversWait();
    void changesFromObserversComeAfterTheEvent();
    void whatWaitsIsAppliedAfterAPause();
    void pageThatOvertakesAWaitingEventReportsItOnce_data();
    void pageThatOvertakesAWaitingEventReportsItOnce();
};

void tst_CollectionStore::scripts_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("log");
    const auto row = [](const char *name, const char *steps, const char *log) {
        QTest::newRow(name) << QString::fromLatin1(steps) << QString::fromLatin1(log);
    };
    row("SUB-15 in order", "a0@1 u0@2 r0@3",
        "rows 0+1; added 0 [1]; row 0; updated 0 [2]; rows 0-1; removed 0 [2]");
    row("SUB-16 late removal", "a0@1 a0@3 r0@2", "rows 0+1; added 0 [1]; row 0; updated 0 [3]");
    row("SUB-17 comes back", "a0@1 r0@2 a0@3",
        "rows 0+1; added 0 [1]; rows 0-1; removed 0 [1]; rows 0+1; added 0 [3]");
    row("SUB-18 removed twice", "a0@1 r0@2 r0@2", "rows 0+1; added 0 [1]; rows 0-1; removed 0 [1]");
    // What was not known changes no row; that it is gone is told once all the same.
    row("OFF-13 unknown, then known", "r0@0 r0@0 a0@1 r0@2 r0@2",
        "removed 0 [0]; rows 0+1; added 0 [1]; rows 0-1; removed 0 [1]");
    row("everything twice", "a0@1 a0@1 u0@2 u0@2", "rows 0+1; added 0 [1]; row 0; updated 0 [2]");
    row("echo of an own push", "A0@1 a0@1", "rows 0+1; added 0 [1] local");
    row("echo before the reply", "a0@1 A0@1", "rows 0+1; added 0 [1]");
    row("echo of an own update", "a0@1 U0@2 u0@2", "rows 0+1; added 0 [1]; row 0; updated 0 [2] local");
    row("echo of an own removal", "a0@1 R0@2 r0@2", "rows 0+1; added 0 [1]; rows 0-1; removed 0 [1] local");
    row("reply overtaken by others", "a0@1 u0@3 U0@2 u0@2", "rows 0+1; added 0 [1]; row 0; updated 0 [3]");
    row("added after its removal", "r0@2 a0@1", "removed 0 [2]");
    row("old read after a removal", "a0@1 r0@2 p0@1", "rows 0+1; added 0 [1]; rows 0-1; removed 0 [1]");
    row("update of an unknown item", "u5@2", "rows 0+1; updated 5 [2]");
    row("read, then its event", "p0@4 a0@4 a0@4", "rows 0+1; added 0 [4]");
    row("newer read of a known item", "a0@1 p0@2 u0@2", "rows 0+1; added 0 [1]; row 0; updated 0 [2]");
}

void tst_CollectionStore::scripts()
{
    QFETCH(QString, steps);
    QFETCH(QString, log);
    CollectionStore store(CollectionStore::Kind::List);
    const Replica replica(store);
    for (const QString &step : steps.split(u' '))
        play(store, step);
    QCOMPARE(replica.log.join(u"; "_s), log);
}

void tst_CollectionStore::neighboursOfOneTurnAreOneRun_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("log");
    const auto row = [](const char *name, const char *steps, const char *log) {
        QTest::newRow(name) << QString::fromLatin1(steps) << QString::fromLatin1(log);
    };
    // Items 2, 4 and 6 are there.
    row("one", "a7@7", "rows 3+1; added 7 [7]");
    row("appended", "a7@7 a8@8 a9@9", "rows 3+3; added 7 [7]; added 8 [8]; added 9 [9]");
    row("with a gap in the indexes", "a7@7 a20@8", "rows 3+2; added 7 [7]; added 20 [8]");
    row("a known item between", "a3@7 a5@8", "rows 1+1; added 3 [7]; rows 3+1; added 5 [8]");
    row("in descending order", "a8@7 a7@8", "rows 3+1; added 8 [7]; rows 3+1; added 7 [8]");
    row("added twice", "a7@7 a7@7 a8@8", "rows 3+1; added 7 [7]; rows 4+1; added 8 [8]");
    row("added and updated", "a7@7 u7@8 a8@9",
        "rows 3+1; added 7 [7]; row 3; updated 7 [8]; rows 4+1; added 8 [9]");
    row("a known one updated between", "a7@7 u2@8 a8@9",
        "rows 3+1; added 7 [7]; row 0; updated 2 [8]; rows 4+1; added 8 [9]");
    row("added and removed", "a7@7 r7@8", "rows 3+1; added 7 [7]; rows 3-1; removed 7 [7]");
    row("a reply between", "a7@7 A8@8 a9@9",
        "rows 3+1; added 7 [7]; rows 4+1; added 8 [8] local; rows 5+1; added 9 [9]");
    row("one that was not known", "u7@7 a8@8", "rows 3+2; updated 7 [7]; added 8 [8]");
    row("removed upwards", "r2@7 r4@8 r6@9", "rows 0-3; removed 2 [2]; removed 4 [4]; removed 6 [6]");
    row("removed downwards", "r6@7 r4@8", "rows 1-2; removed 6 [6]; removed 4 [4]");
    row("removed from the middle", "r4@7 r6@8 r2@9", "rows 0-3; removed 4 [4]; removed 6 [6]; removed 2 [2]");
    row("removed apart", "r2@7 r6@8", "rows 0-1; removed 2 [2]; rows 1-1; removed 6 [6]");
    row("removed twice", "r2@7 r2@7 r4@8", "rows 0-1; removed 2 [2]; rows 0-1; removed 4 [4]");
    row("removed and added again", "r4@7 a4@8", "rows 1-1; removed 4 [4]; rows 1+1; added 4 [8]");
    row("late removal", "r4@3 r2@7", "rows 0-1; removed 2 [2]");
    row("removal of what is not known", "r2@7 r5@8 r4@9",
        "rows 0-1; removed 2 [2]; removed 5 [8]; rows 0-1; removed 4 [4]");
}

void tst_CollectionStore::neighboursOfOneTurnAreOneRun()
{
    QFETCH(QString, steps);
    QFETCH(QString, log);
    CollectionStore store(CollectionStore::Kind::List);
    Replica replica(store);
    for (const auto *step : { "a2@2", "a4@4", "a6@6" })
        play(store, QString::fromLatin1(step));
    replica.log.clear();
    CollectionStore atOnce(CollectionStore::Kind::List);
    const Replica reference(atOnce);
    for (const auto *step : { "a2@2", "a4@4", "a6@6" })
        play(atOnce, QString::fromLatin1(step));
    const QStringList all = steps.split(u' ');
    for (const QString &step : all) {
        enqueue(store, step);
        play(atOnce, step);
    }
    store.flush();
    QVERIFY(!store.isWaiting());
    QCOMPARE(replica.log.join(u"; "_s), log);
    QCOMPARE(replica.state(), reference.state());
    QCOMPARE(store.root.updated, atOnce.root.updated);
    const auto events = [](const QStringList &lines) { return lines.filter(QRegularExpression(u"ed "_s)); };
    QCOMPARE(events(replica.log), events(reference.log).mid(3));
}

//! Events of few items in a row, in short turns: they join, part and follow runs in every way.
void tst_CollectionStore::waitingOrNotEndsTheSame()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    for (int round = 0; round < 200 && !QTest::currentTestFailed(); ++round) {
        CollectionStore store(CollectionStore::Kind::List);
        const Replica replica(store);
        CollectionStore atOnce(CollectionStore::Kind::List);
        const Replica reference(atOnce);
        int index = 0;
        for (int id = 1; id <= 60; ++id) {
            index = random.bounded(2) ? (index + 1) % 12 : random.bounded(12);
            const QString step = QStringLiteral("%1%2@%3")
                                         .arg(QStringLiteral("aaurrp").at(random.bounded(6)))
                                         .arg(index)
                                         .arg(random.bounded(5) ? id : random.bounded(id) + 1);
            enqueue(store, step);
            play(atOnce, step);
            if (random.bounded(6) == 0)
                store.flush();
        }
        store.flush();
        QCOMPARE(replica.state(), reference.state());
        QCOMPARE(std::size_t(store.items().size()), replica.rows.size());
        for (std::size_t row = 0; row < replica.rows.size(); ++row)
            QCOMPARE(store.items().at(qsizetype(row)), replica.rows[row]);
        QCOMPARE(replica.log.filter(QRegularExpression(u"ed "_s)),
                 reference.log.filter(QRegularExpression(u"ed "_s)));
    }
}

//! Five changes of an item and its neighbour in every order, with a read in every slot.
void tst_CollectionStore::anyOrderEndsTheSame()
{
    QStringList steps { u"a0@1"_s, u"a1@2"_s, u"U1@3"_s, u"r0@4"_s, u"u1@5"_s };
    std::sort(steps.begin(), steps.end());
    int orders = 0;
    do {
        for (qsizetype slot = 0; slot <= steps.size(); ++slot) {
            CollectionStore store(CollectionStore::Kind::List);
            const Replica replica(store);
            QStringList all = steps;
            all.insert(slot, u"p1@2"_s);
            for (const QString &step : std::as_const(all))
                play(store, step);
            QVERIFY2(replica.state() == u"1=[5]"_s, qPrintable(all.join(u' ') + u": "_s + replica.state()));
            QCOMPARE(replica.log.filter(u"removed 0"_s).size(), 1);
            QCOMPARE(store.items().size(), 1);
        }
        ++orders;
    } while (std::next_permutation(steps.begin(), steps.end()));
    QCOMPARE(orders, 120);
}

void tst_CollectionStore::pagesAppearAsRuns()
{
    CollectionStore store(CollectionStore::Kind::List);
    Replica replica(store);
    play(store, u"a5@9"_s);
    play(store, u"a2@8"_s);
    play(store, u"r4@7"_s);
    replica.log.clear();
    std::vector<ItemFields> page;
    for (qint64 index = 0; index < 8; ++index)
        page.push_back(fields(index, index));
    store.applyPage(page);
    QCOMPARE(replica.log.join(u"; "_s), u"rows 0+2; rows 3+1; rows 5+2"_s);
    QCOMPARE(replica.state(), u"0={} 1={} 2=[8] 3={} 5=[9] 6={} 7={}"_s);
}

// Not that the service sends such: the rows must be right all the same.
void tst_CollectionStore::pagesOutOfOrderAreSetRight()
{
    CollectionStore store(CollectionStore::Kind::List);
    Replica replica(store);
    play(store, u"a4@1"_s);
    replica.log.clear();
    store.applyPage({ fields(5, 2), fields(6, 2), fields(4, 3, "[3]"), fields(2, 2), fields(1, 2),
                      fields(1, 2), fields(3, 2) });
    QCOMPARE(replica.log.join(u"; "_s), u"rows 1+2; row 0; updated 4 [3]; rows 0+1; rows 0+1; rows 2+1"_s);
    QCOMPARE(replica.state(), u"1={} 2={} 3={} 4=[3] 5={} 6={}"_s);
}

void tst_CollectionStore::pageThatOvertakesAnEventReportsItOnce()
{
    CollectionStore store(CollectionStore::Kind::List);
    store.root.lastEventId = 4;
    const Replica replica(store);
    store.applyPage({ fields(0, 3), fields(1, 5) });
    play(store, u"a0@3"_s); // before the cursor: not ours to report
    play(store, u"a1@5"_s);
    play(store, u"a1@5"_s);
    QCOMPARE(replica.log.join(u"; "_s), u"rows 0+2; added 1 {}"_s);
}

void tst_CollectionStore::eventsLeaveTheRestAsItWas()
{
    CollectionStore store(CollectionStore::Kind::List);
    ItemFields first = fields(0, 1);
    first.created = 500;
    first.expires = 9000;
    store.apply(first, CollectionStore::Source::Read);
    store.apply(fields(0, 2), CollectionStore::Source::UpdatedEvent, false);
    QCOMPARE(store.items().at(0)->created(), 500);
    QCOMPARE(store.items().at(0)->expires(), 9000);
    QCOMPARE(store.root.updated, 1002);
    store.apply(fields(0, 3), CollectionStore::Source::UpdatedEvent, true);
    QCOMPARE(store.items().at(0)->expires(), noTime);
}

//! Found by seeds 36 and 88 of tests/convergence: updates came first, and dateCreated stayed unknown.
void tst_CollectionStore::olderNewsTellWhenTheItemWasMade()
{
    CollectionStore store(CollectionStore::Kind::List);
    const Replica replica(store);
    play(store, u"u0@5"_s);
    QCOMPARE(store.items().at(0)->created(), noTime);
    ItemFields news = fields(0, 5, "[5]");
    news.created = 500;
    store.apply(news, CollectionStore::Source::Read);
    QCOMPARE(store.items().at(0)->created(), 500);
    QCOMPARE(replica.log.join(u"; "_s), u"rows 0+1; updated 0 [5]; row 0"_s);
    // Removed and made again in between.
    news = fields(0, 4);
    news.created = 700;
    store.apply(news, CollectionStore::Source::AddedEvent);
    news.created = 600;
    store.apply(news, CollectionStore::Source::AddedEvent);
    QCOMPARE(store.items().at(0)->created(), 700);
    QCOMPARE(store.items().at(0)->json(), QByteArrayView("[5]"));
}

void tst_CollectionStore::removalsOfLongAgoAreForgotten()
{
    constexpr qint64 kept = CollectionStore::eventsRemembered;
    CollectionStore store(CollectionStore::Kind::List);
    qint64 id = -1;
    const auto comeAndGo = [&](qint64 index) {
        for (const char *const step : { "a", "r" }) {
            ++id;
            QVERIFY(store.root.noteEvent(id, false));
            play(store, QString::fromLatin1(step) + u"%1@%2"_s.arg(index).arg(id));
        }
    };
    const auto forget = [&](qint64 answered) {
        store.forgetOldEvents(answered);
        return store.root.staleTo;
    };
    qint64 index = 0;
    for (; index < 2 * kept - 1; ++index)
        comeAndGo(index);
    QCOMPARE(forget(id), -1); // so few are not worth it
    comeAndGo(index);
    // A page that was asked for after event 99 may still bring an item that went with 101
    QCOMPARE(forget(99), 99);
    QVERIFY(!store.isTombstone({ 49, {} }) && store.isTombstone({ 50, {} }));
    play(store, u"p50@100"_s);
    QCOMPARE(store.items().size(), 0);
    for (qint64 more = 0; more < 2 * kept; ++more)
        comeAndGo(++index);
    QCOMPARE(forget(id), id - kept);
    QVERIFY(!store.isTombstone({ index - kept / 2, {} }) && store.isTombstone({ index - kept / 2 + 1, {} }));
    QVERIFY(!store.root.noteEvent(id - kept, false));
    QVERIFY(store.root.noteEvent(id - kept + 1, false));
    play(store, u"p%1@%2"_s.arg(index).arg(id - 1));
    QCOMPARE(store.items().size(), 0);
}

void tst_CollectionStore::changesFromObserversWait()
{
    CollectionStore store(CollectionStore::Kind::List);
    const Meddler meddler(store);
    const Replica replica(store);
    play(store, u"a0@1"_s);
    QCOMPARE(replica.log.join(u"; "_s), u"rows 0+1; added 0 [1]; rows 0-1; removed 0 [1]"_s);
    play(store, u"a0@3"_s);
    QCOMPARE(replica.rows.size(), std::size_t(1));
}

// Item 0 appears because item 3 comes, whose event is the earlier one.
void tst_CollectionStore::changesFromObserversComeAfterTheEvent()
{
    CollectionStore store(CollectionStore::Kind::List);
    const Meddler meddler(store);
    const Replica replica(store);
    play(store, u"a2@1"_s);
    enqueue(store, u"a0@1"_s);
    enqueue(store, u"a3@3"_s);
    store.flush();
    QCOMPARE(
            replica.log.join(u"; "_s),
            u"rows 0+1; added 2 [1]; rows 0+1; added 0 [1]; rows 2+1; added 3 [3]; rows 0-1; removed 0 [1]"_s);
    QCOMPARE(replica.state(), u"2=[1] 3=[3]"_s);
}

// The turn ends in a slot's event loop, while rows are changing.
void tst_CollectionStore::whatWaitsIsAppliedAfterAPause()
{
    CollectionStore store(CollectionStore::Kind::List);
    const Replica replica(store);
    play(store, u"a0@1"_s);
    enqueue(store, u"r0@2"_s);
    {
        const CollectionStore::Pause pause(store);
        store.flush();
        QCOMPARE(replica.state(), u"0=[1]"_s);
    }
    QCOMPARE(replica.state(), QString());
}

void tst_CollectionStore::pageThatOvertakesAWaitingEventReportsItOnce_data()
{
    QTest::addColumn<QStringList>("steps");
    QTest::addColumn<QString>("log");
    QTest::newRow("page, then added") << QStringList { u"p0@4"_s, u"a0@4"_s } << u"rows 0+1; added 0 [4]"_s;
    QTest::newRow("added, then page") << QStringList { u"a0@4"_s, u"p0@4"_s } << u"rows 0+1; added 0 [4]"_s;
    QTest::newRow("page, then updated")
            << QStringList { u"p0@4"_s, u"u0@4"_s } << u"rows 0+1; updated 0 [4]"_s;
    QTest::newRow("page, then both") << QStringList { u"p0@5"_s, u"a0@4"_s, u"u0@5"_s }
                                     << u"rows 0+1; updated 0 [5]"_s;
}

// A slot of a row runs an event loop, which brings both.
void tst_CollectionStore::pageThatOvertakesAWaitingEventReportsItOnce()
{
    QFETCH(QStringList, steps);
    QFETCH(QString, log);
    CollectionStore store(CollectionStore::Kind::List);
    const Replica replica(store);
    {
        const CollectionStore::Pause pause(store);
        for (const QString &step : steps)
            play(store, step);
        QCOMPARE(replica.state(), QString());
    }
    QCOMPARE(replica.log.join(u"; "_s), log);
}

QTEST_APPLESS_MAIN(tst_CollectionStore)
#include "tst_collectionstore.moc"
