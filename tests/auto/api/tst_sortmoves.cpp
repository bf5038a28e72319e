#include "TwilioSync/api/syncsortfiltermodel.h"

#include "shared/clientfixture.h"
#include "shared/rowsmodel.h"

#include <QtCore/qrandom.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

/*!
    \brief The rows of a model as its signals alone give them, compared with the model at each of them: a view
   may look at any row then.
*/
class TitleReplica : public QObject
{
public:
    explicit TitleReplica(QAbstractItemModel *model) : m_model(model)
    {
        using Model = QAbstractItemModel;
        connect(model, &Model::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            insert(first, last);
            check();
        });
        connect(model, &Model::rowsRemoved, this, [this](const QModelIndex &, int first, int last) {
            m_titles.remove(first, last - first + 1);
            m_ranks.remove(first, last - first + 1);
            check();
        });
        connect(model, &Model::rowsMoved, this,
                [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                    QVERIFY(first == last && to != first && to != first + 1);
                    m_titles.move(first, first < to ? to - 1 : to);
                    m_ranks.move(first, first < to ? to - 1 : to);
                    check();
                });
        connect(model, &Model::dataChanged, this, [this](const QModelIndex &first, const QModelIndex &last) {
            for (int row = first.row(); row <= last.row(); ++row)
                m_ranks[row] = read(row, "rank");
            check();
        });
        connect(model, &Model::layoutChanged, this, &TitleReplica::readAll);
        connect(model, &Model::modelReset, this, &TitleReplica::readAll);
        readAll();
    }

    //! All that has changed has been told.
    void settle() const
    {
        check();
        for (int row = 0; row < m_ranks.size(); ++row)
            QCOMPARE(m_ranks.at(row), read(row, "rank"));
    }

private:
    void readAll()
    {
        m_titles.clear();
        m_ranks.clear();
        insert(0, m_model->rowCount() - 1);
    }
    void insert(int first, int last)
    {
        for (int row = first; row <= last; ++row) {
            m_titles.insert(row, read(row, "title").toString());
            m_ranks.insert(row, read(row, "rank"));
        }
    }
    [[nodiscard]] QVariant read(int row, const char *role) const
    {
        return m_model->index(row, 0).data(m_model->roleNames().key(role));
    }
    void check() const { QCOMPARE(titles(*m_model), m_titles.join(u' ')); }

    QAbstractItemModel *const m_model;
    QStringList m_titles;
    QVariantList m_ranks;
};

} // namespace

//! How the rows of SyncSortFilterModel go where they belong.
class tst_SortMoves : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void oneRangeTellsEachRowOnce_data();
    void oneRangeTellsEachRowOnce();
    void manyMovesAreOneLayout();
    void viewsMayLookBetweenTheMoves();
    void slotsMayChangeTheSource_data();
    void slotsMayChangeTheSource();
    void slotsMayChangeTheOrder();
    void sourceMayGoWhileRowsMove();
    void anyEditsGiveWhatSortingAnewGives();

private:
    static QVariantMap row(const QString &title, const QVariant &rank = {})
    {
        return { { u"title"_s, title }, { u"rank"_s, rank } };
    }
    //! a to e, with ranks 1 to 5.
    static void fill(RowsModel &rows, int count = 5)
    {
        QList<QVariantMap> values;
        for (int i = 0; i < count; ++i)
            values.append(row(count <= 26 ? QString(QChar(u'a' + i)) : u"r%1"_s.arg(i), i + 1));
        rows.insert(0, values);
    }
    static void rank(RowsModel &rows, const QVariantList &ranks)
    {
        for (int i = 0; i < ranks.size(); ++i)
            rows.setQuietly(i, u"rank"_s, ranks.at(i));
        rows.tellChanged(0, int(ranks.size()) - 1, { rows.roleOf(u"rank"_s) });
    }
};

void tst_SortMoves::init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

void tst_SortMoves::oneRangeTellsEachRowOnce_data()
{
    QTest::addColumn<QVariantList>("ranks");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QString>("log");
    // Ranks below 0 are filtered out
    QTest::newRow("all stay") << QVariantList { 1.5, 2.5, 3.5 } << u"a b c d e"_s << u"changed 0-2 [rank]"_s;
    QTest::newRow("rotation") << QVariantList { 5.5, 2, 3, 4, 5 } << u"b c d e a"_s
                              << u"moved 0-0 to 5, changed 0-4 [rank]"_s;
    QTest::newRow("ends exchanged") << QVariantList { 5, 2, 3, 4, 1 } << u"e b c d a"_s
                                    << u"moved 4-4 to 0, moved 1-1 to 5, changed 0-4 [rank]"_s;
    QTest::newRow("some go, one moves") << QVariantList { -1, 9, -1 } << u"d e b"_s
                                        << u"moved 1-1 to 5, changed 4-4 [rank], removed 0-1"_s;
    QTest::newRow("far apart") << QVariantList { 1, 2, 9, 8, 2.5 } << u"a b e d c"_s
                               << u"moved 3-3 to 5, moved 2-2 to 5, changed 0-4 [rank]"_s;
}

