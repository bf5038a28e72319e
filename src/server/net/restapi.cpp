#include "server/net/restapi.h"

#include "server/dialects/v1/responses.h"
#include "server/net/awaitedreaders.h"
#include "server/net/credentials.h"
#include "server/net/eventwriter.h"
#include "server/net/hub.h"
#include "server/operations/errors.h"

namespace Twilio::Server {
namespace {

// Ends itself once it has answered.
class PacedAnswer final : public QObject, public EventWriter
{
public:
    PacedAnswer(const HttpResponse &response, const HttpAnswer &answer, QObject *parent)
        : QObject(parent)
        , m_response(response)
        , m_answer(answer)
        , m_awaited(this, [this] { goOn(); })
    { }

    void countDeliveries(qsizetype) override { }
    void waitFor(Connection &reader) override { m_awaited.add(reader); }
    void goOn()
    {
        if (m_isDone || m_awaited.areBehind())
            return;
        m_isDone = true;
        m_answer(m_response);
        deleteLater();
    }

private:
    const HttpResponse m_response;
    const HttpAnswer m_answer;
    AwaitedReaders m_awaited;
    bool m_isDone = false;
};

} // namespace

RestApi::RestApi(Hub &hub, const Credentials &credentials, const QByteArray &scheme, Router &router)
    : m_hub(hub)
    , m_credentials(credentials)
    , m_scheme(scheme)
    , m_routes(hub.operations(), hub.services(), hub.permissions())
{
    for (const V1::Route &route : m_routes.all()) {
        router.add(route.method, route.pattern,
                   [this, route](const HttpRequest &request, const QList<QByteArray> &variables,
                                 const HttpAnswer &answer) { handle(route, request, variables, answer); });
    }
}

void RestApi::handle(const V1::Route &route, const HttpRequest &request, const QList<QByteArray> &variables,
                     const HttpAnswer &answer)
{
    if (m_hub.hooks().isDown()) {
        answer(httpError(503, 20503, "Service Unavailable"));
        return;
    }
    const auto account = m_credentials.account(request.header("authorization"));
    if (!account) {
        HttpResponse refusal = V1::errorResponse(Errors::unauthorized(), request);
        refusal.headers = { { "WWW-Authenticate", "Basic realm=\"Twilio API\"" } };
        answer(refusal);
        return;
    }
    if (const auto tooMany = limited(request, variables)) {
        answer(*tooMany);
        return;
    }
    const QByteArray host = safeHost(request.header("host"));
    const V1::View view { *account, m_scheme + "://" + (host.isEmpty() ? QByteArray("localhost") : host) };
    m_hub.holdEvents();
    auto *const paced = new PacedAnswer(route.handle(request, variables, view), answer, this);
    m_hub.releaseEvents(paced);
    paced->goOn();
}

std::optional<HttpResponse> RestApi::limited(const HttpRequest &request, const QList<QByteArray> &variables)
{
    if (!m_hub.options().enforceRateLimits)
        return std::nullopt;
    const QString service = serviceSidOf(QString::fromUtf8(variables.value(0)));
    const auto wait = m_hub.rateLimiter().take(
            service, { request.method, request.path, {}, {}, {}, request.body }, m_hub.now());
    if (!wait)
        return std::nullopt;
    HttpResponse refusal = V1::errorResponse(Errors::rateLimited(), request);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait);
    refusal.headers = { { "Retry-After", QByteArray::number(seconds.count()) } };
    return refusal;
}

} // namespace Twilio::Server
