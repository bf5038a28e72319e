#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncsortfiltermodel.h"

#include "shared/clientfixture.h"
#include "shared/rowsmodel.h"

#include <QtCore/qregularexpression.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! SyncSortFilterModel on lists and maps that clients write to.
class tst_SortedCollections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void followsAList();
    void writesThrough();
    void fetchesUntilARowPasses();

private:
    static QVariantMap row(const QString &title, int rank)
    {
        return { { u"title"_s, title }, { u"rank"_s, rank } };
    }

    ServerFixture m_server;
};

void tst_SortedCollections::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_SortedCollections::init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

void tst_SortedCollections::followsAList()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncList *const theirs = valueOfCall(bob->list(freshName()));
    SyncList *const list = valueOfCall(alice->list(theirs->sid()));
    list->setValueRoles({ u"title"_s, u"rank"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(list);
    model.setSortRole(u"rank"_s);
    model.setFilterFunction([](const QModelIndex &item) {
        return !item.data(SyncList::ValueRole).toMap().value(u"done"_s).toBool();
    });
    QTRY_COMPARE(list->subscriptionState(), Sync::SubscriptionState::Established);
    const ModelLog log(&model);
    const qint64 a = valueOfCall(theirs->push(row(u"a"_s, 2))).index();
    const qint64 b = valueOfCall(theirs->push(row(u"b"_s, 1))).index();
    QTRY_COMPARE(titles(model), u"b a"_s);
    valueOfCall(theirs->update(b, { { u"rank"_s, 3.5 } }));
    QTRY_COMPARE(titles(model), u"a b"_s);
    valueOfCall(theirs->update(a, { { u"done"_s, true } }));
    QTRY_COMPARE(titles(model), u"b"_s);
    valueOfCall(theirs->update(a, { { u"done"_s, false } }));
    QTRY_COMPARE(titles(model), u"a b"_s);
    QVERIFY(errorOfCall(theirs->remove(a)).isNull());
    QTRY_COMPARE(titles(model), u"b"_s);
    const QStringList structure = log.lines().filter(QRegularExpression(u"^(?!changed)"_s));
    QCOMPARE(structure,
             QStringList({ u"inserted 0-0"_s, u"inserted 0-0"_s, u"moved 0-0 to 2"_s, u"removed 0-0"_s,
                           u"inserted 0-0"_s, u"removed 0-0"_s }));
    list->setValueRoles({ u"rank"_s, u"title"_s }); // a reset, and the same names are other roles
    valueOfCall(theirs->push(row(u"c"_s, 1)));
    QTRY_COMPARE(titles(model), u"c b"_s);
}

void tst_SortedCollections::writesThrough()
{
    const auto client = makeClient(m_server);
    SyncMap *const map = valueOfCall(client->map(freshName()));
    map->setValueRoles({ u"rank"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(map);
    model.setSortRole(u"rank"_s);
    valueOfCall(map->set(u"a"_s, { { u"rank"_s, 1 } }));
    valueOfCall(map->set(u"b"_s, { { u"rank"_s, 2 } }));
    QTRY_COMPARE(model.count(), 2);
    QVERIFY(model.flags(model.index(0, 0)).testFlag(Qt::ItemIsEditable));
    QVERIFY(model.setData(model.index(0, 0), 3, SyncMap::FirstFieldRole));
    QTRY_COMPARE(map->valueOf(u"a"_s).toMap().value(u"rank"_s).toInt(), 3);
    QTRY_COMPARE(model.mapToSource(1), 0);
    QCOMPARE(model.data(model.index(1, 0), SyncMap::ItemKeyRole), u"a"_s);
    QVERIFY(!model.setData(model.index(1, 0), u"z"_s, SyncMap::ItemKeyRole));
}

void tst_SortedCollections::fetchesUntilARowPasses()
{
    const auto writer = makeClient(m_server, u"bob"_s);
    const auto client = makeClient(m_server); // to which nothing is known yet
    const QString name = freshName();
    SyncList *const all = valueOfCall(writer->list(name));
    for (int i = 0; i < 9; ++i)
        valueOfCall(all->push(row(QString::number(i), i)));
    SyncList list;
    list.setPageSize(2);
    list.setValueRoles({ u"rank"_s, u"title"_s });
    SyncSortFilterModel model;
    new ModelCheck(&model);
    model.setSourceModel(&list);
    QVERIFY(!model.canFetchMore());
    model.setFilterFunction([](const QModelIndex &item) {
        const int rank = item.data(SyncList::FirstFieldRole).toInt();
        return rank == 0 || rank == 6;
    });
    list.setClient(client.get());
    list.setUniqueName(name);
    QTRY_COMPARE(titles(model), u"0"_s);
    QVERIFY(model.canFetchMore());
    model.fetchMore();
    QTRY_COMPARE(titles(model), u"0 6"_s);
    QCOMPARE(list.count(), 8); // 3 pages: two without, and the one with it
    QVERIFY(!list.isComplete());
    model.fetchMore();
    QTRY_VERIFY(list.isComplete());
    QVERIFY(!model.canFetchMore());
}

QTEST_GUILESS_MAIN(tst_SortedCollections)
#include "tst_sortedcollections.moc"
