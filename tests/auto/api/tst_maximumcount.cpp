#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/twoclients.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

SyncValue number(int n) { return { { u"n"_s, n } }; }

QString keyOf(int n) { return QString(QChar(u'a' + n)); }

} // namespace

//! The bound of a window: ten items, a to j in a map, and pages of four.
class tst_MaximumCount : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void steps_data();
    void steps();
    void negativeIsRefused();
    void tellsOfItself();
    void boundedHandlesBesideOthers();
    void memoryIsBounded_data();
    void memoryIsBounded();

private:
    //! Bob's handle as actions.
    struct Editor
    {
        std::function<void()> add;
        std::function<void(int)> remove;
        std::function<void(const QString &)> setBetween;
    };

    static QString rows(const SyncCollection &model)
    {
        QStringList all;
        for (int row = 0; row < model.count(); ++row)
            all.append(model.index(row).data(SyncCollection::ItemKeyRole).toString());
        return all.join(u' ');
    }
};

void tst_MaximumCount::steps_data()
{
    QTest::addColumn<bool>("isList");
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::addColumn<int>("maximum");
    QTest::addColumn<QString>(
            "steps"); // +: Bob adds the next, -3: removes it, f: fetchMore, a: loadAll, max N
    QTest::addColumn<QStringList>("log");
    QTest::addColumn<QString>("rows");
    QTest::addColumn<QString>("state"); // complete, canFetchMore
    const auto row = [](const char *name, bool isList, Qt::SortOrder order, int maximum, const char *steps,
                        const QStringList &log, const char *rows, const char *state) {
        QTest::newRow(name) << isList << order << maximum << QString::fromLatin1(steps) << log
                            << QString::fromLatin1(rows) << QString::fromLatin1(state);
    };
    const auto up = Qt::AscendingOrder;
    const auto down = Qt::DescendingOrder;
    row("first page at the bound", true, up, 4, "", {}, "0 1 2 3", "");
    row("bound below a page", true, up, 2, "", {}, "0 1", "");
    row("fetchMore up to the bound", true, up, 6, "f", { u"inserted 4-5"_s }, "0 1 2 3 4 5", "");
    row("loadAll stops at the bound", true, down, 7, "a", { u"inserted 4-6"_s }, "9 8 7 6 5 4 3", "");
    row("just as many as there are", true, up, 10, "a", { u"inserted 4-9"_s }, "0 1 2 3 4 5 6 7 8 9",
        "complete");
    row("newest come, oldest go", true, down, 4, "+ +",
        { u"removed 3-3"_s, u"inserted 0-0"_s, u"removed 3-3"_s, u"inserted 0-0"_s }, "11 10 9 8", "");
    row("appended behind a full window", true, up, 10, "a +", { u"inserted 4-9"_s }, "0 1 2 3 4 5 6 7 8 9",
        "");
    row("appended while there is room", true, up, 11, "a + +", { u"inserted 4-9"_s, u"inserted 10-10"_s },
        "0 1 2 3 4 5 6 7 8 9 10", "");
    row("removal makes room", true, up, 4, "-1", { u"removed 1-1"_s }, "0 2 3", "fetch");
    row("and it is filled on demand", true, up, 4, "-1 f", { u"removed 1-1"_s, u"inserted 3-3"_s }, "0 2 3 4",
        "");
    row("loadAll fills it by itself", true, down, 4, "a -8", { u"removed 1-1"_s, u"inserted 3-3"_s },
        "9 7 6 5", "");
    row("lowered", true, up, 0, "a max3", { u"inserted 4-9"_s, u"removed 3-9"_s }, "0 1 2", "");
    row("lowered, descending", true, down, 0, "max2", { u"removed 2-3"_s }, "9 8", "");
    row("raised", true, up, 2, "max5 f", { u"inserted 2-4"_s }, "0 1 2 3 4", "");
    row("raised with loadAll", true, up, 2, "a max5", { u"inserted 2-4"_s }, "0 1 2 3 4", "");
    row("lifted", true, down, 3, "max0 f f", { u"inserted 3-6"_s, u"inserted 7-9"_s }, "9 8 7 6 5 4 3 2 1 0",
        "complete");
    row("trimmed rows come again", true, down, 4, "+ -10 f",
        { u"removed 3-3"_s, u"inserted 0-0"_s, u"removed 0-0"_s, u"inserted 3-3"_s }, "9 8 7 6", "");
    row("map: one between", false, up, 4, "b1", { u"removed 3-3"_s, u"inserted 2-2"_s }, "a b b1 c", "");
    row("map: last within", false, up, 4, "c1", { u"removed 3-3"_s, u"inserted 3-3"_s }, "a b c c1", "");
    row("map: behind the window", false, up, 4, "d1", {}, "a b c d", "");
    row("map, descending: one between", false, down, 4, "i1", { u"removed 3-3"_s, u"inserted 1-1"_s },
        "j i1 i h", "");
    row("map, descending: first", false, down, 4, "z", { u"removed 3-3"_s, u"inserted 0-0"_s }, "z j i h",
        "");
    row("map: complete and full", false, up, 10, "a d1",
        { u"inserted 4-9"_s, u"removed 9-9"_s, u"inserted 4-4"_s }, "a b c d d1 e f g h i", "");
}

