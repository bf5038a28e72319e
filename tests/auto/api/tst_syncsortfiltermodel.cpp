#include "TwilioSync/api/syncsortfiltermodel.h"

#include "shared/clientfixture.h"
#include "shared/rowsmodel.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Sorting and filtering of a plain model; tst_sortedcollections has the live ones.
class tst_SyncSortFilterModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void ordersAnyKindOfValue_data();
    void ordersAnyKindOfValue();
    void textsAreOrderedAsTheLocaleSays();
    void equalsKeepTheOrderOfTheSource();
    void changedRowsMove_data();
    void changedRowsMove();
    void filterHidesAndShows();
    void filterFunctionDecides();
    void unknownRolesAreTold();
    void rolesMayComeWithTheRows();
    void rowsAreMapped();
    void sourceMayBeReplacedOrGo();
    void sourceThatHasNotToldYetKeepsTheOrder();
    void whatTheBaseClassFiltersHasToBeMetToo();
    void changesWithoutDynamicSortingStayInPlace();
    void removingWhileFiltersChange();

private:
    static QVariantMap row(const QString &title, const QVariant &rank = {})
    {
        return { { u"title"_s, title }, { u"rank"_s, rank } };
    }
};

void tst_SyncSortFilterModel::init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

void tst_SyncSortFilterModel::ordersAnyKindOfValue_data()
{
    QTest::addColumn<QVariantList>("ranks");
    QTest::addColumn<QString>("ascending");
    QTest::addColumn<QString>("descending");
    const auto noon = QDateTime::fromString(u"2024-02-29T12:00:00Z"_s, Qt::ISODate);
    const auto null = QVariant::fromValue(nullptr);
    // Rows are called a, b, c … in the order of the source
    QTest::newRow("numbers") << QVariantList { 10, 9.5, -1, 100LL, 9u } << u"c e b a d"_s << u"d a b e c"_s;
    QTest::newRow("integers that are one double")
            << QVariantList { 9007199254740993LL, 9007199254740992LL } << u"b a"_s << u"a b"_s;
    QTest::newRow("texts, not as numbers") << QVariantList { u"9"_s, u"10"_s } << u"b a"_s << u"a b"_s;
    QTest::newRow("texts in any case")
            << QVariantList { u"b"_s, u"C"_s, u"A"_s, u"a"_s } << u"c d a b"_s << u"b a c d"_s;
    QTest::newRow("booleans") << QVariantList { true, false } << u"b a"_s << u"a b"_s;
    QTest::newRow("dates") << QVariantList { noon, noon.addDays(-1), noon.addMSecs(1) } << u"b a c"_s
                           << u"c a b"_s;
    QTest::newRow("missing and null first, equal")
            << QVariantList { 0, null, QVariant(), -5 } << u"b c d a"_s << u"a d b c"_s;
    QTest::newRow("kind by kind") << QVariantList { u"x"_s, noon, 1, true, null } << u"e d c b a"_s
                                  << u"a b c d e"_s;
    QTest::newRow("objects and arrays keep their order")
            << QVariantList { QVariantMap { { u"b"_s, 1 } }, QVariantList { 1 }, u"x"_s } << u"c a b"_s
            << u"a b c"_s;
}

