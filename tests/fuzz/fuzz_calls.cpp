// A series of calls on one server. A line is a call: method, path with parameters, If-Match or -, body; the
// line "tick N" turns the clock by N seconds. Afterwards the log must say what the events have said.
#include "check.h"
#include "server/data/bodies.h"
#include "server/data/syncdata.h"

#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

#include <algorithm>

using namespace Twilio::Server;

namespace {

const Caller caller { QStringLiteral("fuzz"), QStringLiteral("IS1"), {} };

class Run
{
public:
    Run()
    {
        m_data.setClock([this] { return m_now; });
        QObject::connect(&m_data, &SyncData::changed, &m_data, [this](const Change &change) {
            const Event event = Bodies::event(change);
            check(Twilio::Protocol::isValidJson(event.json) && !event.json.contains('\n'));
            m_told[change.object.sid].append(event);
            m_objects.insert(change.object.sid, change.object);
        });
        for (const char *collection : { "Documents", "Lists", "Maps", "Streams" })
            call("POST", QByteArray("/v3/") + collection, "-", R"({"unique_name":"x"})");
        call("POST", "/v3/Lists/x/Items", "-", R"({"data":{}})");
        call("PUT", "/v3/Maps/x/Items/k", "-", R"({"data":{}})");
    }

    void line(const QByteArray &text)
    {
        if (text.startsWith("tick ")) {
            m_now += 1000 * std::clamp<qint64>(text.mid(5).toLongLong(), 0, 1'000'000'000);
            return;
        }
        const qsizetype path = text.indexOf(' ');
        const qsizetype match = path < 0 ? -1 : text.indexOf(' ', path + 1);
        const qsizetype body = match < 0 ? -1 : text.indexOf(' ', match + 1);
        if (body > 0)
            call(text.left(path), text.mid(path + 1, match - path - 1), text.mid(match + 1, body - match - 1),
                 text.mid(body + 1));
    }

    void finish()
    {
        for (const ObjectRef &object : std::as_const(m_objects)) {
            const QList<Event> &told = m_told[object.sid];
            if (object.kind == ObjectKind::Stream || told.last().removesObject)
                continue;
            const Replay replay = m_data.replay(caller.serviceSid, object, -1, 1'000'000);
            if (!replay.found)
                continue; // due, but nobody has looked since
            check(!replay.interrupted && replay.lastEventId == told.last().id);
            if (object.kind == ObjectKind::Document) {
                check(replay.events.size() == 1 && replay.events.first().json == told.last().json);
                continue;
            }
            check(replay.events.size() == told.size());
            for (qsizetype i = 0; i < told.size(); ++i)
                check(told[i].id == i && replay.events[i].id == i && replay.events[i].type == told[i].type);
        }
    }

private:
    void call(const QByteArray &method, const QByteArray &target, const QByteArray &ifMatch,
              const QByteArray &body)
    {
        RestRequest request { method, target.left(target.indexOf('?')), {}, {}, "host", body };
        if (const qsizetype query = target.indexOf('?'); query >= 0) {
            for (const QByteArray &pair : target.mid(query + 1).split('&')) {
                const qsizetype equals = pair.indexOf('=');
                request.params.append({ pair.left(equals), pair.mid(equals + 1) });
            }
        }
        if (ifMatch != "-")
            request.headers.append({ "if-match", ifMatch });
        checkReply(m_data.handle(request, caller));
    }

    SyncData m_data;
    qint64 m_now = 1'700'000'000'000;
    QMap<QByteArray, QList<Event>> m_told;
    QMap<QByteArray, ObjectRef> m_objects;
};

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    startQuietly(argc, argv);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    Run run;
    const QByteArray text(reinterpret_cast<const char *>(bytes), qsizetype(size));
    for (const QByteArray &line : text.split('\n'))
        run.line(line);
    run.finish();
    return 0;
}