void tst_MaximumCount::steps()
{
    QFETCH(bool, isList);
    QFETCH(Qt::SortOrder, order);
    QFETCH(int, maximum);
    QFETCH(QString, steps);
    QFETCH(QStringList, log);
    QFETCH(QString, rows);
    QFETCH(QString, state);
    const QString name = freshName();
    m_bob->setPaceWrites(false);
    std::unique_ptr<SyncCollection> model;
    SyncList *list = nullptr;
    SyncMap *map = nullptr;
    if (isList) {
        list = established(m_bob->list(name));
        model = std::make_unique<SyncList>();
    } else {
        map = established(m_bob->map(name));
        model = std::make_unique<SyncMap>();
    }
    for (int n = 0; n < 10; ++n) {
        if (list)
            valueOfCall(list->push(number(n)));
        else
            valueOfCall(map->set(keyOf(n), number(n)));
    }
    const ModelCheck check(model.get());
    model->setOrder(order);
    model->setPageSize(4);
    model->setMaximumCount(maximum);
    model->setClient(m_alice.get());
    model->setUniqueName(name);
    waitFor([&] {
        return model->subscriptionState() == Sync::SubscriptionState::Established && model->count() > 0;
    });
    ModelLog changes(model.get());
    int events = 0;
    const auto counted = [&] { ++events; };
    if (auto *const mine = qobject_cast<SyncList *>(model.get())) {
        connect(mine, &SyncList::itemAdded, this, counted);
        connect(mine, &SyncList::itemRemoved, this, counted);
    } else {
        connect(static_cast<SyncMap *>(model.get()), &SyncMap::itemAdded, this, counted);
    }
    int awaited = 0;
    for (const QString &step : steps.split(u' ', Qt::SkipEmptyParts)) {
        const int countBefore = model->count();
        if (step == u"+"_s) {
            list->push(number(0));
            ++awaited;
        } else if (step.startsWith(u'-')) {
            list->remove(QStringView(step).sliced(1).toInt());
            ++awaited;
        } else if (step == u"f"_s) {
            QVERIFY(model->canFetchMore());
            model->fetchMore();
            waitFor([&] { return model->count() != countBefore; });
        } else if (step == u"a"_s) {
            model->setLoadAll(true);
            waitFor([&] { return model->isComplete() || model->count() == maximum; });
        } else if (step.startsWith(u"max"_s)) {
            model->setMaximumCount(QStringView(step).sliced(3).toInt());
            QCOMPARE(model->maximumCount(), QStringView(step).sliced(3).toInt());
        } else {
            map->set(step, number(0));
            ++awaited;
        }
        QTRY_COMPARE(events, awaited);
    }
    QTRY_COMPARE(changes.lines(), log);
    QCOMPARE(tst_MaximumCount::rows(*model), rows);
    QCOMPARE(model->isComplete(), state == u"complete"_s);
    QTRY_COMPARE(model->canFetchMore(), state == u"fetch"_s);
}

void tst_MaximumCount::negativeIsRefused()
{
    SyncList list;
    list.setMaximumCount(3);
    const QSignalSpy changes(&list, &SyncList::maximumCountChanged);
    QTest::ignoreMessage(QtCriticalMsg,
                         QRegularExpression(u"maximumCount: expected 0 or more rows, got -1"_s));
    list.setMaximumCount(-1);
    QCOMPARE(list.maximumCount(), 3);
    QCOMPARE(list.error().message(), u"maximumCount: expected 0 or more rows, got -1"_s);
    QCOMPARE(changes.count(), 0);
}

void tst_MaximumCount::tellsOfItself()
{
    const QString name = freshName();
    auto *const theirs = valueOfCall(m_bob->list(name));
    for (int n = 0; n < 3; ++n)
        valueOfCall(theirs->push(number(n)));
    SyncList list;
    const QSignalSpy changes(&list, &SyncList::maximumCountChanged);
    const QSignalSpy counts(&list, &SyncList::countChanged);
    const QSignalSpy completes(&list, &SyncList::completeChanged);
    QVERIFY(changes.isValid() && counts.isValid() && completes.isValid());
    list.setMaximumCount(10);
    list.setMaximumCount(10);
    QCOMPARE(changes.count(), 1);
    list.setClient(m_alice.get());
    list.setUniqueName(name);
    QTRY_VERIFY(list.isComplete());
    QTRY_COMPARE(completes.count(), 1);
    const auto told = counts.count();
    list.setMaximumCount(2); // with fewer rows at once, told in a turn of its own
    QCOMPARE(list.count(), 2);
    QVERIFY(!list.isComplete());
    QTRY_COMPARE(completes.count(), 2);
    QCOMPARE(counts.count(), told + 1);
    QCOMPARE(changes.count(), 2);
    outcomeOf(theirs->remove(2)); // beyond the window
    QTRY_COMPARE(theirs->pendingWrites(), 0);
    QCOMPARE(rows(list), u"0 1"_s);
}

