#include "TwilioSync/core/jsonreader.h"

#include "TwilioSync/core/jsontext.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace Twilio {
namespace {

// The first byte that is no ASCII, or does not stand for itself in a string. Looks at eight at a time.
const char *endOfPlain(const char *at, const char *end)
{
    constexpr quint64 ones = 0x0101'0101'0101'0101;
    constexpr quint64 highs = ones * 0x80;
    const auto below = [](quint64 bytes, quint64 limit) { return (bytes - ones * limit) & ~bytes & highs; };
    for (quint64 eight; end - at >= qsizetype(sizeof eight); at += sizeof eight) {
        std::memcpy(&eight, at, sizeof eight);
        // Whatever a borrow makes of the bytes behind the first that counts: there is one
        if ((eight & highs) | below(eight, 0x20) | below(eight ^ ones * '"', 1)
            | below(eight ^ ones * '\\', 1))
            break;
    }
    return std::find_if_not(at, end, [](signed char c) { return c >= 0x20 && c != '"' && c != '\\'; });
}

// By hand, as the text's numbers may be larger and its strings stranger than what QJsonDocument takes.
class Reader
{
public:
    explicit Reader(QByteArrayView json)
        : m_start(json.data())
        , m_at(json.data())
        , m_end(m_start + json.size())
    { }

    [[nodiscard]] bool document(QVariant &to)
    {
        return value(to) && (space(), m_at == m_end || fail("text behind the end"));
    }
    [[nodiscard]] QString problem() const
    {
        return QStringLiteral("%1 at byte %2").arg(QLatin1String(m_problem)).arg(m_at - m_start);
    }

private:
    bool fail(const char *problem)
    {
        m_problem = problem;
        return false;
    }
    void space()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\t' || *m_at == '\n' || *m_at == '\r'))
            ++m_at;
    }
    bool take(char c)
    {
        space();
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }
    bool digits()
    {
        const char *const start = m_at;
        while (m_at != m_end && *m_at >= '0' && *m_at <= '9')
            ++m_at;
        return m_at != start;
    }
    bool at(char c) const { return m_at != m_end && *m_at == c; }

    bool value(QVariant &to);
    bool object(QVariantMap &to);
    bool array(QVariantList &to);
    bool string(QString &to);
    bool number(QVariant &to);
    bool literal(QByteArrayView word, const QVariant &meaning, QVariant &to);

    const char *const m_start;
    const char *m_at;
    const char *const m_end;
    const char *m_problem = "";
    int m_depth = 0;
};

bool Reader::literal(QByteArrayView word, const QVariant &meaning, QVariant &to)
{
    if (m_end - m_at < word.size() || QByteArrayView(m_at, word.size()) != word)
        return fail("illegal value");
    m_at += word.size();
    to = meaning;
    return true;
}

bool Reader::value(QVariant &to)
{
    space();
    if (m_at == m_end)
        return fail("illegal value");
    switch (*m_at) {
    case '{':
    case '[': {
        if (m_depth == maxValueDepth)
            return fail("too deeply nested value");
        ++m_depth;
        bool ok;
        if (*m_at++ == '{') {
            QVariantMap map;
            ok = object(map);
            to = map;
        } else {
            QVariantList list;
            ok = array(list);
            to = list;
        }
        --m_depth;
        return ok;
    }
    case '"':
        to = QVariant(QMetaType::fromType<QString>());
        return string(*static_cast<QString *>(to.data()));
    case 't':
        return literal("true", true, to);
    case 'f':
        return literal("false", false, to);
    case 'n':
        return literal("null", QVariant::fromValue(nullptr), to);
    default:
        return number(to);
    }
}

bool Reader::object(QVariantMap &to)
{
    if (take('}'))
        return true;
    do {
        space();
        QString name;
        if (!at('"'))
            return fail("unterminated object");
        if (!string(name))
            return false;
        if (!take(':'))
            return fail("missing name separator");
        if (!value(to[name]))
            return false;
    } while (take(','));
    return take('}') || fail("unterminated object");
}

bool Reader::array(QVariantList &to)
{
    if (take(']'))
        return true;
    do {
        if (!value(to.emplaceBack()))
            return false;
    } while (take(','));
    return take(']') || fail("unterminated array");
}

