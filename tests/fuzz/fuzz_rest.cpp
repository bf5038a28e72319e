// What backends send: a series of calls of the REST API on one server. A line is a call: method, target,
// If-Match or -, form. Every answer is JSON, and pages lead to each other without end.
#include "check.h"
#include "server/dialects/v1/routes.h"
#include "server/http/router.h"
#include "serverdata.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

using namespace Twilio::Server;

namespace {

class Backend
{
public:
    Backend()
    {
        for (const V1::Route &route : m_routes.all()) {
            m_router.add(route.method, route.pattern,
                         [this, route](const HttpRequest &request, const QList<QByteArray> &variables,
                                       const HttpAnswer &answer) {
                             answer(route.handle(request, variables, m_view));
                         });
        }
    }

    void play(const QByteArray &text)
    {
        m_server.clear();
        m_depth = 0;
        for (const char *collection : { "Documents", "Lists", "Maps", "Streams" })
            call({ "POST", QByteArray("/v1/Services/default/") + collection, {}, "UniqueName=x" });
        call({ "POST", "/v1/Services/default/Lists/x/Items", {}, "Data={}" });
        call({ "POST", "/v1/Services/default/Maps/x/Items", {}, "Key=k&Data={}" });
        playLines(text, m_server, [this](const CallLine &line) { call(line); });
    }

private:
    HttpResponse call(const CallLine &line)
    {
        HttpRequest request;
        request.method = line.method;
        const qsizetype query = line.target.indexOf('?');
        request.path = query < 0 ? line.target : line.target.first(query);
        if (!request.path.startsWith('/'))
            return {};
        if (query >= 0)
            request.query =
                    parseFormFields(QByteArrayView(line.target).sliced(query + 1)).value_or(HttpFields());
        request.headers = { { "content-type", "application/x-www-form-urlencoded" } };
        if (line.ifMatch)
            request.headers.append({ "if-match", *line.ifMatch });
        request.body = line.body;
        int answers = 0;
        HttpResponse answered;
        m_router.route(request, [&](const HttpResponse &response) {
            ++answers;
            answered = response;
        });
        check(answers == 1);
        checkAnswer(answered, request);
        return answered;
    }

    void checkAnswer(const HttpResponse &response, const HttpRequest &request)
    {
        check(response.status >= 200 && response.status < 500);
        check((response.status == 204) == response.body.isEmpty());
        if (response.body.isEmpty())
            return;
        check(Twilio::Protocol::isValidJson(response.body) && !response.body.contains('\n'));
        const QJsonObject body = QJsonDocument::fromJson(response.body).object();
        if (response.status >= 400) {
            check(body.value(QStringLiteral("status")).toInt() == response.status);
            check(body.value(QStringLiteral("code")).toInt() >= 20001);
            return;
        }
        const QJsonValue next =
                body.value(QStringLiteral("meta")).toObject().value(QStringLiteral("next_page_url"));
        if (request.method == "GET" && next.isString() && ++m_depth < 20) {
            const QByteArray url = next.toString().toLatin1();
            check(url.startsWith(m_view.origin));
            check(call({ "GET", url.sliced(m_view.origin.size()) }).status == 200);
            --m_depth;
        }
    }

    int m_depth = 0;
    ServerData m_server;
    V1::Routes m_routes { m_server.operations, m_server.services, m_server.permissions };
    Router m_router;
    const V1::View m_view { QStringLiteral("AC00000000000000000000000000000001"), "http://localhost:1" };
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    static Backend backend;
    backend.play(QByteArray(reinterpret_cast<const char *>(bytes), qsizetype(size)));
    return 0;
}
