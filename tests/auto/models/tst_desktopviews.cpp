#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/twoclients.h"

#include <QtCore/qdir.h>
#include <QtCore/qsortfilterproxymodel.h>
#include <QtTest/qsignalspy.h>
#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qcombobox.h>
#include <QtWidgets/qcompleter.h>
#include <QtWidgets/qdatawidgetmapper.h>
#include <QtWidgets/qheaderview.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qtableview.h>
#include <QtWidgets/qtreeview.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// The views of Qt Widgets show and edit a map or list as it is, with no model in between.
class tst_DesktopViews : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void columnsAreFields();
    void columnsFollowTheRoles();
    void keysAreShownWhereThereAreNoFields();
    void editableIsWhatCanBeWritten();
    void changesNameTheCells();
    void editsReachTheService();
    void refusedEditsAreTold();
    void selectionStays();
    void sortsByColumns();
    void everyViewShowsIt();

private:
    static QVariantMap row(const QString &title, bool done, int hours)
    {
        return { { u"title"_s, title }, { u"done"_s, done }, { u"hours"_s, hours } };
    }
    [[nodiscard]] QVariantMap onService(const QString &key) const
    {
        return valueOfCall(m_theirs->get(key)).value();
    }

    SyncMap *m_theirs = nullptr;
    std::unique_ptr<SyncMap> m_map;
    std::unique_ptr<ModelCheck> m_check;
};

void tst_DesktopViews::init()
{
    TwoClients::init();
    m_theirs = established(m_bob->map());
    QVERIFY(m_theirs);
    valueOfCall(m_theirs->set(u"a"_s, row(u"Order timber"_s, true, 2)));
    valueOfCall(m_theirs->set(u"b"_s, row(u"Mend the fence"_s, false, 11)));
    valueOfCall(m_theirs->set(u"c"_s, row(u"Paint it"_s, false, 5)));
    m_map = std::make_unique<SyncMap>();
    m_check = std::make_unique<ModelCheck>(m_map.get());
    m_map->setValueRoles({ u"title"_s, u"done"_s, u"hours"_s });
    m_map->setLoadAll(true);
    m_map->setClient(m_alice.get());
    m_map->setSid(m_theirs->sid());
    QTRY_VERIFY(m_map->isComplete());
    QTRY_COMPARE(m_map->subscriptionState(), Sync::SubscriptionState::Established);
}

void tst_DesktopViews::cleanup()
{
    m_check.reset();
    m_map.reset();
    TwoClients::cleanup();
}

void tst_DesktopViews::columnsAreFields()
{
    QCOMPARE(m_map->columnCount(), 3);
    QStringList headers;
    for (int column = 0; column < 3; ++column)
        headers.append(m_map->headerData(column, Qt::Horizontal).toString());
    QCOMPARE(headers, QStringList({ u"title"_s, u"done"_s, u"hours"_s }));
    QCOMPARE(m_map->headerData(1, Qt::Vertical), QVariant(2));
    QCOMPARE(m_map->index(1, 0).data(), QVariant(u"Mend the fence"_s));
    QCOMPARE(m_map->index(1, 1).data(), QVariant(false));
    QCOMPARE(m_map->index(1, 2).data(Qt::EditRole).toInt(), 11);
    QCOMPARE(m_map->index(1, 2).data(SyncMap::ItemKeyRole), QVariant(u"b"_s));
}

void tst_DesktopViews::columnsFollowTheRoles()
{
    SyncMap map;
    const ModelCheck check(&map);
    QCOMPARE(map.columnCount(), 1);
    QSignalSpy inserted(&map, &SyncMap::columnsInserted);
    QSignalSpy removed(&map, &SyncMap::columnsRemoved);
    map.setValueRoles({ u"title"_s });
    QCOMPARE(map.columnCount(), 1);
    map.setValueRoles({ u"title"_s, u"done"_s, u"hours"_s });
    QCOMPARE(map.columnCount(), 3);
    QCOMPARE(inserted.size(), 1);
    map.setValueRoles({ u"hours"_s });
    QCOMPARE(map.columnCount(), 1);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(map.headerData(0, Qt::Horizontal), QVariant(u"hours"_s));

    QSignalSpy reset(m_map.get(), &SyncMap::modelReset);
    m_map->setValueRoles({ u"hours"_s, u"title"_s });
    QCOMPARE(reset.size(), 1);
    QCOMPARE(m_map->index(1, 0).data().toInt(), 11);
    QCOMPARE(m_map->index(1, 1).data(), QVariant(u"Mend the fence"_s));
}

