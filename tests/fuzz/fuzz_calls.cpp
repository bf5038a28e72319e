// A series of calls on one server. A line is a call: method, path with parameters, If-Match or -, body; the
// line "tick N" turns the clock by N seconds. Afterwards the log must say what the events have said.
#include "check.h"
#include "server/dialects/v3/calls.h"
#include "server/dialects/v3/events.h"
#include "serverdata.h"

#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

using namespace Twilio::Server;

namespace {

const Caller caller { QStringLiteral("fuzz"), QStringLiteral("IS1"), {} };

class Clients
{
public:
    Clients()
    {
        QObject::connect(&m_server.data, &SyncData::changed, &m_server.data, [this](const Change &change) {
            const V3::Event event = V3::eventOf(change);
            check(Twilio::Protocol::isValidJson(event.json) && !event.json.contains('\n'));
            m_told[change.object.sid].append(event);
            m_objects.insert(change.object.sid, change.object);
        });
    }

    void play(const QByteArray &text)
    {
        m_server.clear();
        m_told.clear();
        m_objects.clear();
        for (const char *collection : { "Documents", "Lists", "Maps", "Streams" })
            call({ "POST", QByteArray("/v3/") + collection, {}, R"({"unique_name":"x"})" });
        call({ "POST", "/v3/Lists/x/Items", {}, R"({"data":{}})" });
        call({ "PUT", "/v3/Maps/x/Items/k", {}, R"({"data":{}})" });
        playLines(text, m_server, [this](const CallLine &line) { call(line); });
        checkLogs();
    }

private:
    void call(const CallLine &line)
    {
        const QByteArray &target = line.target;
        RestRequest request { line.method, target.left(target.indexOf('?')), {}, {}, "host", line.body };
        if (const qsizetype query = target.indexOf('?'); query >= 0) {
            const QList<QByteArray> pairs = target.mid(query + 1).split('&');
            for (const QByteArray &pair : pairs) {
                const qsizetype equals = pair.indexOf('=');
                request.params.append({ pair.left(equals), pair.mid(equals + 1) });
            }
        }
        if (line.ifMatch)
            request.headers.append({ "if-match", *line.ifMatch });
        checkReply(m_calls.handle(request, caller));
    }

    void checkLogs()
    {
        for (const ObjectRef &object : std::as_const(m_objects)) {
            const QList<V3::Event> &told = m_told[object.sid];
            if (object.kind == ObjectKind::Stream)
                continue;
            const auto found = m_server.operations.replay(caller, object, -1, 1'000'000);
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

    ServerData m_server;
    V3::Calls m_calls { m_server.operations };
    QMap<QByteArray, QList<V3::Event>> m_told;
    QMap<QByteArray, ObjectRef> m_objects;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    static Clients clients;
    clients.play(QByteArray(reinterpret_cast<const char *>(bytes), qsizetype(size)));
    return 0;
}
