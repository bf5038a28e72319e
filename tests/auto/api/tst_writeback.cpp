#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/twoclients.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! setData() on lists and maps: what is written, what rows show meanwhile, and how a failure is told.
class tst_WriteBack : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void rowsShowWhatTheServiceHas();
    void refusalIsToldAfterTheRow_data();
    void refusalIsToldAfterTheRow();
    void itemThatIsGoneIsTold();
    void mapTellsItsKey();
    void whatCannotBeWrittenIsTold_data();
    void whatCannotBeWrittenIsTold();
    void closingLetsTheWriteGoOn();
    void clientThatGoesTells();

private:
    SyncList *openList(SyncClient &client, const QString &id = {}) const
    {
        SyncList *const list = valueOfCall(id.isEmpty() ? client.list() : client.list(id));
        new ModelCheck(list);
        list->setValueRoles({ u"title"_s });
        waitFor([list] { return list->subscriptionState() == Sync::SubscriptionState::Established; });
        return list;
    }
    static QVariantMap title(const QString &text) { return { { u"title"_s, text } }; }
    //! The arguments of writeBackFailed as text.
    static QString failureOf(const QVariantList &arguments)
    {
        return u"%1 %2: %3"_s.arg(arguments.at(0).toString(), arguments.at(1).toString(),
                                  textOfError(arguments.at(2).value<SyncError>()));
    }
};

void tst_WriteBack::rowsShowWhatTheServiceHas()
{
    SyncList *const list = openList(*m_alice);
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    const ModelLog log(list);
    QSignalSpy failed(list, &SyncList::writeBackFailed);
    QVERIFY(list->setData(list->index(0), u"tea"_s, SyncList::FirstFieldRole));
    QCOMPARE(list->pendingWrites(), 1);
    QCOMPARE(list->data(list->index(0), SyncList::FirstFieldRole), u"milk"_s);
    QCOMPARE(list->valueAt(0).toMap(), title(u"milk"_s));
    QTRY_COMPARE(list->pendingWrites(), 0);
    QTRY_COMPARE(list->data(list->index(0), SyncList::FirstFieldRole), u"tea"_s);
    QVERIFY(list->setData(list->index(0), QVariantMap { { u"other"_s, 1 } }, SyncList::ValueRole));
    QTRY_COMPARE(list->valueAt(0).toMap(), QVariantMap({ { u"other"_s, 1 } }));
    QTRY_COMPARE(log.lines().size(), 2);
    QCOMPARE(failed.size(), 0);
}

void tst_WriteBack::refusalIsToldAfterTheRow_data()
{
    QTest::addColumn<int>("role");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("name");
    const QString long20k(20'000, u'x');
    QTest::newRow("field") << int(SyncList::FirstFieldRole) << QVariant(long20k) << u"title"_s;
    QTest::newRow("value") << int(SyncList::ValueRole) << QVariant(title(long20k)) << u"value"_s;
}

void tst_WriteBack::refusalIsToldAfterTheRow()
{
    QFETCH(int, role);
    QFETCH(QVariant, value);
    QFETCH(QString, name);
    SyncList *const list = openList(*m_alice);
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    const ModelLog log(list);
    QStringList told;
    connect(list, &SyncList::writeBackFailed, this,
            [into = &told, rows = &log](qint64 itemIndex, const QString &roleName, const SyncError &error) {
                *into = rows->lines();
                into->append(u"failed %1 %2 %3 %4"_s.arg(itemIndex)
                                     .arg(roleName)
                                     .arg(error.status())
                                     .arg(error.code()));
            });
    QVERIFY(list->setData(list->index(0), value, role));
    QTRY_COMPARE(told,
                 QStringList({ u"changed 0-0 [%1]"_s.arg(name), u"failed 0 %1 413 54006"_s.arg(name) }));
    QCOMPARE(list->valueAt(0).toMap(), title(u"milk"_s));
}

void tst_WriteBack::itemThatIsGoneIsTold()
{
    SyncList *const list = openList(*m_alice);
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    QSignalSpy failed(list, &SyncList::writeBackFailed);
    // The service gets to see the removal first
    const auto removal = list->remove(0);
    QVERIFY(list->setData(list->index(0), u"late"_s, SyncList::FirstFieldRole));
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.at(0).at(0).toLongLong(), 0);
    QCOMPARE(failed.at(0).at(1), u"title"_s);
    QCOMPARE(failed.at(0).at(2).value<SyncError>().status(), 404);
    QVERIFY(errorOfCall(removal).isNull());
    QCOMPARE(list->count(), 0);
}

