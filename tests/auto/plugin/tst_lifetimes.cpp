#include "javascript.h"
#include "serverfixture.h"

#include "TwilioSync/core/syncexception.h"

#include <QtCore/qabstractproxymodel.h>
#include <QtCore/qstringlistmodel.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;

//! Objects and engines that go at a bad moment. What must not happen is a crash, a leak or a warning.
class tst_Lifetimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void engineGoesWithCallsUnderWay_data();
    void engineGoesWithCallsUnderWay();
    void objectGoesInItsOwnHandler_data();
    void objectGoesInItsOwnHandler();
    void clientGoesWithEveryKindOfCallUnderWay();
    void whatAPromiseGaveIsCollected();
    void providerThatNeverAnswersIsSettledWithItsEngine();
    void filterFunctionOutlivesItsEngine();
    void filterGoesInItsOwnHandler();

private:
    QObject *make(const QByteArray &body);

    std::unique_ptr<ServerFixture> m_server;
    std::unique_ptr<QQmlEngine> m_engine;
    std::unique_ptr<QObject> m_root;
};

void tst_Lifetimes::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<ServerFixture>();
    QVERIFY(m_server->start());
    m_engine = std::make_unique<QQmlEngine>();
    m_engine->addImportPath(QStringLiteral(TEST_QML_IMPORT_PATH));
}

void tst_Lifetimes::cleanup()
{
    m_root.reset();
    m_engine.reset();
    m_server.reset();
}

//! A QtObject with a client and a list that belong to JavaScript, and \a body.
QObject *tst_Lifetimes::make(const QByteArray &body)
{
    m_engine->rootContext()->setContextProperty(u"serverUrl"_s, m_server->url());
    m_engine->rootContext()->setContextProperty(u"serverToken"_s, m_server->token(u"ann"_s));
    QQmlComponent component(m_engine.get());
    component.setData("import QtQml\n"
                      "import Twilio.Sync\n"
                      "QtObject {\n"
                      "    id: root\n"
                      "    property bool reached: false\n"
                      "    property Component clients: Component { SyncClient { url: serverUrl } }\n"
                      "    property Component lists: Component { SyncList { uniqueName: 'lifetimes' } }\n"
                      "    property var client: clients.createObject(null)\n"
                      "    property var list: lists.createObject(null, { client: client })\n"
                      "    function whenOpen(f) {\n"
                      "        list.statusChanged.connect(() => {\n"
                      "            if (root.list !== null && root.list.status === Sync.Ready) f()\n"
                      "        })\n"
                      "    }\n"
                      "    Component.onCompleted: { client.token = serverToken; start() }\n"
                              + body + "\n}",
                      QUrl(u"qrc:/lifetimes.qml"_s));
    m_root.reset(component.create());
    if (!m_root)
        qFatal("%s", qPrintable(component.errorString()));
    return m_root.get();
}

void tst_Lifetimes::engineGoesWithCallsUnderWay_data()
{
    QTest::addColumn<QByteArray>("calls");
    QTest::newRow("opening") << QByteArray("client.list().then(l => l.push({}))");
    QTest::newRow("pushing") << QByteArray("list.push({}).then(i => list.get(i.index))");
    QTest::newRow("mutating") << QByteArray("list.push({}).then(i => list.mutate(i.index, v => v))");
    QTest::newRow("writing a document")
            << QByteArray("client.document().then(d => d.mutate(v => ({ a: 1 })).then(() => d.setTtl(60)))");
    QTest::newRow("writing a map") << QByteArray(
            "client.map().then(m => m.set('a', {}).then(() => m.getItems()))");
    QTest::newRow("publishing") << QByteArray("client.stream().then(s => s.publishMessage({}))");
    QTest::newRow("shutting down") << QByteArray("client.shutdown().then(() => list.push({}))");
    QTest::newRow("paging") << QByteArray("list.getItems().then(p => p.nextPage())");
    QTest::newRow("updating the token") << QByteArray("client.updateToken(serverToken)");
    QTest::newRow("waiting for a token") << QByteArray("client.tokenProvider = () => new Promise(() => {})");
}

void tst_Lifetimes::engineGoesWithCallsUnderWay()
{
    QFETCH(QByteArray, calls);
    const QObject *root = make("function start() { whenOpen(() => { " + calls + "; reached = true }) }");
    QTRY_VERIFY(root->property("reached").toBool());
    m_root.reset();
    m_engine.reset();
    QCoreApplication::processEvents();
}

