#include "server/inspector/access.h"

#include "server/http/hostpolicy.h"
#include "server/net/constanttime.h"

#include <QtCore/qrandom.h>

#include <algorithm>
#include <array>

namespace Twilio::Server {
namespace {

QByteArray randomKey()
{
    std::array<quint32, 8> words;
    QRandomGenerator::system()->fillRange(words.data(), words.size());
    return QByteArray::fromRawData(reinterpret_cast<const char *>(words.data()), sizeof(words)).toHex();
}

} // namespace

InspectorAccess::InspectorAccess(const QByteArray &secret) : m_secret(secret), m_key(randomKey()) { }

std::optional<HttpResponse> InspectorAccess::refusalOfOrigin(const HttpRequest &request)
{
    const QByteArray host = request.header("host").toLower();
    const QByteArray origin = request.header("origin").toLower();
    if (!origin.isEmpty() && origin != "http://" + host && origin != "https://" + host)
        return httpError(403, 20403, "Origin: the inspector answers its own page, not those of " + origin);
    const QByteArray site = request.header("sec-fetch-site");
    if (!site.isEmpty() && site != "same-origin")
        return httpError(403, 20403, "Sec-Fetch-Site: the inspector answers its own page, not " + site);
    return std::nullopt;
}

std::optional<HttpResponse> InspectorAccess::refusal(const HttpRequest &request) const
{
    if (auto refused = refusalOfOrigin(request))
        return refused;
    if (!equalInConstantTime(request.header(keyHeader), m_key))
        return httpError(401, 20003, "The inspector's key is not that of this run of the server");
    return std::nullopt;
}

bool InspectorAccess::isLocal(const HttpRequest &request)
{
    static constexpr std::array proxied { "forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip",
                                          "via" };
    const bool isProxied = std::any_of(proxied.cbegin(), proxied.cend(),
                                       [&](const char *name) { return !request.header(name).isNull(); });
    return request.isFromLoopback && !isProxied && isLoopbackName(hostName(request.header("host")));
}

bool InspectorAccess::isSecret(const QByteArray &shown) const { return equalInConstantTime(shown, m_secret); }

} // namespace Twilio::Server
