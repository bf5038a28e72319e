#include "TwilioSync/transport/websocketframe.h"

#include <QtCore/qendian.h>

#include <cstring>

namespace Twilio {
namespace {

constexpr char finalBinary = char(0x82);
constexpr quint8 masked = 0x80;
// From there on the length stands in two bytes, and in eight.
constexpr qsizetype twoByteLength = 126;
constexpr qsizetype eightByteLength = 65'536;

template <typename Number>
void appendNumber(QByteArray &to, Number number)
{
    const Number big = qToBigEndian(number);
    to.append(reinterpret_cast<const char *>(&big), sizeof big);
}

} // namespace

void appendWebSocketFrame(QByteArray &to, QByteArrayView message, quint32 mask)
{
    to += finalBinary;
    if (message.size() < twoByteLength) {
        to += char(masked | quint8(message.size()));
    } else if (message.size() < eightByteLength) {
        to += char(masked | quint8(126));
        appendNumber(to, quint16(message.size()));
    } else {
        to += char(masked | quint8(127));
        appendNumber(to, quint64(message.size()));
    }
    to.append(reinterpret_cast<const char *>(&mask), sizeof mask);

    const qsizetype begin = to.size();
    to.append(message);
    char *at = to.data() + begin;
    const quint64 wide = quint64(mask) << 32 | mask;
    qsizetype left = message.size();
    for (; left >= qsizetype(sizeof wide); left -= sizeof wide, at += sizeof wide) {
        quint64 eight;
        std::memcpy(&eight, at, sizeof eight);
        eight ^= wide;
        std::memcpy(at, &eight, sizeof eight);
    }
    const char *const key = reinterpret_cast<const char *>(&wide);
    for (qsizetype i = 0; i < left; ++i)
        at[i] = char(at[i] ^ key[i]);
}

} // namespace Twilio