void tst_SortMoves::oneRangeTellsEachRowOnce()
{
    QFETCH(QVariantList, ranks);
    RowsModel rows({ u"title"_s, u"rank"_s });
    fill(rows);
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setFilterFunction(
            [&](const QModelIndex &source) { return source.data(rows.roleOf(u"rank"_s)).toInt() >= 0; });
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    const TitleReplica replica(&model);
    const ModelLog log(&model);
    rank(rows, ranks);
    QTEST(titles(model), "shown");
    QTEST(log.lines().join(u", "_s), "log");
    replica.settle();
    rank(rows, { 1, 2, 3, 4, 5 });
    QCOMPARE(titles(model), u"a b c d e"_s);
    replica.settle();
}

void tst_SortMoves::manyMovesAreOneLayout()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    fill(rows, 200);
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    const TitleReplica replica(&model);
    const ModelLog log(&model);
    const QPersistentModelIndex kept = model.index(7, 0);
    QVariantList ranks;
    for (int i = 0; i < 200; ++i)
        ranks.append(-i);
    rank(rows, ranks);
    QCOMPARE(log.lines(), QStringList({ u"layout"_s, u"changed 0-199 [rank]"_s }));
    QCOMPARE(kept.row(), 192);
    QCOMPARE(model.mapToSource(0), 199);
    replica.settle();
}

void tst_SortMoves::viewsMayLookBetweenTheMoves()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    fill(rows);
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    QStringList seen;
    connect(&model, &QAbstractItemModel::rowsMoved, &model, [&] {
        seen.append(titles(model));
        for (int i = 0; i < model.rowCount(); ++i) {
            QCOMPARE(model.mapFromSource(model.mapToSource(i)), i);
            QCOMPARE(model.mapToSource(model.index(i, 0)).data(rows.roleOf(u"title"_s)),
                     model.index(i, 0).data(rows.roleOf(u"title"_s)));
        }
    });
    rank(rows, { 5, 4, 3, 2, 1 });
    QVERIFY(seen.size() > 1);
    QCOMPARE(seen.last(), u"e d c b a"_s);
    seen.removeDuplicates();
    QCOMPARE(seen.size(), 4);
}

void tst_SortMoves::slotsMayChangeTheSource_data()
{
    QTest::addColumn<int>("change");
    QTest::addColumn<QString>("shown");
    QTest::newRow("insert") << 0 << u"e new d c b a"_s;
    QTest::newRow("remove") << 1 << u"e d c b"_s;
    QTest::newRow("update") << 2 << u"d c b a e"_s;
    QTest::newRow("reset") << 3 << u"new"_s;
}

void tst_SortMoves::slotsMayChangeTheSource()
{
    QFETCH(int, change);
    RowsModel rows({ u"title"_s, u"rank"_s });
    fill(rows);
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    const TitleReplica replica(&model); // first, to hear all in order
    bool isFirst = true;
    connect(&model, &QAbstractItemModel::rowsMoved, &model, [&] {
        if (!std::exchange(isFirst, false))
            return;
        if (change == 0)
            rows.insert(0, { row(u"new"_s, 1.5) });
        else if (change == 1)
            rows.remove(0);
        else if (change == 2)
            rows.setData(rows.index(4), 9, rows.roleOf(u"rank"_s));
        else
            rows.reset({ row(u"new"_s, 1) });
    });
    rank(rows, { 5, 4, 3, 2, 1 });
    QVERIFY(!isFirst);
    QTEST(titles(model), "shown");
    replica.settle();
}

void tst_SortMoves::slotsMayChangeTheOrder()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    fill(rows);
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    const TitleReplica replica(&model);
    connect(&model, &QAbstractItemModel::rowsMoved, &model, [&] {
        model.setSortOrder(Qt::DescendingOrder);
        model.setFilterRole(u"title"_s);
        model.setFilterText(u"c"_s);
        model.setFilterText({});
    });
    rank(rows, { 9, 4, 3, 2, 1 });
    QCOMPARE(titles(model), u"a b c d e"_s);
    replica.settle();
}

