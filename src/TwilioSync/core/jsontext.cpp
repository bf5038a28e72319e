#include "TwilioSync/core/jsontext.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace Twilio {
namespace {

//! Calls \a plain with each run of text that is whole, and \a half with each half of a pair between them.
template <typename Plain, typename Half>
void splitAtHalves(QStringView text, Plain plain, Half half)
{
    qsizetype start = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!c.isSurrogate())
            continue;
        if (c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            ++i;
            continue;
        }
        plain(text.sliced(start, i - start));
        half(c.unicode());
        start = i + 1;
    }
    plain(text.sliced(start));
}

void appendEscape(QByteArray &to, char16_t unit)
{
    static constexpr char hex[] = "0123456789abcdef";
    to += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        to += hex[(unit >> shift) & 15];
}

void appendEscaped(QByteArray &to, QByteArrayView utf8)
{
    const auto isPlain = [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    };
    for (auto at = utf8.begin(); at != utf8.end();) {
        const auto end = std::find_if_not(at, utf8.end(), isPlain);
        to.append(&*at, end - at);
        at = end;
        if (at == utf8.end())
            break;
        const char c = *at++;
        switch (c) {
        case '"':
        case '\\':
            to.append('\\').append(c);
            break;
        case '\b':
            to += "\\b";
            break;
        case '\f':
            to += "\\f";
            break;
        case '\n':
            to += "\\n";
            break;
        case '\r':
            to += "\\r";
            break;
        case '\t':
            to += "\\t";
            break;
        default:
            appendEscape(to, char16_t(c));
        }
    }
}

//! What \a letter stands for behind a backslash; 0 = nothing.
char16_t meaningOf(char letter)
{
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        return char16_t(letter);
    case 'b':
        return u'\b';
    case 'f':
        return u'\f';
    case 'n':
        return u'\n';
    case 'r':
        return u'\r';
    case 't':
        return u'\t';
    default:
        return 0;
    }
}

} // namespace

void appendJsonString(QByteArray &to, QStringView text)
{
    to += '"';
    splitAtHalves(
            text, [&to](QStringView plain) { appendEscaped(to, plain.toUtf8()); },
            [&to](char16_t half) { appendEscape(to, half); });
    to += '"';
}

bool appendJsonNumber(QByteArray &to, double number)
{
    if (!std::isfinite(number))
        return false;
    constexpr double beyondIntegers = 9'223'372'036'854'775'808.0; // 2^63
    const bool isMinusZero = number == 0 && std::signbit(number);
    if (std::trunc(number) == number && std::abs(number) < beyondIntegers && !isMinusZero) {
        to += QByteArray::number(qint64(number));
        return true;
    }
    char text[32];
    const auto [end, error] = std::to_chars(std::begin(text), std::end(text), number);
    Q_ASSERT(error == std::errc());
    to.append(text, end - text);
    return true;
}

std::optional<QString> jsonString(QByteArrayView literal)
{
    if (literal.size() < 2 || literal.front() != '"' || literal.back() != '"')
        return std::nullopt;
    const QByteArrayView text = literal.sliced(1, literal.size() - 2);
    const auto isPlain = [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    };
    QString read;
    read.reserve(text.size());
    for (auto at = text.begin(); at != text.end();) {
        const auto end = std::find_if_not(at, text.end(), isPlain);
        read += QUtf8StringView(at, end - at).toString();
        at = end;
        if (at == text.end())
            break;
        if (*at != '\\' || ++at == text.end())
            return std::nullopt;
        const char letter = *at++;
        if (letter == 'u') {
            quint16 unit = 0;
            const char *const first = at;
            if (text.end() - at < 4)
                return std::nullopt;
            const auto [rest, error] = std::from_chars(first, first + 4, unit, 16);
            if (error != std::errc() || rest != first + 4)
                return std::nullopt;
            read += QChar(unit);
            at += 4;
        } else if (const char16_t meant = meaningOf(letter)) {
            read += meant;
        } else {
            return std::nullopt;
        }
    }
    return read;
}

QByteArray wtf8(QStringView text)
{
    QByteArray bytes;
    splitAtHalves(
            text, [&bytes](QStringView plain) { bytes += plain.toUtf8(); },
            [&bytes](char16_t half) {
                bytes += char(0xe0 | (half >> 12));
                bytes += char(0x80 | ((half >> 6) & 0x3f));
                bytes += char(0x80 | (half & 0x3f));
            });
    return bytes;
}

} // namespace Twilio
