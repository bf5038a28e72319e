#include "storelog.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// A store that begins with a part of what was kept: the rest comes piece by piece, and is older than all that
// has happened meanwhile.
class tst_Kept : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatHappensInBetweenIsNewer_data();
    void whatHappensInBetweenIsNewer();
    void coverageGrowsByWhatHasBeenTaken();
    void nothingIsForgottenMeanwhile();
    void expiry();
    void observersKnowWhatWasKept();

private:
    static ItemPtr item(qint64 index, qint64 id)
    {
        return ItemPtr::make(fields(index, id, '[' + QByteArray::number(id) + ']'));
    }
    static void adopt(CollectionStore &store)
    {
        Protocol::RootResource resource;
        resource.sid = "ES1";
        resource.lastEventId = 10;
        store.root.adopt(resource, true);
    }
    //! Items 0 and 1 of ten are there, as of event 10.
    static void begin(CollectionStore &store)
    {
        adopt(store);
        Coverage all;
        all.add(Cut::bottom(), Cut::top());
        store.restore({ item(0, 0), item(1, 1) }, all, Cut::bottom(), after(1));
    }
    static Cut after(qint64 index) { return Cut::after(ItemKey { index, {} }); }
};

void tst_Kept::whatHappensInBetweenIsNewer_data()
{
    QTest::addColumn<QStringList>("steps");
    QTest::addColumn<QString>("state");
    QTest::newRow("nothing") << QStringList() << u"0=[0] 1=[1] 2=[2] 3=[3] 4=[4]"_s;
    QTest::newRow("updated") << QStringList { u"u3@11"_s } << u"0=[0] 1=[1] 2=[2] 3=[11] 4=[4]"_s;
    QTest::newRow("removed") << QStringList { u"r3@11"_s } << u"0=[0] 1=[1] 2=[2] 4=[4]"_s;
    QTest::newRow("updated and removed")
            << QStringList { u"u3@11"_s, u"r3@12"_s } << u"0=[0] 1=[1] 2=[2] 4=[4]"_s;
    QTest::newRow("removed and added")
            << QStringList { u"r3@11"_s, u"a3@12"_s } << u"0=[0] 1=[1] 2=[2] 3=[12] 4=[4]"_s;
    QTest::newRow("all removed") << QStringList { u"r2@11"_s, u"r3@12"_s, u"r4@13"_s } << u"0=[0] 1=[1]"_s;
    QTest::newRow("set by us") << QStringList { u"U3@11"_s } << u"0=[0] 1=[1] 2=[2] 3=[11] 4=[4]"_s;
    QTest::newRow("removed by us") << QStringList { u"R3@11"_s } << u"0=[0] 1=[1] 2=[2] 4=[4]"_s;
    QTest::newRow("read in a newer state")
            << QStringList { u"p3@11"_s } << u"0=[0] 1=[1] 2=[2] 3=[11] 4=[4]"_s;
    QTest::newRow("added behind") << QStringList { u"a5@11"_s } << u"0=[0] 1=[1] 2=[2] 3=[3] 4=[4] 5=[11]"_s;
    QTest::newRow("updated where it was read")
            << QStringList { u"u0@11"_s } << u"0=[11] 1=[1] 2=[2] 3=[3] 4=[4]"_s;
}

void tst_Kept::whatHappensInBetweenIsNewer()
{
    QFETCH(QStringList, steps);
    QFETCH(QString, state);
    for (const bool isDescending : { false, true }) {
        CollectionStore store(CollectionStore::Kind::List);
        begin(store);
        Replica replica(store);
        replica.rows = { store.items().at(0), store.items().at(1) };
        for (const QString &step : std::as_const(steps))
            play(store, step);
        const QStringList told = replica.log;
        if (isDescending)
            store.takeKept({ item(4, 4), item(3, 3), item(2, 2) }, after(1), Cut::top());
        else
            store.takeKept({ item(2, 2), item(3, 3), item(4, 4) }, after(1), Cut::top());
        store.endKept();
        QCOMPARE(replica.state(), state);
        for (const QString &line : replica.log.mid(told.size()))
            QVERIFY2(line.startsWith("row"_L1), qPrintable(line)); // nothing has happened
        QVERIFY(store.coverage.isComplete());
        QVERIFY(!store.awaitsKept());
    }
}

