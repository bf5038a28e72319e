// A series of calls on one server. A line is a call: method, path with parameters, If-Match or -, body; the
// line "tick N" turns the clock by N seconds. Afterwards the log must say what the events have said.
#include "check.h"
#include "server/dialects/v3/calls.h"
#include "server/dialects/v3/events.h"

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
            const V3::Event event = V3::eventOf(change);
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
            const QList<V3::Event> &told = m_told[object.sid];
            if (object.kind == ObjectKind::Stream)
                continue;
            const auto found = m_operations.replay(caller, object, -1, 1'000'000);
            const auto *const replay = std::get_if<Replay>(&found);
            if (!replay)
                continue; // removed, or due and nobody has looked since
            const QList<V3::Event> events = V3::eventsOf(replay->changes);
            check(!replay->interrupted && replay->lastEventId == told.last().id);
            if (object.kind == ObjectKind::Document) {
                check(events.size() == 1 && events.first().json == told.last().json);
                continue;
            }
            check(events.size() == told.size());
            for (qsizetype i = 0; i < told.size(); ++i)
                check(told[i].id == i && events[i].id == i && events[i].type == told[i].type);
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
        checkReply(m_calls.handle(request, caller));
    }

    SyncData m_data;
    Operations m_operations { m_data };
    V3::Calls m_calls { m_operations };
    qint64 m_now = 1'700'000'000'000;
    QMap<QByteArray, QList<V3::Event>> m_told;
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
