// The scene of bench_hold with a million rows: loaded page by page from a server of its own process, scrolled
// from end to end, each stop checked to show the row that belongs there. Prints times and the memory of this
// process.
#include "bench/support/memory.h"
#include "bench/support/scene.h"
#include "bench/support/serverprocess.h"
#include "TwilioSync/api/syncclient.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qdir.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfileinfo.h>
#include <QtGui/qguiapplication.h>
#include <QtGui/qimage.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

double seconds(const QElapsedTimer &since) { return double(since.nsecsElapsed()) / 1e9; }

bool load(Bench::ServerProcess &server, SyncList &list, SyncClient &client, qint64 rows)
{
    const QJsonObject seeded = server.control(
            u"seed"_s, { { u"kind"_s, u"list"_s }, { u"count"_s, rows }, { u"bytes"_s, 120 } });
    list.setValueRoles(Bench::sceneFields());
    list.setPageSize(100);
    list.setLoadAll(true);
    list.setMode(SyncClient::OpenMode::OpenExisting);
    list.setSid(seeded.value("sid"_L1).toString());
    const double before = Bench::processMemory("VmRSS:");
    QElapsedTimer elapsed;
    elapsed.start();
    Bench::HoldMeter meter;
    meter.start();
    list.setClient(&client);
    Bench::runUntil([&] { return list.isComplete() || list.status() == Sync::Status::Failed; });
    meter.stop();
    std::printf("loaded               %d rows in %.1f s, hold %s\n", list.count(), seconds(elapsed),
                meter.gaps().text().constData());
    const double after = Bench::processMemory("VmRSS:");
    std::printf("memory               %.0f MiB before, %.0f after: %.0f bytes a row\n", before, after,
                (after - before) * 1024 * 1024 / double(rows));
    std::fflush(stdout);
    return list.count() == rows;
}

// Stops at evenly spaced places from the first row to the last, a frame each; false if one shows another row.
bool scroll(Bench::Scene &scene, int stops)
{
    QObject *view = scene.view();
    const double way = view->property("contentHeight").toDouble() - view->property("height").toDouble();
    Bench::Intervals &frames = scene.frames();
    frames.start();
    QElapsedTimer elapsed;
    elapsed.start();
    for (int stop = 0; stop <= stops; ++stop) {
        const std::size_t shown = frames.count();
        view->setProperty("contentY", way * stop / stops);
        scene.window().update();
        bool isRight = false;
        if (!Bench::runUntil([&] { return frames.count() > shown; })
            || !QMetaObject::invokeMethod(view, "showsItsItem", Q_RETURN_ARG(bool, isRight)) || !isRight) {
            std::printf("stop %d of %d does not show its row\n", stop, stops);
            return false;
        }
    }
    std::printf("scrolled             %.0f pixels in %d stops, %.1f s, frames %s\n", way, stops,
                seconds(elapsed), frames.text().constData());
    return view->property("atYEnd").toBool();
}

bool picture(Bench::Scene &scene, double share, const QString &path)
{
    QObject *view = scene.view();
    const double way = view->property("contentHeight").toDouble() - view->property("height").toDouble();
    view->setProperty("contentY", std::floor(way * share));
    QDir().mkpath(QFileInfo(path).absolutePath());
    const bool ok = scene.window().grabWindow().save(path);
    std::printf("%s %s\n", ok ? "written:" : "could not write", qPrintable(path));
    return ok;
}

bool run(Bench::ServerProcess &server, qint64 rows, const QString &output)
{
    SyncClient client;
    client.setUrl(server.url());
    client.setToken(server.token(u"bench"_s));
    SyncList list;
    if (!load(server, list, client, rows))
        return false;
    const auto scene = Bench::Scene::show(QStringLiteral(SCENE_FILE), &list);
    if (!scene || !scroll(*scene, 1000))
        return false;
    if (!output.isEmpty()
        && (!picture(*scene, 0.5, output + u"-middle.png"_s) || !picture(*scene, 1, output + u"-end.png"_s)))
        return false;
    std::printf("client memory        %.0f MiB, at most %.0f\n", Bench::processMemory("VmRSS:"),
                Bench::processMemory("VmHWM:"));
    std::printf("server memory        %.0f MiB\n", Bench::processMemory("VmRSS:", server.pid()));
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ { u"rows"_s, u"Rows of the list."_s, u"N"_s, u"1000000"_s },
                        { u"output"_s, u"Writes pictures PATH-….png."_s, u"PATH"_s } });
    parser.process(app);

    Bench::ServerProcess server;
    if (!server.start(QStringLiteral(SERVER_EXECUTABLE)))
        return 1;
    return run(server, parser.value(u"rows"_s).toLongLong(), parser.value(u"output"_s)) ? 0 : 1;
}
