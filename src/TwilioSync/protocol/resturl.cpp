#include "TwilioSync/protocol/resturl.h"

#include <algorithm>
#include <array>

namespace Twilio {
namespace {

// What a URL has as it is (RFC 3986), or as part of what is percent-encoded.
constexpr std::array<bool, 256> urlCharacters = [] {
    std::array<bool, 256> all {};
    for (int c = 0x21; c < 0x7f; ++c)
        all[std::size_t(c)] = true;
    for (const char c : { '"', '<', '>', '\\', '^', '`', '{', '|', '}' })
        all[quint8(c)] = false;
    return all;
}();

bool belongsInUrl(char c) { return urlCharacters[quint8(c)]; }

QByteArrayView upTo(QByteArrayView text, qsizetype at) { return at < 0 ? text : text.first(at); }

} // namespace

RestUrl RestUrl::fromEncoded(QByteArray text)
{
    if (!std::all_of(text.cbegin(), text.cend(), belongsInUrl))
        return QUrl::fromEncoded(text);
    RestUrl url;
    url.m_text = std::move(text);
    return url;
}

RestUrl::Parts RestUrl::parts() const
{
    constexpr QByteArrayView separator("://");
    const QByteArrayView text = m_text;
    const qsizetype scheme = text.indexOf(separator);
    if (scheme <= 0)
        return { {}, "/", {} };
    const QByteArrayView rest = text.sliced(scheme + separator.size());
    const auto end =
            std::find_if(rest.begin(), rest.end(), [](char c) { return c == '/' || c == '?' || c == '#'; });
    const QByteArrayView authority = rest.first(end - rest.begin());
    const QByteArrayView behind = rest.sliced(authority.size());
    const QByteArrayView resource = upTo(behind, behind.indexOf('#'));
    const qsizetype query = resource.indexOf('?');
    const QByteArrayView path = upTo(resource, query);
    return { authority.sliced(authority.lastIndexOf('@') + 1), path.isEmpty() ? QByteArrayView("/") : path,
             query < 0 ? QByteArrayView() : resource.sliced(query + 1) };
}

QByteArrayView RestUrl::host() const
{
    const QByteArrayView both = hostAndPort();
    return upTo(both, both.indexOf(':', std::max<qsizetype>(both.indexOf(']'), 0)));
}

QByteArrayView RestUrl::pathUpTo(int parts) const
{
    const QByteArrayView all = path();
    qsizetype end = 0;
    for (int i = 0; i < parts && end >= 0; ++i)
        end = all.indexOf('/', end + 1);
    return upTo(all, end);
}

} // namespace Twilio
