#include "options.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qtextstream.h>
#include <QtCore/qurl.h>

using namespace Qt::StringLiterals;

QVariantMap Options::toMap() const
{
    return {
        { u"url"_s, QUrl(url) }, { u"token"_s, token },     { u"identity"_s, identity },
        { u"list"_s, list },     { u"windows"_s, windows }, { u"printUrl"_s, printUrl },
        { u"cache"_s, cache },   { u"report"_s, report },   { u"scripted"_s, !screenshots.isEmpty() },
    };
}

std::optional<Options> parseOptions(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
            u"A shared task list. With no --url: two windows on a server of their own."_s);
    parser.addHelpOption();
    parser.addOptions({
            { u"url"_s, u"Use the server at URL, e.g. ws://127.0.0.1:8470/v3/wsconnect."_s, u"URL"_s },
            { u"token"_s, u"Access token for that server."_s, u"JWT"_s },
            { u"identity"_s, u"Name in the first window's title."_s, u"NAME"_s, u"Ann"_s },
            { u"list"_s, u"Unique name of the list."_s, u"NAME"_s, u"tasks"_s },
            { u"windows"_s, u"1 or 2 windows; two on a server of our own, otherwise one."_s, u"N"_s },
            { u"cache"_s, u"Keep what is seen and written in DIR, also over restarts without the server."_s,
              u"DIR"_s },
            { u"print-url"_s, u"Print address and token of our own server, so that others can join."_s },
            { u"report"_s, u"Print what the windows show; take commands on the standard input."_s },
            { u"screenshot"_s, u"Play a short session with no display and leave pictures in DIR."_s,
              u"DIR"_s },
    });

    const auto refuse = [](const QString &message) {
        QTextStream(stderr) << "tasks: " << message << Qt::endl;
        return std::optional<Options>();
    };
    if (!parser.parse(arguments))
        return refuse(parser.errorText());
    if (parser.isSet(u"help"_s))
        parser.showHelp();
    if (!parser.positionalArguments().isEmpty())
        return refuse(u"unexpected argument '%1'"_s.arg(parser.positionalArguments().constFirst()));

    Options options;
    options.url = parser.value(u"url"_s);
    options.token = parser.value(u"token"_s);
    options.identity = parser.value(u"identity"_s);
    options.list = parser.value(u"list"_s);
    options.cache = parser.value(u"cache"_s);
    options.windows = options.url.isEmpty() ? 2 : 1;
    options.printUrl = parser.isSet(u"print-url"_s);
    options.report = parser.isSet(u"report"_s);
    options.screenshots = parser.value(u"screenshot"_s);
    if (parser.isSet(u"windows"_s)) {
        options.windows = parser.value(u"windows"_s).toInt();
        if (options.windows != 1 && options.windows != 2)
            return refuse(u"--windows: expected 1 or 2, got '%1'"_s.arg(parser.value(u"windows"_s)));
    }
    if (options.url.isEmpty() != options.token.isEmpty())
        return refuse(u"--url and --token go together"_s);
    if (!options.url.isEmpty() && !options.screenshots.isEmpty())
        return refuse(u"--screenshot plays on a server of our own, so it does not go with --url"_s);
    return options;
}