void tst_DesktopViews::keysAreShownWhereThereAreNoFields()
{
    m_map->setValueRoles({});
    QCOMPARE(m_map->columnCount(), 1);
    QCOMPARE(m_map->index(2, 0).data(), QVariant(u"c"_s));
    QCOMPARE(m_map->headerData(0, Qt::Horizontal), QVariant(u"itemKey"_s));
    SyncList list;
    QCOMPARE(list.headerData(0, Qt::Horizontal), QVariant(u"itemIndex"_s));
}

void tst_DesktopViews::editableIsWhatCanBeWritten()
{
    const auto isEditable = [this] { return m_map->index(0, 0).flags().testFlag(Qt::ItemIsEditable); };
    QVERIFY(isEditable());
    m_map->setValueRoles({});
    QVERIFY(!isEditable());
    m_map->setValueRoles({ u"title"_s });
    QVERIFY(isEditable());
    const QPersistentModelIndex kept = m_map->index(0, 0);
    QCOMPARE(textOfError(errorOfCall(m_theirs->removeMap())), QString());
    QTRY_COMPARE(m_map->status(), Sync::Status::Removed);
    QVERIFY(!kept.isValid());
}

void tst_DesktopViews::changesNameTheCells()
{
    QSignalSpy changed(m_map.get(), &SyncMap::dataChanged);
    valueOfCall(m_theirs->update(u"b"_s, { { u"hours"_s, 12 } }));
    QTRY_COMPARE(changed.size(), 1);
    const auto first = changed[0][0].toModelIndex();
    const auto last = changed[0][1].toModelIndex();
    const auto roles = changed[0][2].value<QList<int>>();
    QCOMPARE(first, m_map->index(1, 0));
    QCOMPARE(last, m_map->index(1, 2));
    QVERIFY(roles.contains(Qt::DisplayRole) && roles.contains(Qt::EditRole));
    QCOMPARE(m_map->index(1, 2).data().toInt(), 12);
}

void tst_DesktopViews::editsReachTheService()
{
    QTableView table;
    table.setModel(m_map.get());
    table.show();
    QVERIFY(QTest::qWaitForWindowExposed(&table));
    table.setCurrentIndex(m_map->index(1, 0));
    table.edit(m_map->index(1, 0));
    auto *const editor = table.findChild<QLineEdit *>();
    QVERIFY(editor);
    QCOMPARE(editor->text(), u"Mend the fence"_s);
    editor->setText(u"Mend the gate"_s);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(m_map->index(1, 0).data(), QVariant(u"Mend the gate"_s));
    QCOMPARE(onService(u"b"_s), row(u"Mend the gate"_s, false, 11));
    QCOMPARE(table.currentIndex(), m_map->index(1, 0));
}