void tst_Kept::coverageGrowsByWhatHasBeenTaken()
{
    CollectionStore store(CollectionStore::Kind::List);
    adopt(store);
    Coverage known;
    known.add(Cut::bottom(), after(3));
    known.add(after(7), Cut::top());
    store.restore({ item(0, 0), item(1, 1) }, known, Cut::bottom(), after(1));
    QVERIFY(store.coverage.upTo(Cut::bottom()) == after(1));
    QVERIFY(store.toCome().upTo(after(1)) == after(3));
    store.takeKept({ item(2, 2), item(5, 5) }, after(1), after(5));
    QVERIFY(store.coverage.upTo(Cut::bottom()) == after(3)); // nothing is known of 4
    QVERIFY(!store.toCome().contains(ItemKey { 2, {} }));
    QVERIFY(store.toCome().contains(ItemKey { 8, {} }));
    QVERIFY(store.awaitsKept());
    store.endKept(); // the rest cannot be had
    QVERIFY(!store.coverage.contains(ItemKey { 8, {} }));
    QVERIFY(store.toCome().isEmpty());
}

void tst_Kept::nothingIsForgottenMeanwhile()
{
    CollectionStore store(CollectionStore::Kind::List);
    begin(store);
    store.mostUnseen = 0;
    constexpr qint64 many = 3 * CollectionStore::eventsRemembered;
    play(store, u"r3@11"_s);
    for (qint64 i = 0; i < many; ++i) {
        play(store, u"r%1@%2"_s.arg(100 + i).arg(12 + i));
        store.forgetOldEvents(12 + i);
    }
    QVERIFY(!store.isWorthDropping());
    store.dropUnseen(many, {});
    QCOMPARE(store.items().size(), 2);
    store.takeKept({ item(2, 2), item(3, 3) }, after(1), Cut::top());
    QVERIFY(!store.items().find(ItemKey { 3, {} }));
    store.endKept();
    store.forgetOldEvents(many);
    QVERIFY(!store.isTombstone(ItemKey { 3, {} }));
}

void tst_Kept::expiry()
{
    CollectionStore store(CollectionStore::Kind::List);
    begin(store);
    const auto update = [&](qint64 index, qint64 id, bool knowsExpires) {
        store.receive({ .kind = ItemEvent::Kind::Updated,
                        .item = fields(index, id, "[9]"),
                        .knowsExpires = knowsExpires,
                        .isInOrder = true });
        store.flush();
    };
    update(2, 11, false);
    update(3, 12, true);
    std::vector<ItemPtr> kept;
    for (const qint64 index : { 2, 3 }) {
        ItemFields old = fields(index, index, "[0]");
        old.expires = 5000;
        old.created = 500;
        kept.push_back(ItemPtr::make(old));
    }
    store.takeKept(kept, after(1), Cut::top());
    const ItemPtr unknown = store.items().find(ItemKey { 2, {} });
    QCOMPARE(unknown->json().toByteArray(), QByteArray("[9]"));
    QCOMPARE(unknown->expires(), qint64(5000));
    QCOMPARE(unknown->created(), qint64(500));
    const ItemPtr endless = store.items().find(ItemKey { 3, {} });
    QCOMPARE(endless->expires(), noTime);
    QCOMPARE(endless->created(), qint64(500));
}

void tst_Kept::observersKnowWhatWasKept()
{
    class Watcher final : public CollectionObserver
    {
    public:
        explicit Watcher(CollectionStore &watched) : store(watched) { store.observers.add(this); }
        ~Watcher() { store.observers.remove(this); }
        void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
        void itemsInserted(qsizetype, std::span<const ItemPtr>) override
        {
            log << (store.changeInFlight()->isKept ? u"kept"_s : u"new"_s);
        }
        void itemsRemoved(qsizetype, std::span<const ItemPtr>) override { }
        void itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &) override { log << u"replaced"_s; }
        [[nodiscard]] Shown shown() const override { return { Cut::bottom(), Cut::top() }; }
        void itemEvent(const ItemEvent &) override { }
        void keptTaken() override { log << u"taken"_s; }

        CollectionStore &store;
        QStringList log;
    };
    CollectionStore store(CollectionStore::Kind::List);
    begin(store);
    Watcher watcher(store);
    play(store, u"a5@11"_s);
    store.takeKept({ item(2, 2) }, after(1), after(2));
    play(store, u"a6@12"_s);
    store.endKept();
    QCOMPARE(watcher.log, QStringList({ u"new"_s, u"kept"_s, u"taken"_s, u"new"_s, u"taken"_s }));
}

QTEST_GUILESS_MAIN(tst_Kept)
#include "tst_kept.moc"