void tst_SortMoves::sourceMayGoWhileRowsMove()
{
    RowsModel rows({ u"title"_s, u"rank"_s });
    RowsModel others({ u"title"_s, u"rank"_s });
    fill(rows);
    others.insert(0, { row(u"z"_s, 2), row(u"y"_s, 1) });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    connect(&model, &QAbstractItemModel::rowsMoved, &model, [&] { model.setSourceModel(&others); });
    rank(rows, { 5, 4, 3, 2, 1 });
    QCOMPARE(titles(model), u"y z"_s);
    QVERIFY(!model.signalsBlocked());
    others.insert(0, { row(u"x"_s, 0) });
    QCOMPARE(titles(model), u"x y z"_s);
}

void tst_SortMoves::anyEditsGiveWhatSortingAnewGives()
{
    const quint32 seed = qEnvironmentVariableIsSet("TEST_SEED") ? qEnvironmentVariable("TEST_SEED").toUInt()
                                                                : QRandomGenerator::global()->generate();
    qInfo("TEST_SEED=%u", seed);
    QRandomGenerator random(seed);
    RowsModel rows({ u"title"_s, u"rank"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&rows);
    model.setSortRole(u"rank"_s);
    int lowest = 0;
    model.setFilterFunction(
            [&](const QModelIndex &source) { return source.data(rows.roleOf(u"rank"_s)).toInt() >= lowest; });
    const TitleReplica replica(&model);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy count(&model, &SyncSortFilterModel::countChanged);
    int serial = 0;
    const auto fresh = [&] { return row(u"r%1"_s.arg(++serial), random.bounded(12)); };
    for (int step = 0; step < 600; ++step) {
        QPersistentModelIndex kept;
        if (model.count() > 0)
            kept = model.index(random.bounded(model.count()), 0);
        const QString keptTitle = kept.data(rows.roleOf(u"title"_s)).toString();
        const int size = int(rows.rows().size());
        switch (random.bounded(size == 0 ? 1 : 9)) {
        case 0:
        case 1: {
            QList<QVariantMap> added;
            for (int i = random.bounded(1, size < 100 ? 6 : 2); i > 0; --i)
                added.append(fresh());
            rows.insert(random.bounded(size + 1), added);
            break;
        }
        case 2: {
            const int first = random.bounded(size);
            rows.remove(first, random.bounded(1, std::min(size - first, 4) + 1));
            break;
        }
        case 3:
            rows.move(random.bounded(size), random.bounded(size));
            break;
        case 4:
            model.setSortOrder(random.bounded(2) == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
            break;
        case 5:
            model.setFilterRole(u"title"_s);
            model.setFilterText(random.bounded(3) == 0 ? QString() : QString::number(random.bounded(10)));
            break;
        case 6:
            lowest = random.bounded(4);
            model.invalidateFilter();
            break;
        default: {
            const int first = random.bounded(size);
            const int last = random.bounded(first, size);
            for (int i = first; i <= last; ++i) {
                if (random.bounded(2) == 0)
                    rows.setQuietly(i, u"rank"_s, random.bounded(12));
            }
            rows.tellChanged(first, last, { rows.roleOf(u"rank"_s) });
            break;
        }
        }
        QList<QVariantMap> expected;
        for (const QVariantMap &each : rows.rows()) {
            if (each.value(u"title"_s).toString().contains(model.filterText())
                && each.value(u"rank"_s).toInt() >= lowest)
                expected.append(each);
        }
        const bool ascending = model.sortOrder() == Qt::AscendingOrder;
        std::stable_sort(expected.begin(), expected.end(), [&](const QVariantMap &a, const QVariantMap &b) {
            const int ra = a.value(u"rank"_s).toInt();
            const int rb = b.value(u"rank"_s).toInt();
            return ascending ? ra < rb : ra > rb;
        });
        QStringList expectedTitles;
        for (const QVariantMap &each : std::as_const(expected))
            expectedTitles.append(each.value(u"title"_s).toString());
        QCOMPARE(titles(model), expectedTitles.join(u' '));
        replica.settle();
        if (QTest::currentTestFailed())
            return;
        if (kept.isValid())
            QCOMPARE(kept.data(rows.roleOf(u"title"_s)).toString(), keptTitle);
        else
            QVERIFY(keptTitle.isEmpty() || !expectedTitles.contains(keptTitle));
    }
    QCOMPARE(reset.size(), 0);
    QVERIFY(count.size() > 0);
}

QTEST_GUILESS_MAIN(tst_SortMoves)
#include "tst_sortmoves.moc"
