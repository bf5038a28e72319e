#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/paddedparser.h"

#include <bitset>
#include <cctype>
#include <cstring>

// By hand rather than with a decoding parser: a number is valid however large it is, and a lone surrogate
// may be escaped, as JSON.stringify() does; neither fits what decoders hold.
namespace Twilio::Protocol {
namespace {

constexpr auto maxDepth = std::size_t(maxJsonDepth);

class Scanner
{
public:
    explicit Scanner(QByteArrayView json) : m_at(json.data()), m_end(json.data() + json.size()) { }

    bool document();

private:
    void space();
    bool take(char c);
    bool digits();
    bool number();
    bool string();
    bool literal(QByteArrayView word);
    bool scalar();
    bool open(bool object);
    bool memberName();

    const char *m_at;
    const char *m_end;
    std::size_t m_depth = 0;
    std::bitset<maxDepth> m_isObject;
};

void Scanner::space()
{
    while (m_at != m_end && (*m_at == ' ' || *m_at == '\t' || *m_at == '\n' || *m_at == '\r'))
        ++m_at;
}

bool Scanner::take(char c)
{
    if (m_at == m_end || *m_at != c)
        return false;
    ++m_at;
    return true;
}

bool Scanner::digits()
{
    const char *const start = m_at;
    while (m_at != m_end && *m_at >= '0' && *m_at <= '9')
        ++m_at;
    return m_at != start;
}

bool Scanner::number()
{
    take('-');
    if (!take('0') && !digits())
        return false;
    if (take('.') && !digits())
        return false;
    if (take('e') || take('E')) {
        if (!take('+'))
            take('-');
        return digits();
    }
    return true;
}

bool Scanner::string()
{
    if (!take('"'))
        return false;
    while (m_at != m_end) {
        const char c = *m_at++;
        if (c == '"')
            return true;
        if (static_cast<unsigned char>(c) < 0x20)
            return false;
        if (c != '\\')
            continue;
        if (m_at == m_end)
            return false;
        const char escape = *m_at++;
        if (escape == 'u') {
            for (int i = 0; i < 4; ++i) {
                if (m_at == m_end || !std::isxdigit(static_cast<unsigned char>(*m_at)))
                    return false;
                ++m_at;
            }
        } else if (!QByteArrayView("\"\\/bfnrt").contains(escape)) {
            return false;
        }
    }
    return false;
}

bool Scanner::literal(QByteArrayView word)
{
    if (m_end - m_at < word.size() || QByteArrayView(m_at, word.size()) != word)
        return false;
    m_at += word.size();
    return true;
}

bool Scanner::scalar()
{
    switch (*m_at) {
    case '"':
        return string();
    case 't':
        return literal("true");
    case 'f':
        return literal("false");
    case 'n':
        return literal("null");
    default:
        return number();
    }
}

bool Scanner::open(bool object)
{
    if (m_depth == maxDepth)
        return false;
    ++m_at;
    m_isObject[m_depth++] = object;
    space();
    return true;
}

bool Scanner::memberName()
{
    space();
    if (!string())
        return false;
    space();
    return take(':');
}

bool Scanner::document()
{
    for (;;) { // one round a value
        space();
        if (m_at == m_end)
            return false;
        const bool object = *m_at == '{';
        if (object || *m_at == '[') {
            if (!open(object))
                return false;
            if (!take(object ? '}' : ']')) {
                if (object && !memberName())
                    return false;
                continue;
            }
            --m_depth;
        } else if (!scalar()) {
            return false;
        }
        for (;;) { // behind a value: close what ends here
            space();
            if (m_depth == 0)
                return m_at == m_end;
            const bool inObject = m_isObject[m_depth - 1];
            if (take(',')) {
                if (inObject && !memberName())
                    return false;
                break;
            }
            if (!take(inObject ? '}' : ']'))
                return false;
            --m_depth;
        }
    }
}

// In strings too: a first look, as fast as memory is read where there are few.
bool hasMoreBrackets(QByteArrayView json, qsizetype most)
{
    const char *const end = json.data() + json.size();
    qsizetype count = 0;
    for (const char bracket : { '{', '[' }) {
        for (const char *at = json.data();
             (at = static_cast<const char *>(std::memchr(at, bracket, std::size_t(end - at)))); ++at) {
            if (++count > most)
                return true;
        }
    }
    return false;
}

} // namespace

bool isNestedDeeper(QByteArrayView json, qsizetype most)
{
    if (json.size() <= 2 * most || !hasMoreBrackets(json, most))
        return false; // two bytes a level
    qsizetype depth = 0;
    bool inString = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"')
            inString = !inString;
        else if (inString)
            i += c == '\\' ? 1 : 0;
        else if (c == '{' || c == '[') {
            if (++depth > most)
                return true;
        } else if (c == '}' || c == ']')
            --depth;
    }
    return false;
}

bool isValidJson(QByteArrayView json)
{
    return simdjson::validate_utf8(json.data(), std::size_t(json.size())) && Scanner(json).document();
}

} // namespace Twilio::Protocol