void tst_SyncSortFilterModel::ordersAnyKindOfValue()
{
    QFETCH(QVariantList, ranks);
    RowsModel rows({ u"title"_s, u"rank"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    for (int i = 0; i < ranks.size(); ++i)
        rows.insert(i, { row(QChar(u'a' + i), ranks.at(i)) });
    QTEST(titles(model), "ascending");
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&model, &SyncSortFilterModel::sortOrderChanged);
    model.setSortOrder(Qt::DescendingOrder);
    QTEST(titles(model), "descending");
    model.setSortOrder(Qt::DescendingOrder);
    QCOMPARE(changed.size(), 1);
    model.setSortRole({});
    QCOMPARE(titles(model), titles(rows));
    QCOMPARE(reset.size(), 0);
}

void tst_SyncSortFilterModel::textsAreOrderedAsTheLocaleSays()
{
    const auto restore = qScopeGuard([before = QLocale()] { QLocale::setDefault(before); });
    RowsModel rows({ u"title"_s });
    rows.insert(0, { row(u"zoo"_s), row(u"Bar"_s), row(u"ähnlich"_s), row(u"apfel"_s) });
    SyncSortFilterModel model;
    QLocale::setDefault(QLocale(QLocale::German));
    model.setSourceModel(&rows);
    model.setSortRole(u"title"_s);
    QCOMPARE(titles(model), u"ähnlich apfel Bar zoo"_s);
    QLocale::setDefault(QLocale(QLocale::Swedish));
    model.setSortOrder(Qt::DescendingOrder);
    QCOMPARE(titles(model), u"ähnlich zoo Bar apfel"_s);
}

void tst_SyncSortFilterModel::equalsKeepTheOrderOfTheSource()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    rows.insert(0, { row(u"a"_s, 1), row(u"b"_s, 0), row(u"c"_s, 1) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    rows.insert(1, { row(u"d"_s, 1), row(u"e"_s, 0) });
    QCOMPARE(titles(model), u"e b a d c"_s);
    model.setSortOrder(Qt::DescendingOrder);
    QCOMPARE(titles(model), u"a d c e b"_s);
}

void tst_SyncSortFilterModel::changedRowsMove_data()
{
    QTest::addColumn<QVariantMap>("ranks"); // title to new rank
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QString>("log");
    QTest::newRow("to the end") << QVariantMap { { u"a"_s, 9 } } << u"b c d e a"_s
                                << u"moved 0-0 to 5, changed 4-4 [rank]"_s;
    QTest::newRow("to the front") << QVariantMap { { u"d"_s, 0 } } << u"d a b c e"_s
                                  << u"moved 3-3 to 0, changed 0-0 [rank]"_s;
    QTest::newRow("past one") << QVariantMap { { u"b"_s, 3.5 } } << u"a c b d e"_s
                              << u"moved 1-1 to 3, changed 2-2 [rank]"_s;
    QTest::newRow("not at all") << QVariantMap { { u"c"_s, 3.5 } } << u"a b c d e"_s
                                << u"changed 2-2 [rank]"_s;
    QTest::newRow("two change places") << QVariantMap { { u"b"_s, 3 }, { u"c"_s, 2 } } << u"a c b d e"_s
                                       << u"moved 1-1 to 3, changed 1-2 [rank]"_s;
}

void tst_SyncSortFilterModel::changedRowsMove()
{
    QFETCH(QVariantMap, ranks);
    RowsModel rows({ u"title"_s, u"rank"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    for (int i = 0; i < 5; ++i)
        rows.insert(i, { row(QChar(u'a' + i), i + 1) });
    const ModelLog log(&model);
    const QPersistentModelIndex kept = model.index(1, 0);
    int first = 5;
    int last = -1;
    for (auto it = ranks.cbegin(); it != ranks.cend(); ++it) {
        const int at = it.key().at(0).unicode() - u'a';
        rows.setQuietly(at, u"rank"_s, it.value());
        first = std::min(first, at);
        last = std::max(last, at);
    }
    rows.tellChanged(first, last, { rows.roleOf(u"rank"_s) });
    QTEST(titles(model), "shown");
    QTEST(log.lines().join(u", "_s), "log");
    QCOMPARE(kept.data(rows.roleOf(u"title"_s)), u"b"_s);
}

void tst_SyncSortFilterModel::filterHidesAndShows()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    rows.insert(0, { row(u"Apple"_s), row(u"pear"_s), row(u"Pineapple"_s), row(u"plum"_s, 3) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    QSignalSpy count(&model, &SyncSortFilterModel::countChanged);
    const ModelLog log(&model);
    model.setFilterText(u"apple"_s);
    QCOMPARE(model.count(), 4); // no role to look in yet
    model.setFilterRole(u"title"_s);
    QCOMPARE(titles(model), u"Apple Pineapple"_s);
    QCOMPARE(count.size(), 1);
    model.setFilterText(u"P"_s);
    QCOMPARE(titles(model), u"Apple pear Pineapple plum"_s);
    rows.setData(rows.index(1), u"fig"_s, rows.roleOf(u"title"_s));
    QCOMPARE(titles(model), u"Apple Pineapple plum"_s);
    rows.setData(rows.index(1), u"peach"_s, rows.roleOf(u"title"_s));
    QCOMPARE(titles(model), u"Apple peach Pineapple plum"_s);
    QCOMPARE(log.lines(),
             QStringList({ u"removed 3-3"_s, u"removed 1-1"_s, u"inserted 2-2"_s, u"inserted 1-1"_s,
                           u"removed 1-1"_s, u"inserted 1-1"_s }));
    model.setFilterRole(u"rank"_s);
    model.setFilterText(u"3"_s);
    QCOMPARE(titles(model), u"plum"_s);
    QCOMPARE(count.size(), 6);
}

void tst_SyncSortFilterModel::filterFunctionDecides()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    int least = 2;
    model.setFilterFunction([&](const QModelIndex &source) {
        return source.model() == &rows && source.data(rows.roleOf(u"rank"_s)).toInt() >= least;
    });
    rows.insert(0, { row(u"a"_s, 1), row(u"b"_s, 2), row(u"c"_s, 3) });
    QCOMPARE(titles(model), u"b c"_s);
    least = 3;
    QCOMPARE(titles(model), u"b c"_s);
    model.invalidateFilter();
    QCOMPARE(titles(model), u"c"_s);
    model.setFilterRole(u"title"_s);
    model.setFilterText(u"a"_s);
    QCOMPARE(model.count(), 0);
    model.setFilterFunction({});
    QCOMPARE(titles(model), u"a"_s);
}

void tst_SyncSortFilterModel::unknownRolesAreTold()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    SyncSortFilterModel model;
    model.setSourceModel(&rows);
    model.setSortRole(u"titel"_s); // nothing to say yet: the rows may bring it
    QTest::ignoreMessage(
            QtCriticalMsg,
            "SyncSortFilterModel: sortRole: the model has no role \"titel\", it has rank, title");
    rows.insert(0, { row(u"b"_s), row(u"a"_s) });
    rows.insert(0, { row(u"c"_s) });
    QCOMPARE(titles(model), u"c b a"_s);
    QTest::ignoreMessage(QtCriticalMsg,
                         "SyncSortFilterModel: filterRole: the model has no role \"no\", it has rank, title");
    model.setFilterRole(u"no"_s);
    model.setFilterText(u"a"_s);
    QCOMPARE(model.count(), 3);
    model.setSortRole(u"title"_s);
    model.setFilterRole(u"title"_s);
    QCOMPARE(titles(model), u"a"_s);
}

void tst_SyncSortFilterModel::rolesMayComeWithTheRows()
{
    RowsModel rows({});
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    model.setFilterRole(u"title"_s);
    model.setFilterText(u"t"_s);
    rows.setRoles({ u"rank"_s, u"title"_s });
    rows.insert(0, { row(u"two"_s, 2), row(u"one"_s, 1), row(u"eight"_s, 0) });
    QCOMPARE(titles(model), u"eight two"_s);
    rows.setRoles({ u"title"_s, u"rank"_s });
    rows.reset({ row(u"three"_s, 3), row(u"two"_s, 2) });
    QCOMPARE(titles(model), u"two three"_s);
}

void tst_SyncSortFilterModel::rowsAreMapped()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    rows.insert(0, { row(u"a"_s, 3), row(u"b"_s, 1), row(u"c"_s, 2) });
    SyncSortFilterModel model;
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    model.setFilterFunction([&](const QModelIndex &source) { return source.row() != 2; });
    QCOMPARE(titles(model), u"b a"_s);
    QCOMPARE(model.mapToSource(0), 1);
    QCOMPARE(model.mapToSource(2), -1);
    QCOMPARE(model.mapToSource(-1), -1);
    QCOMPARE(model.mapFromSource(0), 1);
    QCOMPARE(model.mapFromSource(2), -1);
    QCOMPARE(model.mapFromSource(3), -1);
    QCOMPARE(model.mapToSource(model.index(1, 0)), rows.index(0));
    QCOMPARE(model.mapFromSource(rows.index(1)), model.index(0, 0));
    QVERIFY(!model.mapFromSource(rows.index(2)).isValid());
    QVERIFY(!model.mapToSource(QModelIndex()).isValid());
    QCOMPARE(model.get(1).toMap(), row(u"a"_s, 3));
    QVERIFY(!model.get(2).isValid());
    QCOMPARE(model.roleNames(), rows.roleNames());
}

void tst_SyncSortFilterModel::sourceMayBeReplacedOrGo()
{
    auto rows = std::make_unique<RowsModel>(QStringList { u"title"_s });
    RowsModel others({ u"title"_s });
    rows->insert(0, { row(u"b"_s), row(u"a"_s) });
    others.insert(0, { row(u"y"_s), row(u"x"_s) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    QSignalSpy changed(&model, &SyncSortFilterModel::modelChanged);
    QSignalSpy count(&model, &SyncSortFilterModel::countChanged);
    model.setSortRole(u"title"_s);
    model.setSourceModel(&others);
    model.setSourceModel(rows.get());
    others.insert(0, { row(u"z"_s) });
    QCOMPARE(titles(model), u"a b"_s);
    QCOMPARE(changed.size(), 2);
    QCOMPARE(count.size(), 1);
    rows.reset();
    QCOMPARE(model.count(), 0);
    QCOMPARE(model.sourceModel(), nullptr);
    QCOMPARE(changed.size(), 3);
    QCOMPARE(count.size(), 2);
    model.setSourceModel(&others);
    QCOMPARE(titles(model), u"x y z"_s);
}

void tst_SyncSortFilterModel::sourceThatHasNotToldYetKeepsTheOrder()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    rows.insert(0, { row(u"a"_s, 10), row(u"b"_s, 20), row(u"c"_s, 30), row(u"d"_s, 40), row(u"e"_s, 15) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    bool all = false;
    model.setFilterFunction([&](const QModelIndex &source) { return all || source.row() != 4; });
    rows.setQuietly(2, u"rank"_s, 1);
    all = true;
    model.invalidateFilter(); // e comes while c, which changed, still stands at its old place
    QCOMPARE(titles(model), u"a e b c d"_s);
    rows.tellChanged(2, 2);
    QCOMPARE(titles(model), u"c a e b d"_s);
}

void tst_SyncSortFilterModel::whatTheBaseClassFiltersHasToBeMetToo()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    rows.insert(0, { row(u"b"_s, 1), row(u"a"_s, 1), row(u"c"_s, 2) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    auto *const base = qobject_cast<QSortFilterProxyModel *>(&model);
    QVERIFY(base);
    model.setSourceModel(&rows);
    model.setSortRole(u"title"_s);
    model.setFilterFunction([](const QModelIndex &source) { return source.row() != 1; });
    QCOMPARE(titles(model), u"b c"_s);
    base->setFilterRole(rows.roleOf(u"rank"_s));
    base->setFilterRegularExpression(u"^1$"_s);
    QCOMPARE(titles(model), u"b"_s);
    QCOMPARE(model.filterRole(), QString());
    base->sort(0, Qt::DescendingOrder);
    QCOMPARE(model.sortOrder(), Qt::DescendingOrder);
    base->setFilterRegularExpression(QString());
    QCOMPARE(titles(model), u"c b"_s);
}

void tst_SyncSortFilterModel::changesWithoutDynamicSortingStayInPlace()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    rows.insert(0, { row(u"a"_s, 1), row(u"b"_s, 2), row(u"c"_s, 3) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    model.setDynamicSortFilter(false);
    const ModelLog log(&model);
    rows.setData(rows.index(0), 9, rows.roleOf(u"rank"_s));
    QCOMPARE(titles(model), u"a b c"_s);
    QCOMPARE(log.lines(), QStringList { u"changed 0-0 [rank]"_s });
    model.setDynamicSortFilter(true);
    QCOMPARE(titles(model), u"b c a"_s);
}

void tst_SyncSortFilterModel::removingWhileFiltersChange()
{
    RowsModel rows({ u"title"_s });
    rows.insert(0, { row(u"a"_s), row(u"b"_s), row(u"c"_s) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    connect(&model, &QAbstractItemModel::rowsRemoved, &model, [&model] { model.invalidateFilter(); });
    rows.remove(0, 2);
    QCOMPARE(titles(model), u"c"_s);
}

QTEST_GUILESS_MAIN(tst_SyncSortFilterModel)
#include "tst_syncsortfiltermodel.moc"
