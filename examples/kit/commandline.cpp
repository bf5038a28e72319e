#include "commandline.h"

#include "screenshots.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qtextstream.h>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace {

struct Given
{
    QUrl url;
    QString token;
    bool scripted = false;
};

Given &given()
{
    static Given values;
    return values;
}

[[noreturn]] void refuse(const QString &message)
{
    QTextStream(stderr) << QCoreApplication::applicationName() << ": " << message << Qt::endl;
    std::exit(2);
}

} // namespace

CommandLine::CommandLine(QObject *parent)
    : QObject(parent)
    , url(given().url)
    , token(given().token)
    , scripted(given().scripted)
{ }

void CommandLine::preparePlatform(int argc, char **argv)
{
    for (int i = 1; i < argc; ++i) {
        const QByteArrayView argument(argv[i]);
        if (argument.startsWith("--screenshot") || argument == "--help" || argument == "-h") {
            qputenv("QT_QPA_PLATFORM", "offscreen");
            qputenv("QT_QUICK_BACKEND", "software");
        }
    }
}

void CommandLine::read(const QString &description)
{
    const QCommandLineOption url(
            u"url"_s,
            u"Use the server at URL, e.g. ws://127.0.0.1:8470/v3/wsconnect; without: one of our own."_s,
            u"URL"_s);
    const QCommandLineOption token(u"token"_s, u"Access token for that server."_s, u"JWT"_s);
    const QCommandLineOption screenshot(
            u"screenshot"_s, u"Play a short session with no display and leave pictures in DIR."_s, u"DIR"_s);
    QCommandLineParser parser;
    parser.setApplicationDescription(description);
    parser.addHelpOption();
    parser.addOptions({ url, token, screenshot });
    if (!parser.parse(QCoreApplication::arguments()))
        refuse(parser.errorText());
    if (parser.isSet(u"help"_s))
        parser.showHelp();
    if (!parser.positionalArguments().isEmpty())
        refuse(u"unexpected argument '%1'"_s.arg(parser.positionalArguments().constFirst()));
    if (parser.isSet(url) != parser.isSet(token))
        refuse(u"--url and --token go together"_s);
    if (parser.isSet(url) && parser.isSet(screenshot))
        refuse(u"--screenshot plays on a server of our own, so it does not go with --url"_s);
    given() = { QUrl(parser.value(url)), parser.value(token), parser.isSet(screenshot) };
    Screenshots::setDirectory(parser.value(screenshot));
}
