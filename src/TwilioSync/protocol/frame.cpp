#include "TwilioSync/protocol/frame.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace Twilio::Protocol {
namespace {

constexpr QByteArrayView magic("TWILSOCK V3.0 ");
constexpr QByteArrayView crlf("\r\n");
// No header comes near this; longer numbers are not read as lengths at all.
constexpr qsizetype maxLengthDigits = 9;

SyncError malformed(const char *what)
{
    return SyncError(QStringLiteral("malformed frame: ") + QLatin1StringView(what));
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// A number as text.
class Digits
{
public:
    explicit Digits(qsizetype number)
        : m_end(std::to_chars(m_text.data(), m_text.data() + m_text.size(), number).ptr)
    { }
    [[nodiscard]] QByteArrayView text() const { return { m_text.data(), m_end }; }

private:
    std::array<char, 20> m_text;
    const char *m_end;
};

} // namespace

SyncResult<FrameParts> splitFrame(QByteArrayView message)
{
    if (!message.startsWith(magic))
        return malformed("does not start with \"TWILSOCK V3.0 \"");
    const QByteArrayView afterMagic = message.sliced(magic.size());
    qsizetype digits = 0;
    qsizetype headerSize = 0;
    for (; digits < qMin(afterMagic.size(), maxLengthDigits) && isDigit(afterMagic[digits]); ++digits)
        headerSize = headerSize * 10 + (afterMagic[digits] - '0');
    if (digits == 0 || !afterMagic.sliced(digits).startsWith(crlf))
        return malformed("the header length is not a decimal number");
    const QByteArrayView body = afterMagic.sliced(digits + crlf.size());
    if (headerSize > body.size())
        return malformed("the header is longer than the frame");
    const QByteArrayView header = body.first(headerSize);
    const QByteArrayView tail = body.sliced(headerSize);
    if (tail.isEmpty())
        return FrameParts { header, {} };
    if (!tail.startsWith(crlf))
        return malformed("no CRLF behind the header");
    return FrameParts { header, tail.sliced(crlf.size()) };
}

SyncResult<QByteArrayView> framePayload(QByteArrayView rest, std::optional<qint64> payloadSize)
{
    if (!payloadSize)
        return rest.endsWith(crlf) ? rest.chopped(crlf.size()) : rest;
    if (*payloadSize < 0)
        return malformed("payload_size is negative");
    if (*payloadSize > rest.size())
        return malformed("payload_size is larger than the frame");
    return rest.first(qsizetype(*payloadSize));
}

QByteArray encodeFrame(QByteArrayView header, QByteArrayView payload)
{
    Q_ASSERT(header.startsWith('{') && header.endsWith('}'));
    const std::array<QByteArrayView, 2> parts { header.chopped(1), header.size() > 2 ? "," : "" };
    return encodeFrame(parts, payload);
}

QByteArray encodeFrame(std::span<const QByteArrayView> openHeader, QByteArrayView payload)
{
    constexpr qsizetype manyParts = 96; // more than a request has
    const Digits size(payload.size());
    QVarLengthArray<QByteArrayView, manyParts> parts(openHeader.begin(), openHeader.end());
    if (!payload.isEmpty())
        parts.append("\"payload_type\":\"application/json\",");
    for (const QByteArrayView part :
         { QByteArrayView("\"payload_size\":"), size.text(), QByteArrayView("}") })
        parts.append(part);
    return assembleFrame(std::span<const QByteArrayView>(parts.constData(), std::size_t(parts.size())),
                         payload);
}

QByteArray assembleFrame(std::span<const QByteArrayView> headerParts, QByteArrayView payload)
{
    qsizetype headerSize = 0;
    for (const QByteArrayView part : headerParts)
        headerSize += part.size();
    const Digits length(headerSize);
    QByteArray frame(magic.size() + length.text().size() + headerSize + payload.size() + 2 * crlf.size(),
                     Qt::Uninitialized);
    char *at = frame.data();
    const auto put = [&at](QByteArrayView part) { at = std::copy(part.begin(), part.end(), at); };
    put(magic);
    put(length.text());
    put(crlf);
    for (const QByteArrayView part : headerParts)
        put(part);
    put(crlf);
    put(payload);
    return frame;
}

} // namespace Twilio::Protocol
