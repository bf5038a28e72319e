#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/twoclients.h"

#include <QtCore/qconcatenatetablesproxymodel.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! What a view of \a model would show, kept up to date by the model's signals alone.
class Mirror : public QObject
{
public:
    explicit Mirror(const SyncCollection *model) : m_model(model)
    {
        read();
        using Model = QAbstractItemModel;
        connect(model, &Model::rowsInserted, this, [this](const QModelIndex &, int first, int last) {
            for (int row = first; row <= last; ++row)
                m_rows.insert(row, textAt(row));
        });
        connect(model, &Model::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) { m_rows.remove(first, last - first + 1); });
        connect(model, &Model::dataChanged, this, [this](const QModelIndex &first, const QModelIndex &last) {
            for (int row = first.row(); row <= last.row(); ++row)
                m_rows[row] = textAt(row);
        });
        connect(model, &Model::modelReset, this, [this] { read(); });
    }

    [[nodiscard]] QStringList rows() const { return m_rows; }
    //! What the model itself says now.
    [[nodiscard]] QStringList modelRows() const
    {
        QStringList rows;
        for (int row = 0; row < m_model->rowCount(); ++row)
            rows.append(textAt(row));
        return rows;
    }
    //! Row and key lead to each other.
    [[nodiscard]] bool findsItsRows() const
    {
        for (int row = 0; row < m_model->rowCount(); ++row) {
            const QVariant key = m_model->index(row).data(SyncCollection::ItemKeyRole);
            const auto *list = qobject_cast<const SyncList *>(m_model);
            const auto *map = qobject_cast<const SyncMap *>(m_model);
            if ((list ? list->rowOf(key.toLongLong()) : map->rowOf(key.toString())) != row)
                return false;
        }
        return true;
    }

private:
    void read() { m_rows = modelRows(); }
    [[nodiscard]] QString textAt(int row) const
    {
        return m_model->index(row).data(SyncCollection::ItemKeyRole).toString();
    }

    const SyncCollection *const m_model;
    QStringList m_rows;
};

SyncValue number(int n) { return { { u"n"_s, n } }; }

} // namespace

// Several handles of one list or map: each one's rows are right at every moment, whatever is done to the
// others.
class tst_SharedRows : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void concatenated();
    void othersShowWhatTheyWereToldOf();
    void slotChangesAnotherHandle_data();
    void slotChangesAnotherHandle();
    void slotChangesItsOwnHandle_data();
    void slotChangesItsOwnHandle();
    void nestedLoopInsideAChange_data();
    void nestedLoopInsideAChange();
    void pointedElsewhereWhileItLetsGo();

private:
    std::unique_ptr<SyncList> open(const QString &name, Qt::SortOrder order = Qt::AscendingOrder,
                                   int pageSize = 50)
    {
        auto list = std::make_unique<SyncList>();
        list->setOrder(order);
        list->setPageSize(pageSize);
        list->setClient(m_alice.get());
        list->setUniqueName(name);
        waitFor([&] {
            return list->subscriptionState() == Sync::SubscriptionState::Established && list->count() > 0;
        });
        return list;
    }
    //! A list of \a items items; Bob's handle of it.
    SyncList *prepare(const QString &name, int items)
    {
        auto *list = established(m_bob->list(name));
        for (int i = 0; i < items; ++i)
            valueOfCall(list->push(number(i)));
        return list;
    }
};

