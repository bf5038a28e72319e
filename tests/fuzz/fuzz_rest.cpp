// What backends send: an HTTP request's query and form, and a series of calls of the REST API on one server.
// A line is a call: method, target, If-Match or -, form. Fields come back from a form as they went in, every
// answer is JSON, and pages lead to each other without end.
#include "check.h"
#include "server/dialects/v1/routes.h"
#include "server/http/router.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <algorithm>

using namespace Twilio::Server;

namespace {

QByteArray formOf(const HttpFields &fields)
{
    QByteArray form;
    for (const auto &[name, value] : fields)
        form += (form.isEmpty() ? "" : "&") + name.toPercentEncoding() + '=' + value.toPercentEncoding();
    return form;
}

void checkFields(QByteArrayView text)
{
    const auto fields = parseFormFields(text);
    if (!fields)
        return;
    const auto again = parseFormFields(formOf(*fields));
    check(again && *again == *fields);
}

class Backend
{
public:
    Backend()
    {
        m_data.setClock([this] { return m_now; });
        for (const V1::Route &route : m_routes.all()) {
            m_router.add(route.method, route.pattern,
                         [this, route](const HttpRequest &request, const QList<QByteArray> &variables,
                                       const HttpAnswer &answer) {
                             answer(route.handle(request, variables, m_view));
                         });
        }
        for (const char *collection : { "Documents", "Lists", "Maps", "Streams" })
            call("POST", QByteArray("/v1/Services/default/") + collection, "-", "UniqueName=x");
        call("POST", "/v1/Services/default/Lists/x/Items", "-", "Data={}");
        call("POST", "/v1/Services/default/Maps/x/Items", "-", "Key=k&Data={}");
    }

    void line(const QByteArray &text)
    {
        if (text.startsWith("tick ")) {
            m_now += 1000 * std::clamp<qint64>(text.mid(5).toLongLong(), 0, 1'000'000'000);
            return;
        }
        const qsizetype target = text.indexOf(' ');
        const qsizetype match = target < 0 ? -1 : text.indexOf(' ', target + 1);
        const qsizetype form = match < 0 ? -1 : text.indexOf(' ', match + 1);
        if (form > 0)
            call(text.left(target), text.mid(target + 1, match - target - 1),
                 text.mid(match + 1, form - match - 1), text.mid(form + 1));
    }

private:
    HttpResponse call(const QByteArray &method, const QByteArray &target, const QByteArray &ifMatch,
                      const QByteArray &form)
    {
        HttpRequest request;
        request.method = method;
        const qsizetype query = target.indexOf('?');
        request.path = query < 0 ? target : target.first(query);
        if (!request.path.startsWith('/'))
            return {};
        if (query >= 0)
            request.query = parseFormFields(QByteArrayView(target).sliced(query + 1)).value_or(HttpFields());
        request.headers = { { "content-type", "application/x-www-form-urlencoded" } };
        if (ifMatch != "-")
            request.headers.append({ "if-match", ifMatch });
        request.body = form;
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
            check(call("GET", url.sliced(m_view.origin.size()), "-", {}).status == 200);
            --m_depth;
        }
    }

    qint64 m_now = 1'700'000'000'000;
    int m_depth = 0;
    SyncData m_data;
    Operations m_operations { m_data };
    Services m_services { m_data };
    Permissions m_permissions { m_operations, m_data };
    V1::Routes m_routes { m_operations, m_services, m_permissions };
    Router m_router;
    const V1::View m_view { QStringLiteral("AC00000000000000000000000000000001"), "http://localhost:1" };
};

} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    startQuietly(argc, argv);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArray input(reinterpret_cast<const char *>(bytes), qsizetype(size));
    checkFields(input);
    Backend backend;
    for (const QByteArray &line : input.split('\n'))
        backend.line(line);
    return 0;
}
