// Qt Widgets on a SyncMap: a table, a tree and a form show and edit it as they are.
#include "mainwindow.h"

#include <TwilioSync/LocalSyncServer>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtCore/qtimer.h>
#include <QtGui/qpalette.h>
#include <QtWidgets/qapplication.h>
#include <QtWidgets/qstyle.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

QPalette darkPalette()
{
    const QColor page(0x1c, 0x21, 0x2c);
    const QColor raised(0x26, 0x2d, 0x3b);
    const QColor text(0xec, 0xef, 0xf6);
    QPalette palette(raised, page);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(role, text);
    palette.setColor(QPalette::PlaceholderText, QColor(0x8d, 0x97, 0xad));
    palette.setColor(QPalette::Base, QColor(0x12, 0x15, 0x1d));
    palette.setColor(QPalette::AlternateBase, page);
    palette.setColor(QPalette::Highlight, QColor(0x4f, 0x46, 0xe5));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, QColor(0x6d, 0x76, 0x8a));
    return palette;
}

bool savePictures(QWidget *window, const QString &directory)
{
    const auto save = [&](const QString &name, const QPalette &palette) {
        window->setPalette(palette);
        return window->grab().save(QDir(directory).filePath(name));
    };
    return QDir().mkpath(directory) && save(u"desktop-light.png"_s, QApplication::style()->standardPalette())
            && save(u"desktop-dark.png"_s, darkPalette());
}

//! A session for a test: the samples come, one is seen in the form, and pictures are left in \a directory.
void playSession(MainWindow *window, const QString &directory)
{
    QObject::connect(window, &MainWindow::samplesAdded, window, [window, directory](const SyncError &error) {
        window->select(2);
        const bool isShown = error.isNull() && window->contacts()->count() == 6;
        qInfo().noquote() << (isShown ? "ok" : "not ok") << "- the samples are in the views";
        QCoreApplication::exit(isShown && savePictures(window, directory) ? 0 : 1);
    });
    QObject::connect(window->contacts(), &SyncMap::statusChanged, window, [window] {
        if (window->contacts()->status() == Sync::Status::Ready)
            window->addSamples();
    });
    QTimer::singleShot(20'000, window, [] {
        qCritical("not ok - the samples did not come in 20 seconds");
        QCoreApplication::exit(1);
    });
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    QApplication::setStyle(u"Fusion"_s);
    const QCommandLineOption url(u"url"_s, u"The server; without it one is started inside."_s, u"URL"_s);
    const QCommandLineOption token(u"token"_s, u"Access token for --url."_s, u"JWT"_s);
    const QCommandLineOption screenshot(u"screenshot"_s, u"Play a short session and leave pictures in DIR."_s,
                                        u"DIR"_s);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ url, token, screenshot });
    parser.process(application);

    LocalSyncServer server;
    if (!parser.isSet(url) && !server.listen()) {
        qCritical() << server.error();
        return 1;
    }
    const auto tokens = [&] {
        return QtFuture::makeReadyFuture(parser.isSet(url) ? parser.value(token)
                                                           : server.createToken(u"desktop"_s));
    };
    MainWindow window(parser.isSet(url) ? QUrl(parser.value(url)) : server.url(), tokens);
    window.show();
    if (parser.isSet(screenshot))
        playSession(&window, parser.value(screenshot));
    return QApplication::exec();
}
