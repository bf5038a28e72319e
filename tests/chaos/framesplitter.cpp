#include "framesplitter.h"

#include "TwilioSync/protocol/frame.h"

#include <QtCore/qendian.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

using namespace Qt::StringLiterals;

std::optional<FrameSplitter::Part> FrameSplitter::next()
{
    const auto take = [this](qsizetype size) {
        QByteArray part = m_bytes.first(size);
        m_bytes.remove(0, size);
        return part;
    };
    if (!m_hasHead) {
        const qsizetype end = m_bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return std::nullopt;
        m_hasHead = true;
        return Part { take(end + 4), {} };
    }
    if (m_bytes.size() < 2)
        return std::nullopt;
    const auto first = quint8(m_bytes[0]);
    const auto second = quint8(m_bytes[1]);
    qsizetype head = 2;
    quint64 size = second & 0x7f;
    const qsizetype sizeBytes = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (m_bytes.size() < head + sizeBytes)
        return std::nullopt;
    if (sizeBytes == 2)
        size = qFromBigEndian<quint16>(m_bytes.constData() + head);
    else if (sizeBytes == 8)
        size = qFromBigEndian<quint64>(m_bytes.constData() + head);
    head += sizeBytes;
    const qsizetype maskAt = head;
    const bool isMasked = (second & 0x80) != 0;
    head += isMasked ? 4 : 0;
    if (m_bytes.size() < head || quint64(m_bytes.size() - head) < size)
        return std::nullopt;
    Part part { take(head + qsizetype(size)), {} };
    const bool isWhole = (first & 0x80) != 0;
    const int opcode = first & 0x0f;
    if (isWhole && (opcode == 1 || opcode == 2)) {
        part.message = part.bytes.sliced(head);
        for (qsizetype i = 0; isMasked && i < part.message.size(); ++i)
            part.message[i] = char(part.message[i] ^ part.bytes[maskAt + i % 4]);
    }
    return part;
}

namespace {

QJsonObject headerOf(const QByteArray &message)
{
    const auto parts = Twilio::Protocol::splitFrame(message);
    const auto *frame = std::get_if<Twilio::Protocol::FrameParts>(&parts);
    return frame ? QJsonDocument::fromJson(frame->header.toByteArray()).object() : QJsonObject();
}

} // namespace

ServiceMessage readServiceMessage(const QByteArray &message)
{
    const QJsonObject header = headerOf(message);
    if (header.isEmpty())
        return {};
    const auto code = [&](QLatin1StringView name) {
        return header.value(name).toObject().value("code"_L1).toInt(200);
    };
    const QString method = header.value("method"_L1).toString();
    const bool isNoError = code("status"_L1) < 300 && code("http_status"_L1) < 429;
    return { .isReply = method == "reply"_L1,
             .isLiveEvent = header.value("message_type"_L1).toString().startsWith("com.twilio.rtd.cds."_L1),
             .isGood = method == "notification"_L1 || (method == "reply"_L1 && isNoError),
             .answersCall = header.contains("http_status"_L1) };
}

bool isBlindWrite(const QByteArray &message)
{
    const QJsonObject request = headerOf(message).value("http_request"_L1).toObject();
    const QString method = request.value("method"_L1).toString();
    const QString last = request.value("path"_L1).toString().section(u'/', -1);
    const bool makesSomething = last == "Items"_L1 || last == "Messages"_L1 || last == "Subscriptions"_L1;
    return (method == "PUT"_L1 || method == "POST"_L1) && !makesSomething
            && !request.value("headers"_L1).toObject().contains("If-Match"_L1);
}
