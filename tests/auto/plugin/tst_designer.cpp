#include "serverfixture.h"

#include <QtCore/qscopeguard.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;

//! What Qt's designers preview: interfaces as they are written, with no account behind them.
class tst_Designer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void askForTokensOnlyInAnApplication_data();
    void askForTokensOnlyInAnApplication();
    void elementsWithNothingSet_data();
    void elementsWithNothingSet();
};

void tst_Designer::askForTokensOnlyInAnApplication_data()
{
    QTest::addColumn<bool>("isPreview");
    QTest::addRow("application") << false;
    QTest::addRow("preview") << true;
}

void tst_Designer::askForTokensOnlyInAnApplication()
{
    QFETCH(bool, isPreview);
    const auto reset = qScopeGuard([] { qunsetenv("QML_PUPPET_MODE"); });
    if (isPreview)
        qputenv("QML_PUPPET_MODE", "true");
    ServerFixture server;
    QVERIFY(server.start());
    QQmlEngine engine;
    engine.addImportPath(QStringLiteral(TEST_QML_IMPORT_PATH));
    engine.rootContext()->setContextProperty(u"serverUrl"_s, server.url());
    engine.rootContext()->setContextProperty(u"serverToken"_s, server.token(u"ann"_s));
    QQmlComponent component(&engine);
    component.setData("import QtQml\n"
                      "import Twilio.Sync\n"
                      "QtObject {\n"
                      "    id: root\n"
                      "    property int asked: 0\n"
                      "    property SyncClient client: SyncClient {\n"
                      "        url: serverUrl\n"
                      "        tokenProvider: () => { ++root.asked; return serverToken }\n"
                      "    }\n"
                      "    property SyncList list: SyncList { client: root.client; uniqueName: 'tasks' }\n"
                      // Started later, and told of later than what the first one does
                      "    property SyncClient other: SyncClient { url: serverUrl; token: serverToken }\n"
                      "    readonly property string first: client.connectionStateName\n"
                      "    readonly property string second: other.connectionStateName\n"
                      "}\n",
                      QUrl());
    const std::unique_ptr<QObject> root(component.create());
    QVERIFY2(root, qPrintable(component.errorString()));
    QTRY_COMPARE(root->property("second"), u"connected"_s);
    if (isPreview) {
        QCOMPARE(root->property("first"), u"disconnected"_s);
        QCOMPARE(root->property("asked"), 0);
    } else {
        QTRY_COMPARE(root->property("first"), u"connected"_s);
        QCOMPARE(root->property("asked"), 1);
    }
}

void tst_Designer::elementsWithNothingSet_data()
{
    QTest::addColumn<QByteArray>("element");
    for (const char *element :
         { "SyncClient", "SyncDocument", "SyncList", "SyncMap", "SyncMapEntry", "SyncStream", "SyncLiveQuery",
           "SyncInstantQuery", "SyncSortFilterModel", "LocalSyncServer" })
        QTest::addRow("%s", element) << QByteArray(element);
}

//! As one is dragged out of the palette: no warning, and every property can be read.
void tst_Designer::elementsWithNothingSet()
{
    QFETCH(QByteArray, element);
    QQmlEngine engine;
    engine.addImportPath(QStringLiteral(TEST_QML_IMPORT_PATH));
    QQmlComponent component(&engine);
    component.setData("import Twilio.Sync\nimport Twilio.Sync.LocalServer\n" + element + " { }\n", QUrl());
    const std::unique_ptr<QObject> made(component.create());
    QVERIFY2(made, qPrintable(component.errorString()));
    const QMetaObject *meta = made->metaObject();
    for (int at = 0; at < meta->propertyCount(); ++at)
        QVERIFY2(meta->property(at).read(made.get()).isValid()
                         || meta->property(at).metaType() == QMetaType::fromType<QVariant>(),
                 meta->property(at).name());
}

QTEST_GUILESS_MAIN(tst_Designer)
#include "tst_designer.moc"
