// One subject of the side-by-side benchmark at one work: sidebyside.mjs starts it, and tells the others what
// to do when it is ready.
#include "bench/sidebyside/bareserver.h"
#include "bench/sidebyside/ceiling.h"
#include "bench/sidebyside/ours.h"
#include "bench/sidebyside/quick.h"
#include "TwilioSync/api/syncclient.h"

#include <QtCore/qcommandlineparser.h>
#include <QtGui/qguiapplication.h>

#include <memory>

using namespace Qt::StringLiterals;
using namespace Bench;

namespace {

bool runOursAlone(const Task &task)
{
    Twilio::SyncClient client;
    Twilio::SyncList list;
    return runOurs(task, client, list);
}

bool run(const QString &subject, const Task &task, bool isShown)
{
    if (subject == "ours"_L1)
        return runOursAlone(task);
    if (subject == "ours-qml"_L1)
        return runOursInQml(task, isShown);
    if (subject == "naive-qml"_L1)
        return runNaive(task, isShown);
    return subject == "ceiling"_L1 && runCeiling(task);
}

} // namespace

int main(int argc, char **argv)
{
    const bool needsQuick = argc > 1 && QByteArray(argv[1]).endsWith("-qml");
    const std::unique_ptr<QCoreApplication> app(needsQuick ? new QGuiApplication(argc, argv)
                                                           : new QCoreApplication(argc, argv));
    if (argc > 1 && QByteArray(argv[1]) == "bare-server")
        return serveBare();
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addPositionalArgument(u"subject"_s, u"ours, ours-qml, naive-qml or ceiling."_s);
    parser.addPositionalArgument(u"work"_s, u"What it is to do."_s);
    parser.addOptions({ { u"url"_s, u"Of the server."_s, u"URL"_s },
                        { u"token"_s, u"For it."_s, u"JWT"_s },
                        { u"sid"_s, u"The list."_s, u"SID"_s },
                        { u"count"_s, u"Events, items, pushes or objects."_s, u"N"_s, u"1000"_s },
                        { u"bytes"_s, u"Of an item."_s, u"N"_s, u"200"_s },
                        { u"connections"_s, u"Of bare WebSockets."_s, u"N"_s, u"1"_s },
                        { u"others"_s, u"Documents that are open besides."_s, u"N"_s, u"0"_s },
                        { u"prefix"_s, u"Of the objects' names."_s, u"NAME"_s },
                        { u"shown"_s, u"In a ListView."_s } });
    parser.process(*app);
    const QStringList arguments = parser.positionalArguments();
    const Task task { .work = arguments.value(1),
                      .url = QUrl(parser.value(u"url"_s)),
                      .token = parser.value(u"token"_s),
                      .sid = parser.value(u"sid"_s),
                      .count = parser.value(u"count"_s).toLongLong(),
                      .bytes = parser.value(u"bytes"_s).toInt(),
                      .connections = parser.value(u"connections"_s).toInt(),
                      .others = parser.value(u"others"_s).toInt(),
                      .prefix = parser.value(u"prefix"_s) };
    return run(arguments.value(0), task, parser.isSet(u"shown"_s)) ? 0 : 1;
}