void tst_DesktopViews::refusedEditsAreTold()
{
    QTest::failOnWarning(QRegularExpression(u"nothing"_s));
    QSignalSpy failed(m_map.get(), &SyncMap::writeBackFailed);
    QVERIFY(m_map->setData(m_map->index(0, 0), QString(20'000, u'x'), Qt::EditRole));
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed[0][0], QVariant(u"a"_s));
    QCOMPARE(failed[0][1], QVariant(u"title"_s));
    QCOMPARE(m_map->index(0, 0).data(), QVariant(u"Order timber"_s));
}

void tst_DesktopViews::selectionStays()
{
    QTableView table;
    table.setModel(m_map.get());
    table.setCurrentIndex(m_map->index(1, 2));
    valueOfCall(m_theirs->set(u"aa"_s, row(u"Borrow a saw"_s, false, 1)));
    QTRY_COMPARE(m_map->rowCount(), 4);
    QCOMPARE(table.currentIndex(), m_map->index(2, 2));
    valueOfCall(m_theirs->update(u"b"_s, { { u"hours"_s, 13 } }));
    QTRY_COMPARE(table.currentIndex().data().toInt(), 13);
    QCOMPARE(textOfError(errorOfCall(m_theirs->remove(u"a"_s))), QString());
    QTRY_COMPARE(m_map->rowCount(), 3);
    QCOMPARE(table.currentIndex(), m_map->index(1, 2));
    QCOMPARE(table.selectionModel()->selectedIndexes(), QModelIndexList({ m_map->index(1, 2) }));
}

void tst_DesktopViews::sortsByColumns()
{
    QSortFilterProxyModel sorted;
    const QAbstractItemModelTester tester(&sorted);
    sorted.setSourceModel(m_map.get());
    QTableView table;
    table.setModel(&sorted);
    table.setSortingEnabled(true);
    table.sortByColumn(2, Qt::DescendingOrder);
    const auto titles = [&sorted] {
        QStringList all;
        for (int at = 0; at < sorted.rowCount(); ++at)
            all.append(sorted.index(at, 0).data().toString());
        return all;
    };
    QCOMPARE(titles(), QStringList({ u"Mend the fence"_s, u"Paint it"_s, u"Order timber"_s }));
    valueOfCall(m_theirs->update(u"a"_s, { { u"hours"_s, 20 } }));
    QTRY_COMPARE(titles(), QStringList({ u"Order timber"_s, u"Mend the fence"_s, u"Paint it"_s }));
}

void tst_DesktopViews::everyViewShowsIt()
{
    QWidget window;
    auto *const layout = new QVBoxLayout(&window);
    auto *const table = new QTableView;
    table->setModel(m_map.get());
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    auto *const tree = new QTreeView;
    tree->setModel(m_map.get());
    auto *const box = new QComboBox;
    box->setModel(m_map.get());
    auto *const title = new QLineEdit;
    auto *const hours = new QLineEdit;
    QDataWidgetMapper mapper;
    mapper.setModel(m_map.get());
    mapper.addMapping(title, 0);
    mapper.addMapping(hours, 2);
    mapper.toFirst();
    QCompleter completer(m_map.get());
    completer.setCaseSensitivity(Qt::CaseInsensitive);
    for (QWidget *widget : std::initializer_list<QWidget *> { table, tree, box, title, hours })
        layout->addWidget(widget);
    window.resize(480, 640);
    if (QGuiApplication::platformName() == u"offscreen")
        QTest::ignoreMessage(QtWarningMsg, "This plugin does not support propagateSizeHints()");
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));

    QCOMPARE(box->count(), 3);
    QCOMPARE(box->itemText(2), u"Paint it"_s);
    QCOMPARE(tree->model()->columnCount(), 3);
    QCOMPARE(title->text(), u"Order timber"_s);
    QCOMPARE(hours->text(), u"2"_s);
    completer.setCompletionPrefix(u"mend"_s);
    QCOMPARE(completer.currentCompletion(), u"Mend the fence"_s);

    box->setCurrentIndex(1);
    valueOfCall(m_theirs->update(u"a"_s, { { u"title"_s, u"Order oak"_s }, { u"hours"_s, 3 } }));
    QTRY_COMPARE(title->text(), u"Order oak"_s);
    QCOMPARE(hours->text(), u"3"_s);
    QCOMPARE(box->itemText(0), u"Order oak"_s);
    QCOMPARE(box->currentText(), u"Mend the fence"_s);
    title->setText(u"Order larch"_s);
    QVERIFY(mapper.submit());
    QTRY_COMPARE(onService(u"a"_s).value(u"title"_s), QVariant(u"Order larch"_s));
    QVERIFY(window.grab().save(QDir::current().filePath(u"desktopviews.png"_s)));
}

QTEST_MAIN(tst_DesktopViews)
#include "tst_desktopviews.moc"
