#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/clientfixture.h"

#include <QtCore/qitemselectionmodel.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! What a view holds on to while another client edits: selected rows, the current one, persistent indexes.
class tst_ViewState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void listKeepsWhatIsHeld_data();
    void listKeepsWhatIsHeld();
    void mapKeepsWhatIsHeld();
    void whatIsHeldEndsWithItsItem();

private:
    static constexpr int size = 40;

    //! Waits until \a theirs has \a count items, shown by \a mine in full.
    template <typename Collection>
    static std::unique_ptr<Collection> openAll(SyncClient *client, const QString &sid, Qt::SortOrder order)
    {
        auto mine = std::make_unique<Collection>();
        new ModelCheck(mine.get());
        mine->setOrder(order);
        mine->setLoadAll(true);
        mine->setClient(client);
        mine->setSid(sid);
        waitFor([&] {
            return mine->isComplete() && mine->count() == size
                    && mine->subscriptionState() == Sync::SubscriptionState::Established;
        });
        return mine;
    }

    ServerFixture m_server;
};

//! Holds some rows of a model, and says whether they are still the same items.
class Held
{
public:
    Held(QAbstractItemModel *model, const QList<int> &rows) : m_selection(model)
    {
        for (const int row : rows) {
            const QModelIndex index = model->index(row, 0);
            m_selection.select(index, QItemSelectionModel::Select);
            m_indexes.append(index);
            m_keys.append(index.data(SyncCollection::ItemKeyRole));
        }
        m_selection.setCurrentIndex(model->index(rows.first(), 0), QItemSelectionModel::NoUpdate);
    }
    [[nodiscard]] const QVariantList &keys() const { return m_keys; }
    [[nodiscard]] QVariantList persistent() const
    {
        QVariantList keys;
        for (const QPersistentModelIndex &index : m_indexes)
            keys.append(index.data(SyncCollection::ItemKeyRole));
        return keys;
    }
    //! In the order of rows.
    [[nodiscard]] QVariantList selected() const
    {
        QModelIndexList indexes = m_selection.selectedIndexes();
        std::sort(indexes.begin(), indexes.end());
        QVariantList keys;
        for (const QModelIndex &index : std::as_const(indexes))
            keys.append(index.data(SyncCollection::ItemKeyRole));
        return keys;
    }
    [[nodiscard]] QModelIndex current() const { return m_selection.currentIndex(); }

private:
    QItemSelectionModel m_selection;
    QList<QPersistentModelIndex> m_indexes;
    QVariantList m_keys;
};

void tst_ViewState::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_ViewState::init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

void tst_ViewState::listKeepsWhatIsHeld_data()
{
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::newRow("oldest first") << Qt::AscendingOrder;
    QTest::newRow("newest first") << Qt::DescendingOrder;
}

void tst_ViewState::listKeepsWhatIsHeld()
{
    QFETCH(Qt::SortOrder, order);
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncList *const theirs = valueOfCall(bob->list());
    for (int i = 0; i < size; ++i)
        valueOfCall(theirs->push({ { u"n"_s, i } }));
    const auto list = openAll<SyncList>(alice.get(), theirs->sid(), order);
    QCOMPARE(list->count(), size);
    QSignalSpy reset(list.get(), &QAbstractItemModel::modelReset);
    const Held held(list.get(), { 10, 20, 21, 22, 35 });

    const auto itemIndexAt = [&](int row) {
        return list->index(row).data(SyncList::ItemIndexRole).toLongLong();
    };
    QList<qint64> leaving;
    for (const int row : { 0, 9, 11, 23, 39 })
        leaving.append(itemIndexAt(row));
    for (const qint64 index : std::as_const(leaving))
        QVERIFY(errorOfCall(theirs->remove(index)).isNull());
    valueOfCall(theirs->push({ { u"n"_s, size } }));
    valueOfCall(theirs->push({ { u"n"_s, size + 1 } }));
    for (const QVariant &key : held.keys())
        valueOfCall(theirs->set(key.toLongLong(), { { u"changed"_s, true } }));

    QTRY_COMPARE(list->count(), size - 3);
    QTRY_COMPARE(held.current().data(SyncList::ValueRole).toMap().value(u"changed"_s), true);
    QCOMPARE(held.persistent(), held.keys());
    QCOMPARE(held.selected(), held.keys());
    QCOMPARE(held.current().data(SyncList::ItemIndexRole), held.keys().first());
    QCOMPARE(held.current().row(), order == Qt::AscendingOrder ? 8 : 10); // two went, two may have come
    QCOMPARE(reset.size(), 0);
}

void tst_ViewState::mapKeepsWhatIsHeld()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncMap *const theirs = valueOfCall(bob->map());
    for (int i = 0; i < size; ++i)
        valueOfCall(theirs->set(u"k%1"_s.arg(i, 2, 10, QChar(u'0')), { { u"n"_s, i } }));
    const auto map = openAll<SyncMap>(alice.get(), theirs->sid(), Qt::AscendingOrder);
    QCOMPARE(map->count(), size);
    QSignalSpy reset(map.get(), &QAbstractItemModel::modelReset);
    const Held held(map.get(), { 10, 20, 21, 22, 35 });

    // Before, between, next to and behind what is held
    for (const QString &key : { u"a"_s, u"k09a"_s, u"k10a"_s, u"k20a"_s, u"k21a"_s, u"k30a"_s, u"z"_s })
        valueOfCall(theirs->set(key, {}));
    for (const QString &key : { u"k00"_s, u"k11"_s, u"k30"_s, u"k39"_s })
        QVERIFY(errorOfCall(theirs->remove(key)).isNull());
    valueOfCall(theirs->update(u"k10"_s, { { u"changed"_s, true } }));

    QTRY_COMPARE(map->count(), size + 7 - 4);
    QTRY_COMPARE(held.current().data(SyncMap::ValueRole).toMap().value(u"changed"_s), true);
    QCOMPARE(held.persistent(), held.keys());
    QCOMPARE(held.selected(), held.keys()); // what came between two selected rows is not selected
    QCOMPARE(held.current().data(SyncMap::ItemKeyRole), u"k10"_s);
    QCOMPARE(held.current().row(), 11);
    QCOMPARE(reset.size(), 0);
}

void tst_ViewState::whatIsHeldEndsWithItsItem()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncList *const theirs = valueOfCall(bob->list());
    for (int i = 0; i < size; ++i)
        valueOfCall(theirs->push({ { u"n"_s, i } }));
    const auto list = openAll<SyncList>(alice.get(), theirs->sid(), Qt::AscendingOrder);
    const Held held(list.get(), { 5, 6, 7 });
    QVERIFY(errorOfCall(theirs->remove(5)).isNull());
    QVERIFY(errorOfCall(theirs->remove(6)).isNull());
    QTRY_COMPARE(list->count(), size - 2);
    QCOMPARE(held.persistent(), QVariantList({ QVariant(), QVariant(), 7 }));
    QCOMPARE(held.selected(), QVariantList { QVariant(7) });
    QVERIFY(errorOfCall(theirs->removeList()).isNull());
    QTRY_COMPARE(list->count(), 0);
    QCOMPARE(held.selected(), QVariantList());
    QVERIFY(!held.current().isValid());
}

QTEST_GUILESS_MAIN(tst_ViewState)
#include "tst_viewstate.moc"
