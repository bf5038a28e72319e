#include "server/inspector/inspector.h"

#include "server/data/kinds.h"
#include "server/inspector/connectionlist.h"
#include "server/inspector/objectlist.h"
#include "server/inspector/page.h"
#include "server/inspector/queryfields.h"
#include "server/net/figures.h"
#include "server/net/gateway.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <limits>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr qint64 longestTtl = Q_INT64_C(10) * 365 * 86'400;
constexpr qsizetype longestIdentity = 256;

HttpResponse json(const QJsonObject &object)
{
    return { 200, QJsonDocument(object).toJson(QJsonDocument::Compact) };
}

HttpResponse badRequest(const QString &message) { return httpError(400, 20001, message.toUtf8()); }

// The object in the body; an empty one if there is no body, none if it is something else.
std::optional<QJsonObject> bodyOf(const HttpRequest &request)
{
    if (request.body.trimmed().isEmpty())
        return QJsonObject();
    const QJsonDocument document = QJsonDocument::fromJson(request.body);
    return document.isObject() ? std::optional(document.object()) : std::nullopt;
}

} // namespace

Inspector::Inspector(Gateway &gateway, Router &router, bool hasControl)
    : m_gateway(gateway)
    , m_access(gateway.credentials().secret())
    , m_feed(gateway.hub().data())
    , m_hasControl(hasControl)
{
    gateway.credentials().setGuestKey(m_access.key());
    addInspectorPage(router);
    router.add("POST", "/_inspect/session",
               [this](const HttpRequest &request, const QList<QByteArray> &, const HttpAnswer &answer) {
                   answer(session(request));
               });
    add(router, "GET", "/_inspect/objects", [this](const HttpRequest &request, const HttpAnswer &answer) {
        answer(objectList(m_gateway.hub(), request));
    });
    add(router, "GET", "/_inspect/connections", [this](const HttpRequest &request, const HttpAnswer &answer) {
        answer(connectionList(m_gateway, request));
    });
    add(router, "GET", "/_inspect/events",
        [this](const HttpRequest &request, const HttpAnswer &answer) { events(request, answer); });
    add(router, "GET", "/_inspect/metrics",
        [this](const HttpRequest &, const HttpAnswer &answer) { answer(json(figuresOf(m_gateway))); });
    add(router, "POST", "/_inspect/tokens",
        [this](const HttpRequest &request, const HttpAnswer &answer) { answer(token(request)); });
}

void Inspector::add(Router &router, const QByteArray &method, const QByteArray &path,
                    const Answerer &answerer)
{
    router.add(method, path,
               [this, answerer](const HttpRequest &request, const QList<QByteArray> &,
                                const HttpAnswer &answer) {
                   if (const auto refused = m_access.refusal(request))
                       answer(*refused);
                   else
                       answerer(request, answer);
               });
}

HttpResponse Inspector::session(const HttpRequest &request) const
{
    if (auto refused = InspectorAccess::refusalOfOrigin(request))
        return *refused;
    const auto body = bodyOf(request);
    if (!body)
        return badRequest(u"the body is not a JSON object"_s);
    if (!InspectorAccess::isLocal(request)
        && !m_access.isSecret(body->value("secret"_L1).toString().toUtf8()))
        return httpError(401, 20003,
                         "secret: expected the server's key, as this is not the server's machine");
    return json({ { u"key"_s, QString::fromLatin1(m_access.key()) },
                  { u"account"_s, QString::fromLatin1(defaultAccountSid) },
                  { u"service"_s, QString::fromLatin1(defaultServiceSid) },
                  { u"control"_s, m_hasControl && InspectorAccess::isLocal(request) } });
}

HttpResponse Inspector::token(const HttpRequest &request) const
{
    const auto body = bodyOf(request);
    if (!body)
        return badRequest(u"the body is not a JSON object"_s);
    const QString identity = body->value("identity"_L1).toString();
    if (identity.isEmpty() || identity.size() > longestIdentity)
        return badRequest(u"identity: expected 1 to %1 characters"_s.arg(longestIdentity));
    const QString service = serviceSidOf(body->value("service"_L1).toString(u"default"_s));
    if (!looksLikeSid(service) || !service.startsWith("IS"_L1))
        return badRequest(
                u"service: expected \"default\" or IS and 32 hex digits, got \"%1\""_s.arg(service));
    const QJsonValue ttl = body->value("ttl"_L1);
    const qint64 seconds = ttl.isUndefined() ? 3600 : ttl.toInteger(-1);
    if (seconds < 1 || seconds > longestTtl)
        return badRequest(u"ttl: expected 1 to %1 seconds"_s.arg(longestTtl));
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    TokenClaims claims;
    claims.identity = identity;
    claims.serviceSid = service;
    claims.expiresAtMs = now + seconds * 1000;
    return json({ { u"token"_s, makeToken(claims, m_gateway.credentials().secret(), now) },
                  { u"expires"_s, claims.expiresAtMs } });
}

void Inspector::events(const HttpRequest &request, const HttpAnswer &answer)
{
    const auto from = numberField(request, "from", 1, std::numeric_limits<qint64>::max(), -1);
    const auto wait =
            numberField(request, "wait", 0, EventFeed::longestWait.count(), EventFeed::longestWait.count());
    for (const auto &number : { from, wait }) {
        if (const SyncError *error = errorOf(number)) {
            answer(badRequest(error->message()));
            return;
        }
    }
    const qint64 first = std::get<qint64>(from);
    m_feed.ask(first < 0 ? std::nullopt : std::optional(first),
               std::chrono::milliseconds(std::get<qint64>(wait)), answer);
}

} // namespace Twilio::Server