//! Windows of one list from both ends, with bounds and without: each shows what is its own.
void tst_MaximumCount::boundedHandlesBesideOthers()
{
    const QString name = freshName();
    m_bob->setPaceWrites(false);
    auto *const theirs = established(m_bob->list(name));
    for (int n = 0; n < 10; ++n)
        valueOfCall(theirs->push(number(n)));
    SyncList newest;
    SyncList oldest;
    SyncList all;
    newest.setOrder(Qt::DescendingOrder);
    newest.setMaximumCount(3);
    oldest.setMaximumCount(2);
    all.setLoadAll(true);
    std::vector<std::unique_ptr<ModelCheck>> checks;
    for (SyncList *list : { &newest, &oldest, &all }) {
        checks.push_back(std::make_unique<ModelCheck>(list));
        list->setClient(m_alice.get());
        list->setUniqueName(name);
    }
    QTRY_COMPARE(all.count(), 10);
    QTRY_COMPARE(rows(newest), u"9 8 7"_s);
    QTRY_COMPARE(rows(oldest), u"0 1"_s);
    for (int n = 10; n < 40; ++n)
        theirs->push(number(n));
    for (int n = 0; n < 5; ++n)
        theirs->remove(n);
    QTRY_COMPARE(all.count(), 35);
    QTRY_COMPARE(rows(newest), u"39 38 37"_s);
    QTRY_COMPARE(rows(oldest), u"5 6"_s); // it went empty, and has asked for more
    newest.setMaximumCount(0);
    newest.setLoadAll(true);
    QTRY_COMPARE(newest.count(), 35);
}

void tst_MaximumCount::memoryIsBounded_data()
{
    QTest::addColumn<bool>("isList");
    QTest::newRow("descending list") << true;
    QTest::newRow("descending map") << false;
}

//! 100,000 items come into a window of a hundred; then the range that went is read again.
void tst_MaximumCount::memoryIsBounded()
{
    QFETCH(bool, isList);
    constexpr int additions = 100'000;
    constexpr int bound = 100;
    const QString name = freshName();
    std::unique_ptr<SyncCollection> model;
    if (isList) {
        valueOfCall(m_bob->list(name));
        model = std::make_unique<SyncList>();
    } else {
        valueOfCall(m_bob->map(name));
        model = std::make_unique<SyncMap>();
    }
    model->setOrder(Qt::DescendingOrder);
    model->setMaximumCount(bound);
    const ModelCheck check(model.get());
    model->setClient(m_alice.get());
    model->setUniqueName(name);
    QTRY_VERIFY(model->isComplete() && model->subscriptionState() == Sync::SubscriptionState::Established);
    const auto entity = std::static_pointer_cast<CollectionEntity>(
            ClientPrivate::of(m_alice.get())
                    ->session->cache()
                    .find(isList ? ObjectKind::List : ObjectKind::Map, name));
    QVERIFY(entity);
    const CollectionStore &store = entity->store();
    const qint64 first = entity->root().lastEventId + 1;
    const QByteArray data = "{\"n\":1}";
    qsizetype most = 0;
    // As from the service, in turns of some hundred events.
    for (int n = 0; n < additions; ++n) {
        const QByteArray key = 'k' + QByteArray::number(1'000'000 + n);
        Protocol::Event event;
        event.sid = entity->root().sid;
        event.id = first + n;
        if (isList)
            event.index = n;
        else
            event.key = key;
        event.data = data;
        entity->handleEvent(isList ? Protocol::EventType::ListItemAdded : Protocol::EventType::MapItemAdded,
                            event, true);
        if (n % 500 == 499) {
            entity->flush();
            QCOMPARE(model->count(), bound);
            QVERIFY(!model->isComplete());
        }
        most = qMax(most, store.items().size());
    }
    QCoreApplication::processEvents();
    QVERIFY2(most <= 2 * bound + store.mostUnseen + 500, QByteArray::number(most));
    QVERIFY(store.items().size() <= bound + store.mostUnseen);
    const QString newest = isList ? QString::number(additions - 1) : u"k%1"_s.arg(1'000'000 + additions - 1);
    QCOMPARE(model->index(0).data(SyncCollection::ItemKeyRole).toString(), newest);
}

QTEST_GUILESS_MAIN(tst_MaximumCount)
#include "tst_maximumcount.moc"
