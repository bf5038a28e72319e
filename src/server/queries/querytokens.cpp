#include "server/queries/querytokens.h"

#include "TwilioSync/protocol/json.h"

#include <array>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

using Kind = QueryToken::Kind;

bool isWordCharacter(QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'$'; }

// A JSON string: its text is read as such.
QueryToken stringAt(QStringView expression, qsizetype begin)
{
    qsizetype end = begin + 1;
    while (end < expression.size() && expression[end] != u'"')
        end += expression[end] == u'\\' ? 2 : 1;
    if (end >= expression.size())
        return { Kind::Unknown, begin, expression.size(), u"a string without its closing quote"_s };
    ++end;
    if (!expression.sliced(begin, end - begin).isValidUtf16())
        return { Kind::Unknown, begin, end, u"a string with half of a surrogate pair"_s };
    const QByteArray literal = expression.sliced(begin, end - begin).toUtf8();
    const auto text = Protocol::isValidJson(literal) ? Protocol::JsonSlice(QByteArrayView(literal)).toString()
                                                     : std::nullopt;
    if (!text)
        return { Kind::Unknown, begin, end, u"a string with a bad escape or control character"_s };
    return { Kind::String, begin, end, *text };
}

} // namespace

QueryToken nextToken(QStringView expression, qsizetype from)
{
    qsizetype begin = from;
    while (begin < expression.size() && expression[begin].isSpace())
        ++begin;
    if (begin >= expression.size())
        return { Kind::End, begin, begin, {} };
    const QStringView rest = expression.sliced(begin);
    constexpr std::array<std::pair<char16_t, Kind>, 6> single { {
            { u'(', Kind::Open },
            { u')', Kind::Close },
            { u'[', Kind::OpenArray },
            { u']', Kind::CloseArray },
            { u',', Kind::Comma },
            { u'.', Kind::Dot },
    } };
    for (const auto &[character, kind] : single)
        if (rest.front() == QChar(character))
            return { kind, begin, begin + 1, QString(rest.front()) };
    for (const auto sign : { "=="_L1, "!="_L1, "&&"_L1, "||"_L1 })
        if (rest.startsWith(sign))
            return { Kind::Sign, begin, begin + 2, sign };
    if (rest.front() == u'"')
        return stringAt(expression, begin);
    qsizetype length = 0;
    while (length < rest.size() && isWordCharacter(rest[length]))
        ++length;
    if (length > 0)
        return { Kind::Word, begin, begin + length, rest.first(length).toString() };
    // A whole character, lest half of one is told.
    const qsizetype size = rest.size() > 1 && rest.front().isHighSurrogate() ? 2 : 1;
    return { Kind::Unknown, begin, begin + size, rest.first(size).toString() };
}

} // namespace Twilio::Server