void tst_Lifetimes::objectGoesInItsOwnHandler_data()
{
    QTest::addColumn<QByteArray>("start");
    const auto row = [](const char *name, const char *connect, const char *go) {
        QTest::newRow(name) << QByteArray(connect).replace("GO", QByteArray(go) + " reached = true");
    };
    const auto *listGoes = "list.destroy(); list = null;";
    const auto *clientGoes = "client.destroy(); client = null;";
    row("list when it is ready", "whenOpen(() => { GO })", listGoes);
    row("list when an item comes",
        "list.itemAdded.connect(() => { GO }); whenOpen(() => list.push({ a: 1 }).catch(() => {}))",
        listGoes);
    row("list when its promise resolves", "whenOpen(() => list.push({ a: 1 }).then(() => { GO }))", listGoes);
    row("client when it is connected",
        "client.connectionStateChanged.connect(state => { if (state === SyncClient.Connected) { GO } })",
        clientGoes);
    row("client when a list is open", "client.list().then(() => { GO })", clientGoes);
    row("client when an item comes",
        "list.itemAdded.connect(() => { GO }); whenOpen(() => list.push({ a: 1 }).catch(() => {}))",
        clientGoes);
}

void tst_Lifetimes::objectGoesInItsOwnHandler()
{
    QFETCH(QByteArray, start);
    const QObject *root = make("function start() { " + start + " }");
    QTRY_VERIFY(root->property("reached").toBool());
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
}

void tst_Lifetimes::clientGoesWithEveryKindOfCallUnderWay()
{
    const QObject *root =
            make("property var told: []\n"
                 "function tell(p) { p.then(() => told.push('done'), e => told.push(e.message)) }\n"
                 "function start() { whenOpen(() => {\n"
                 "    tell(list.push({}));\n"
                 "    tell(list.get(0));\n"
                 "    tell(list.mutate(0, v => v));\n"
                 "    tell(list.getItems());\n"
                 "    tell(list.setTtl(60));\n"
                 "    tell(client.map());\n"
                 "    tell(client.updateToken(serverToken + 'x'));\n"
                 "    client.destroy(); client = null; reached = true\n"
                 "}) }");
    QTRY_VERIFY(root->property("reached").toBool());
    const auto told = [root] {
        QStringList messages = root->property("told").value<QJSValue>().toVariant().toStringList();
        messages.removeDuplicates();
        return messages.join(u", ");
    };
    QTRY_COMPARE(root->property("told").value<QJSValue>().property(u"length"_s).toInt(), 7);
    QCOMPARE(told(), u"client destroyed"_s);
}

void tst_Lifetimes::whatAPromiseGaveIsCollected()
{
    const QObject *root =
            make("property var kept\n"
                 "property int alive: 0\n"
                 "function start() {\n"
                 "    client.list().then(l => { ++alive; l.Component.destruction.connect(() => --alive) })\n"
                 "        .then(() => client.list()).then(l => { kept = l; ++alive; reached = true })\n"
                 "}");
    QTRY_VERIFY(root->property("reached").toBool());
    QCOMPARE(root->property("alive").toInt(), 2);
    m_engine->collectGarbage();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QTRY_COMPARE(root->property("alive").toInt(), 1);
}

void tst_Lifetimes::providerThatNeverAnswersIsSettledWithItsEngine()
{
    QFuture<QString> future;
    {
        QQmlEngine engine;
        future = Twilio::Qml::askForToken(&engine, engine.evaluate(u"(() => new Promise(() => {}))"_s));
        QVERIFY(!future.isFinished());
    }
    QVERIFY(future.isFinished());
    QVERIFY_THROWS_EXCEPTION(Twilio::SyncException, future.result());
}

void tst_Lifetimes::filterFunctionOutlivesItsEngine()
{
    QStringListModel rows({ u"a"_s, u"b"_s });
    QQmlComponent component(m_engine.get());
    component.setData(
            "import Twilio.Sync\nSyncSortFilterModel { filterFunction: row => row.display !== 'b' }",
            QUrl(u"qrc:/filter.qml"_s));
    m_root.reset(component.create());
    QVERIFY2(m_root, qPrintable(component.errorString()));
    auto *filter = qobject_cast<QAbstractProxyModel *>(m_root.get());
    filter->setSourceModel(&rows);
    QCOMPARE(filter->rowCount(), 1);
    m_engine.reset();
    QVERIFY(rows.insertRow(0)); // there is nobody to ask, so it is not shown
    QCOMPARE(filter->rowCount(), 1);
    QVERIFY(rows.removeRows(0, 3));
    QCOMPARE(filter->rowCount(), 0);
}

void tst_Lifetimes::filterGoesInItsOwnHandler()
{
    const QObject *root = make(
            "property Component filters: Component { SyncSortFilterModel { sortRole: 'itemIndex' } }\n"
            "property var filter: filters.createObject(null, { model: list })\n"
            "function start() {\n"
            "    filter.countChanged.connect(() => { filter.destroy(); filter = null; reached = true })\n"
            "    whenOpen(() => list.push({ a: 1 }))\n"
            "}");
    QTRY_VERIFY(root->property("reached").toBool());
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
}

QTEST_GUILESS_MAIN(tst_Lifetimes)
#include "tst_lifetimes.moc"
