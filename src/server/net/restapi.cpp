#include "server/net/restapi.h"

#include "server/dialects/v1/responses.h"
#include "server/net/awaitedreaders.h"
#include "server/net/credentials.h"
#include "server/net/eventwriter.h"
#include "server/net/hub.h"
#include "server/operations/errors.h"

#include <QtCore/qtimer.h>

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

HttpResponse responseOf(const AnswerInstead &answer)
{
    HttpResponse response = httpError(answer.status, answer.code, answer.message);
    if (answer.retryAfter)
        response.headers = { { "Retry-After", QByteArray::number(*answer.retryAfter) } };
    return response;
}

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
    const auto backend = m_credentials.backend(request.header("authorization"));
    // The inspector is no backend under test.
    const bool isSpared = backend && backend->isGuest;
    Hooks &hooks = isSpared ? m_noHooks : m_hub.hooks();
    if (hooks.isDown()) {
        answer(httpError(503, 20503, "Service Unavailable"));
        return;
    }
    if (!backend) {
        HttpResponse refusal = V1::errorResponse(Errors::unauthorized(), request);
        refusal.headers = { { "WWW-Authenticate", "Basic realm=\"Twilio API\"" } };
        answer(refusal);
        return;
    }
    const HookedCall call { request.method, request.path, systemOrigin().identity };
    const HttpAnswer answerLater = later(answer, hooks.answerDelay(call));
    const auto count = [this, isSpared](int status) {
        if (isSpared)
            return;
        ++m_hub.counters().requests;
        ++m_hub.counters().byStatus[status];
    };
    if (const auto instead = hooks.takeAnswer(Hooks::Stage::Http, call)) {
        count(instead->status);
        answerLater(responseOf(*instead));
        return;
    }
    if (const auto tooMany = isSpared ? std::nullopt : limited(request, variables)) {
        count(tooMany->status);
        answerLater(*tooMany);
        return;
    }
    const QByteArray host = safeHost(request.header("host"));
    const V1::View view { backend->account,
                          m_scheme + "://" + (host.isEmpty() ? QByteArray("localhost") : host) };
    m_hub.holdEvents();
    const HttpResponse response = route.handle(request, variables, view);
    count(response.status);
    // To a client over HTTP a reply that gets lost is a connection that ends.
    const bool isLost = hooks.takeLoss(call) != Hooks::Loss::None;
    auto *const paced = new PacedAnswer(isLost ? HttpResponse { 0 } : response, answerLater, this);
    m_hub.releaseEvents(paced);
    paced->goOn();
}

HttpAnswer RestApi::later(const HttpAnswer &answer, std::chrono::milliseconds delay)
{
    if (delay.count() == 0)
        return answer;
    return [this, answer, delay](const HttpResponse &response) {
        QTimer::singleShot(delay, this, [answer, response] { answer(response); });
    };
}

std::optional<HttpResponse> RestApi::limited(const HttpRequest &request, const QList<QByteArray> &variables)
{
    if (!m_hub.options().enforceRateLimits)
        return std::nullopt;
    const QString service = serviceSidOf(QString::fromUtf8(variables.value(0)));
    const auto wait =
            m_hub.rateLimiter().take(service, systemOrigin().identity,
                                     { request.method, request.path, {}, {}, {}, request.body }, m_hub.now());
    if (!wait)
        return std::nullopt;
    HttpResponse refusal = V1::errorResponse(Errors::rateLimited(), request);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait);
    refusal.headers = { { "Retry-After", QByteArray::number(seconds.count()) } };
    return refusal;
}

} // namespace Twilio::Server
