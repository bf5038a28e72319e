#include "options.h"
#include "screenshots.h"

#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuickControls2/qquickstyle.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    // The platform is chosen when the application is made, so this one option is looked for before
    for (int i = 1; i < argc; ++i) {
        const QByteArrayView argument(argv[i]);
        if (argument.startsWith("--screenshot") || argument == "--help" || argument == "-h") {
            qputenv("QT_QPA_PLATFORM", "offscreen");
            qputenv("QT_QUICK_BACKEND", "software");
        }
    }
    QGuiApplication app(argc, argv);
    const auto options = parseOptions(QGuiApplication::arguments());
    if (!options)
        return 2;
    Screenshots::setDirectory(options->screenshots);

    QGuiApplication::setApplicationDisplayName(u"Tasks"_s);
    QQuickStyle::setStyle(u"Basic"_s);

    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(TASKS_QML_IMPORT_PATH));
    engine.setInitialProperties(options->toMap());
    QObject::connect(
            &engine, &QQmlApplicationEngine::objectCreationFailed, &app, [] { QCoreApplication::exit(1); },
            Qt::QueuedConnection);
    engine.load(u"qrc:/qt/qml/Tasks/Main.qml"_s);
    return QGuiApplication::exec();
}
