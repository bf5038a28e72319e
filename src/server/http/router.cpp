#include "server/http/router.h"

namespace Twilio::Server {
namespace {

bool isVariable(const QByteArray &segment) { return segment.startsWith('{') && segment.endsWith('}'); }

// What stands for the names in \a pattern; none if \a path does not fit it.
std::optional<QList<QByteArray>> match(const QList<QByteArray> &pattern, const QList<QByteArray> &path)
{
    if (pattern.size() != path.size())
        return std::nullopt;
    QList<QByteArray> variables;
    for (qsizetype i = 0; i < path.size(); ++i) {
        if (isVariable(pattern[i]))
            variables.append(path[i]);
        else if (pattern[i] != path[i])
            return std::nullopt;
    }
    return variables;
}

} // namespace

void Router::add(const QByteArray &method, const QByteArray &pattern, const Handler &handler)
{
    m_routes.append({ method, pattern.split('/'), handler });
}

void Router::setFallback(const std::function<HttpResponse(const HttpRequest &)> &fallback)
{
    m_fallback = fallback;
}

void Router::route(const HttpRequest &request, const HttpAnswer &answer) const
{
    const QByteArray method = request.method == "HEAD" ? QByteArray("GET") : request.method;
    const QList<QByteArray> path = pathSegments(request.path);
    QList<QByteArray> allowed;
    for (const Route &route : m_routes) {
        const auto variables = match(route.segments, path);
        if (!variables)
            continue;
        if (route.method == method) {
            route.handler(request, *variables, answer);
            return;
        }
        if (!allowed.contains(route.method))
            allowed.append(route.method);
    }
    if (allowed.isEmpty() && request.path != "*") {
        answer(m_fallback ? m_fallback(request) : httpError(404, 20404, "Not found"));
        return;
    }
    if (allowed.contains("GET"))
        allowed.append("HEAD");
    allowed.append("OPTIONS");
    HttpResponse response { 204 };
    if (method != "OPTIONS")
        response = httpError(405, 20004, "Method not allowed");
    response.headers.append({ "Allow", allowed.join(", ") });
    answer(response);
}

} // namespace Twilio::Server
