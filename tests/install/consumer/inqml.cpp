#include <QtCore/QCoreApplication>
#include <QtQml/QQmlApplicationEngine>

#ifdef STATIC_PLUGINS
#include <QtQml/QQmlExtensionPlugin>
Q_IMPORT_QML_PLUGIN(Twilio_SyncPlugin)
Q_IMPORT_QML_PLUGIN(Twilio_Sync_LocalServerPlugin)
#endif

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QQmlApplicationEngine engine;
#ifdef IMPORT_PATH
    engine.addImportPath(QStringLiteral(IMPORT_PATH));
#endif
    engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Consumer/Main.qml")));
    return engine.rootObjects().isEmpty() ? 1 : QCoreApplication::exec();
}