void tst_SharedRows::concatenated()
{
    const QString name = freshName();
    SyncList *const remote = prepare(name, 4);
    const auto first = open(name);
    const auto second = open(name, Qt::DescendingOrder);
    QConcatenateTablesProxyModel both;
    both.addSourceModel(first.get());
    both.addSourceModel(second.get());
    const QAbstractItemModelTester tester(&both, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const auto rows = [&] {
        QStringList shown;
        for (int row = 0; row < both.rowCount(); ++row)
            shown.append(both.index(row, 0).data(SyncCollection::ItemKeyRole).toString());
        return shown.join(u' ');
    };
    QCOMPARE(rows(), u"0 1 2 3 3 2 1 0"_s);
    valueOfCall(remote->push(number(4)));
    QTRY_COMPARE(rows(), u"0 1 2 3 4 4 3 2 1 0"_s);
    outcomeOf(remote->remove(1));
    QTRY_COMPARE(rows(), u"0 2 3 4 4 3 2 0"_s);
    QList<QFuture<SyncListItem>> burst;
    for (int i = 5; i < 40; ++i)
        burst.append(remote->push(number(i)));
    QTRY_COMPARE(both.rowCount(), 2 * 39);
    QList<QFuture<void>> removals;
    for (int i = 10; i < 30; ++i)
        removals.append(remote->remove(i));
    QTRY_COMPARE(both.rowCount(), 2 * 19);
}

void tst_SharedRows::othersShowWhatTheyWereToldOf()
{
    const QString name = freshName();
    SyncList *const remote = prepare(name, 6);
    std::vector<std::unique_ptr<SyncList>> handles;
    std::vector<std::unique_ptr<Mirror>> mirrors;
    for (const auto order : { Qt::AscendingOrder, Qt::DescendingOrder }) {
        for (const int pageSize : { 2, 50 }) {
            handles.push_back(open(name, order, pageSize));
            mirrors.push_back(std::make_unique<Mirror>(handles.back().get()));
        }
    }
    int looks = 0;
    const auto look = [&] {
        ++looks;
        for (const auto &mirror : mirrors) {
            QCOMPARE(mirror->modelRows(), mirror->rows());
            QVERIFY(mirror->findsItsRows());
        }
    };
    for (const auto &handle : handles) {
        using Model = QAbstractItemModel;
        connect(handle.get(), &Model::rowsAboutToBeInserted, this, look);
        connect(handle.get(), &Model::rowsInserted, this, look);
        connect(handle.get(), &Model::rowsAboutToBeRemoved, this, look);
        connect(handle.get(), &Model::rowsRemoved, this, look);
    }
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    QList<int> living { 0, 1, 2, 3, 4, 5 };
    int next = 6;
    for (int round = 0; round < 60; ++round) {
        if (living.isEmpty() || random.bounded(2) == 0) {
            remote->push(number(next));
            living.append(next++);
        } else {
            remote->remove(living.takeAt(random.bounded(int(living.size()))));
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(remote->pendingWrites(), 0, wireTimeout);
    QTRY_COMPARE(handles.at(1)->count(), int(living.size()));
    QTRY_COMPARE(handles.at(3)->count(), int(living.size()));
    QVERIFY(looks > 0);
    look();
}

void tst_SharedRows::slotChangesAnotherHandle_data()
{
    QTest::addColumn<QByteArray>("moment");
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<bool>("actorIsFirst");
    for (const char *moment :
         { "rowsAboutToBeInserted", "rowsInserted", "rowsAboutToBeRemoved", "rowsRemoved" }) {
        for (const char *action : { "order", "close", "destroy", "fetch", "roles" }) {
            for (const bool actorIsFirst : { true, false })
                QTest::addRow("%s, %s%s", moment, action, actorIsFirst ? "" : " of the one told before")
                        << QByteArray(moment) << QByteArray(action) << actorIsFirst;
        }
    }
}

//! Calls \a slot at the signal of \a model called \a moment.
template <typename Slot>
void atMoment(const QAbstractItemModel *model, const QByteArray &moment, QObject *context, Slot slot)
{
    using Model = QAbstractItemModel;
    if (moment == "rowsAboutToBeInserted")
        QObject::connect(model, &Model::rowsAboutToBeInserted, context, slot);
    else if (moment == "rowsInserted")
        QObject::connect(model, &Model::rowsInserted, context, slot);
    else if (moment == "rowsAboutToBeRemoved")
        QObject::connect(model, &Model::rowsAboutToBeRemoved, context, slot);
    else
        QObject::connect(model, &Model::rowsRemoved, context, slot);
}

void tst_SharedRows::slotChangesAnotherHandle()
{
    QFETCH(QByteArray, moment);
    QFETCH(QByteArray, action);
    QFETCH(bool, actorIsFirst);
    const QString name = freshName();
    SyncList *const remote = prepare(name, 5);
    auto first = open(name, Qt::AscendingOrder, action == "fetch" ? 2 : 50);
    auto second = open(name, Qt::AscendingOrder, action == "fetch" ? 2 : 50);
    SyncList *const actor = actorIsFirst ? first.get() : second.get();
    std::unique_ptr<SyncList> &victim = actorIsFirst ? second : first;
    const ModelCheck actorCheck(actor);
    auto victimCheck = std::make_unique<ModelCheck>(victim.get());
    const Mirror actorMirror(actor);
    auto mirror = std::make_unique<Mirror>(victim.get());

    bool done = false;
    QObject context;
    atMoment(actor, moment, &context, [&] {
        if (std::exchange(done, true))
            return;
        if (action == "order") {
            victim->setOrder(Qt::DescendingOrder);
        } else if (action == "close") {
            victim->close();
            QCOMPARE(victim->count(), 0);
        } else if (action == "destroy") {
            victimCheck.reset();
            mirror.reset();
            victim.reset();
        } else if (action == "roles") {
            victim->setValueRoles({ u"n"_s });
        } else {
            victim->fetchMore();
        }
    });
    const bool isRemoval = moment.contains("Removed");
    if (isRemoval)
        outcomeOf(remote->remove(1));
    else
        valueOfCall(remote->push(number(5)));
    if (action == "fetch" && !isRemoval) { // 5 is beyond the two rows that are shown
        actor->fetchMore();
        QTRY_VERIFY(done);
    }
    QTRY_VERIFY(done);

    const QString all = isRemoval ? u"0 2 3 4"_s : u"0 1 2 3 4 5"_s;
    if (action == "destroy") {
        QTRY_COMPARE(actorMirror.modelRows().join(u' '), all);
        return;
    }
    QString expected = all;
    if (action == "order")
        expected = isRemoval ? u"4 3 2 0"_s : u"5 4 3 2 1 0"_s;
    else if (action == "close")
        expected.clear();
    else if (action == "fetch")
        expected = isRemoval ? u"0 2 3"_s : u"0 1 2 3"_s;
    QTRY_COMPARE(mirror->modelRows().join(u' '), expected);
    QCOMPARE(mirror->rows().join(u' '), expected);
    QVERIFY(mirror->findsItsRows());
    QCOMPARE(actorMirror.rows(), actorMirror.modelRows());
}

void tst_SharedRows::slotChangesItsOwnHandle_data()
{
    QTest::addColumn<QByteArray>("moment");
    QTest::addColumn<QByteArray>("action");
    for (const char *moment :
         { "rowsAboutToBeInserted", "rowsInserted", "rowsAboutToBeRemoved", "rowsRemoved" }) {
        for (const char *action : { "order", "close", "roles" })
            QTest::addRow("%s, %s", moment, action) << QByteArray(moment) << QByteArray(action);
    }
}

void tst_SharedRows::slotChangesItsOwnHandle()
{
    QFETCH(QByteArray, moment);
    QFETCH(QByteArray, action);
    const QString name = freshName();
    SyncList *const remote = prepare(name, 5);
    const auto list = open(name);
    const ModelCheck check(list.get());
    const Mirror mirror(list.get());
    bool done = false;
    QObject context;
    atMoment(list.get(), moment, &context, [&] {
        if (std::exchange(done, true))
            return;
        if (action == "order")
            list->setOrder(Qt::DescendingOrder);
        else if (action == "close")
            list->close();
        else
            list->setValueRoles({ u"n"_s });
    });
    const bool isRemoval = moment.contains("Removed");
    if (isRemoval)
        outcomeOf(remote->remove(1));
    else
        valueOfCall(remote->push(number(5)));
    QTRY_VERIFY(done);
    QString expected = isRemoval ? u"0 2 3 4"_s : u"0 1 2 3 4 5"_s;
    if (action == "order")
        expected = isRemoval ? u"4 3 2 0"_s : u"5 4 3 2 1 0"_s;
    else if (action == "close")
        expected.clear();
    QTRY_COMPARE(mirror.modelRows().join(u' '), expected);
    QCOMPARE(mirror.rows().join(u' '), expected);
    if (action == "close")
        QCOMPARE(list->status(), Sync::Status::Closed);
}

void tst_SharedRows::nestedLoopInsideAChange_data()
{
    QTest::addColumn<QByteArray>("moment");
    for (const char *moment :
         { "rowsAboutToBeInserted", "rowsInserted", "rowsAboutToBeRemoved", "rowsRemoved" })
        QTest::newRow(moment) << QByteArray(moment);
}

// A message box: events and pages that come meanwhile wait for the change to end.
void tst_SharedRows::nestedLoopInsideAChange()
{
    QFETCH(QByteArray, moment);
    const QString name = freshName();
    SyncList *const remote = prepare(name, 6);
    const auto first = open(name);
    const auto second = open(name, Qt::DescendingOrder, 2);
    const ModelCheck firstCheck(first.get());
    const ModelCheck secondCheck(second.get());
    const Mirror firstMirror(first.get());
    const Mirror secondMirror(second.get());
    bool done = false;
    QObject context;
    atMoment(first.get(), moment, &context, [&] {
        if (std::exchange(done, true))
            return;
        second->fetchMore();
        remote->push(number(100));
        remote->remove(0);
        QEventLoop box;
        QTimer::singleShot(300, &box, &QEventLoop::quit);
        box.exec();
        QCOMPARE(firstMirror.modelRows(), firstMirror.rows());
        QCOMPARE(secondMirror.modelRows(), secondMirror.rows());
    });
    if (moment.contains("Removed"))
        outcomeOf(remote->remove(5));
    else
        valueOfCall(remote->push(number(6)));
    QTRY_VERIFY(done);
    const QString expected = moment.contains("Removed") ? u"1 2 3 4 6"_s : u"1 2 3 4 5 6 7"_s;
    QTRY_COMPARE(firstMirror.modelRows().join(u' '), expected);
    second->setLoadAll(true);
    QStringList reversed = expected.split(u' ');
    std::reverse(reversed.begin(), reversed.end());
    QTRY_COMPARE(secondMirror.modelRows(), reversed);
    QCOMPARE(firstMirror.rows(), firstMirror.modelRows());
    QCOMPARE(secondMirror.rows(), secondMirror.modelRows());
}

// Its rows go because it is pointed elsewhere; a slot points it elsewhere again and waits until that is open.
void tst_SharedRows::pointedElsewhereWhileItLetsGo()
{
    const QString name = freshName();
    const QString second = freshName();
    const QString third = freshName();
    prepare(name, 3);
    prepare(second, 1);
    SyncList *const remote = prepare(third, 2);
    const auto list = open(name);
    const ModelCheck check(list.get());
    const Mirror mirror(list.get());
    bool done = false;
    QObject context;
    atMoment(list.get(), "rowsRemoved", &context, [&] {
        if (std::exchange(done, true))
            return;
        list->setUniqueName(third);
        QEventLoop box;
        connect(list.get(), &SyncList::subscriptionStateChanged, &box, [&] {
            if (list->subscriptionState() == Sync::SubscriptionState::Established)
                box.quit();
        });
        box.exec();
    });
    list->setUniqueName(second);
    QTRY_VERIFY(done);
    QTRY_COMPARE(mirror.rows(), QStringList({ u"0"_s, u"1"_s }));
    valueOfCall(remote->push(number(2)));
    QTRY_COMPARE(mirror.rows(), QStringList({ u"0"_s, u"1"_s, u"2"_s }));
    QCOMPARE(mirror.modelRows(), mirror.rows());
    QCOMPARE(list->uniqueName(), third);
}

QTEST_GUILESS_MAIN(tst_SharedRows)
#include "tst_sharedrows.moc"
