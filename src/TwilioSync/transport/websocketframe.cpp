#include "TwilioSync/transport/websocketframe.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace Twilio {
namespace {

constexpr char finalBinary = char(0x82);
constexpr quint8 masked = 0x80;
// From there on the length stands in two bytes, and in eight.
constexpr qsizetype twoByteLength = 126;
constexpr qsizetype eightByteLength = 65'536;

constexpr qsizetype longestHeader = 14;

template <typename Number>
char *put(char *at, Number number)
{
    std::memcpy(at, &number, sizeof number);
    return at + sizeof number;
}

} // namespace

void appendWebSocketFrame(QByteArray &to, QByteArrayView message, quint32 mask)
{
    std::array<char, longestHeader> header;
    char *end = header.data();
    *end++ = finalBinary;
    if (message.size() < twoByteLength) {
        *end++ = char(masked | quint8(message.size()));
    } else if (message.size() < eightByteLength) {
        *end++ = char(masked | quint8(126));
        end = put(end, qToBigEndian(quint16(message.size())));
    } else {
        *end++ = char(masked | quint8(127));
        end = put(end, qToBigEndian(quint64(message.size())));
    }
    end = put(end, mask);

    const qsizetype begin = to.size();
    const qsizetype headerSize = end - header.data();
    to.resize(begin + headerSize + message.size());
    char *at = std::copy(header.data(), end, to.data() + begin);
    std::copy(message.begin(), message.end(), at);
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