void tst_WriteBack::mapTellsItsKey()
{
    SyncMap *const map = valueOfCall(m_alice->map());
    map->setValueRoles({ u"title"_s });
    valueOfCall(map->set(u"ü"_s, title(u"milk"_s)));
    QTRY_COMPARE(map->count(), 1);
    QSignalSpy failed(map, &SyncMap::writeBackFailed);
    QVERIFY(map->setData(map->index(0), QString(20'000, u'x'), SyncMap::FirstFieldRole));
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.at(0).at(0), u"ü"_s);
    QCOMPARE(failed.at(0).at(1), u"title"_s);
    QCOMPARE(failed.at(0).at(2).value<SyncError>().status(), 413);
}

void tst_WriteBack::whatCannotBeWrittenIsTold_data()
{
    QTest::addColumn<int>("role");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("failure");
    QTest::newRow("no object") << int(SyncList::ValueRole) << QVariant(5)
                               << u"0 value: value: expected a JSON object, got a number (0, 0)"_s;
    QTest::newRow("index") << int(SyncList::ItemIndexRole) << QVariant(5)
                           << u"0 itemIndex: itemIndex: only value and valueRoles can be written (0, 0)"_s;
    QTest::newRow("role without a name") << int(Qt::ToolTipRole) << QVariant(5) << QString();
}

void tst_WriteBack::whatCannotBeWrittenIsTold()
{
    QFETCH(int, role);
    QFETCH(QVariant, value);
    QFETCH(QString, failure);
    SyncList *const list = openList(*m_alice);
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    QSignalSpy failed(list, &SyncList::writeBackFailed);
    QVERIFY(!list->setData(list->index(0), value, role));
    QTRY_COMPARE(failed.isEmpty() ? QString() : failureOf(failed.at(0)), failure);
    QCOMPARE(list->pendingWrites(), 0);
}

void tst_WriteBack::closingLetsTheWriteGoOn()
{
    SyncList *const list = openList(*m_alice);
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    QSignalSpy failed(list, &SyncList::writeBackFailed);
    const QModelIndex row = list->index(0);
    QVERIFY(list->setData(row, u"tea"_s, SyncList::FirstFieldRole));
    list->close(); // what is on its way goes on
    QCOMPARE(list->count(), 0);
    SyncList *const same = openList(*m_alice, list->sid());
    QTRY_COMPARE(same->valueAt(0).toMap(), title(u"tea"_s));
    QCOMPARE(failed.size(), 0);
}

void tst_WriteBack::clientThatGoesTells()
{
    SyncList list;
    const QString name = freshName();
    list.setClient(m_alice.get());
    list.setUniqueName(name);
    list.setValueRoles({ u"title"_s });
    QTRY_COMPARE(list.status(), Sync::Status::Ready);
    valueOfCall(list.push(title(u"milk"_s)));
    QTRY_COMPARE(list.count(), 1);
    QSignalSpy failed(&list, &SyncList::writeBackFailed);
    QVERIFY(list.setData(list.index(0), u"tea"_s, SyncList::FirstFieldRole));
    m_alice.reset();
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failureOf(failed.at(0)), u"0 title: client destroyed (0, 0)"_s);
}

QTEST_GUILESS_MAIN(tst_WriteBack)
#include "tst_writeback.moc"
