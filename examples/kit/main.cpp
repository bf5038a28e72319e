// The main function of every example in QML: all it is comes from its module.
#include "commandline.h"

#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuickControls2/qquickstyle.h>

using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    CommandLine::preparePlatform(argc, argv);
    QGuiApplication app(argc, argv);
    QGuiApplication::setApplicationName(QStringLiteral(EXAMPLE_NAME));
    QGuiApplication::setOrganizationName(u"TwilioSync"_s);
    CommandLine::read(u"An example of Twilio.Sync for Qt. With no --url it runs on a server of its own."_s);
    QQuickStyle::setStyle(u"Basic"_s);

    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(QML_MODULES));
    QObject::connect(
            &engine, &QQmlApplicationEngine::objectCreationFailed, &app, [] { QCoreApplication::exit(1); },
            Qt::QueuedConnection);
    engine.load(QUrl(QStringLiteral("qrc:/qt/qml/" EXAMPLE_URI "/Main.qml")));
    return QGuiApplication::exec();
}
