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

std::pair<QByteArrayView, QByteArrayView> RestUrl::split() const
{
    constexpr QByteArrayView separator("://");
    const QByteArrayView text = m_text;
    const qsizetype scheme = text.indexOf(separator);
    if (scheme <= 0)
        return {};
    const QByteArrayView rest = text.sliced(scheme + separator.size());
    const auto end =
            std::find_if(rest.begin(), rest.end(), [](char c) { return c == '/' || c == '?' || c == '#'; });
    const QByteArrayView authority = rest.first(end - rest.begin());
    const QByteArrayView behind = rest.sliced(authority.size());
    return { authority, upTo(behind, behind.indexOf('#')) };
}

QByteArrayView RestUrl::hostAndPort() const
{
    const QByteArrayView authority = split().first;
    return authority.sliced(authority.lastIndexOf('@') + 1);
}

QByteArrayView RestUrl::host() const
{
    const QByteArrayView both = hostAndPort();
    return upTo(both, both.indexOf(':', std::max<qsizetype>(both.indexOf(']'), 0)));
}

QByteArrayView RestUrl::path() const
{
    const QByteArrayView behind = split().second;
    const QByteArrayView path = upTo(behind, behind.indexOf('?'));
    return path.isEmpty() ? QByteArrayView("/") : path;
}

QByteArrayView RestUrl::pathUpTo(int parts) const
{
    const QByteArrayView all = path();
    qsizetype end = 0;
    for (int i = 0; i < parts && end >= 0; ++i)
        end = all.indexOf('/', end + 1);
    return upTo(all, end);
}

QByteArrayView RestUrl::query() const
{
    const QByteArrayView behind = split().second;
    const qsizetype at = behind.indexOf('?');
    return at < 0 ? QByteArrayView() : behind.sliced(at + 1);
}

} // namespace Twilio
