#include "commandline.h"
#include "options.h"
#include "screenshots.h"

#include <QtCore/qtemporarydir.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuickControls2/qquickstyle.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    CommandLine::preparePlatform(argc, argv);
    QGuiApplication app(argc, argv);
    auto options = parseOptions(QGuiApplication::arguments());
    if (!options)
        return 2;
    const QTemporaryDir session; // a window that is opened anew during it finds what it has seen
    if (!options->screenshots.isEmpty() && options->cache.isEmpty())
        options->cache = session.path();
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