bool Reader::string(QString &to)
{
    const char *const start = m_at++;
    m_at = endOfPlain(m_at, m_end);
    const bool isAscii = at('"'); // as most are
    bool hasEscapes = false;
    for (; m_at != m_end && *m_at != '"'; ++m_at) {
        if (static_cast<unsigned char>(*m_at) < 0x20)
            return fail("control character in a string");
        if (*m_at != '\\')
            continue;
        hasEscapes = true;
        if (++m_at == m_end)
            break;
    }
    if (m_at == m_end)
        return fail("unterminated string");
    const QByteArrayView text(start + 1, m_at - start - 1);
    ++m_at;
    if (!hasEscapes) {
        to = isAscii ? QString::fromLatin1(text) : QString::fromUtf8(text);
        return true;
    }
    const auto read = jsonString(QByteArrayView(start, m_at - start));
    if (!read)
        return fail("illegal escape in a string");
    to = *read;
    return true;
}

// What is too large or too small for a double is the nearest that it can say.
double doubleOf(QByteArrayView number)
{
    double value = 0;
    const char *const end = number.data() + number.size();
    if (std::from_chars(number.data(), end, value).ec == std::errc())
        return value;
    const bool isNegative = number.startsWith('-');
    const auto isExponent = [](char c) { return c == 'e' || c == 'E'; };
    const auto *const mantissaEnd = std::find_if(number.begin(), number.end(), isExponent);
    const auto *const point = std::find(number.begin(), mantissaEnd, '.');
    const auto *const first =
            std::find_if(number.begin(), mantissaEnd, [](char c) { return c >= '1' && c <= '9'; });
    const QByteArrayView exponent(mantissaEnd, end - mantissaEnd);
    bool ok = true;
    const qint64 power = exponent.isEmpty() ? 0 : exponent.sliced(1).toLongLong(&ok);
    const bool isLarge = ok ? power + (point - first) > 0 : !exponent.contains('-');
    const double size = isLarge ? std::numeric_limits<double>::infinity() : 0.0;
    return isNegative ? -size : size;
}

bool Reader::number(QVariant &to)
{
    const char *const start = m_at;
    m_at += at('-');
    const char *const first = m_at;
    if (!digits())
        return fail("illegal value");
    if (*first == '0' && m_at - first > 1)
        return fail("illegal number");
    bool isInteger = true;
    if (at('.')) {
        isInteger = false;
        ++m_at;
        if (!digits())
            return fail("illegal number");
    }
    if (at('e') || at('E')) {
        isInteger = false;
        ++m_at;
        m_at += at('+') || at('-');
        if (!digits())
            return fail("illegal number");
    }
    const bool isZero = isInteger && *first == '0';
    if (isZero && first != start) {
        to = -0.0;
        return true;
    }
    qint64 whole = 0;
    quint64 large = 0;
    if (isInteger && std::from_chars(start, m_at, whole).ec == std::errc())
        to = variantOf(whole);
    else if (isInteger && std::from_chars(start, m_at, large).ec == std::errc())
        to = large;
    else
        to = variantOf(doubleOf(QByteArrayView(start, m_at - start)));
    return true;
}

} // namespace

QVariant variantOf(qint64 number)
{
    const bool fits = number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max();
    return fits ? QVariant(int(number)) : QVariant(number);
}

QVariant variantOf(double number)
{
    const bool isWhole = std::trunc(number) == number && std::abs(number) <= std::numeric_limits<int>::max()
            && !(number == 0 && std::signbit(number));
    return isWhole ? QVariant(int(number)) : QVariant(number);
}

std::optional<QVariant> readJson(QByteArrayView json)
{
    std::optional<QVariant> value(std::in_place);
    if (!Reader(json).document(*value))
        value.reset();
    return value;
}

std::optional<QVariantMap> readJsonObject(QByteArrayView json, QString *problem)
{
    QVariant value;
    Reader reader(json);
    if (reader.document(value) && value.typeId() == QMetaType::QVariantMap)
        return value.toMap();
    if (problem)
        *problem = reader.problem();
    return std::nullopt;
}

} // namespace Twilio
