#include "TwilioSync/protocol/restmessage.h"

#include "TwilioSync/protocol/hex.h"

#include <QtCore/qrandom.h>

namespace Twilio {

void addServiceHeaders(RestRequest &request)
{
    constexpr qsizetype digits = 32;
    QByteArray id(2 + digits, '0');
    id[0] = 'R';
    id[1] = 'Q';
    for (qsizetype at = 2; at < id.size(); at += 8)
        putHex(id.data() + at, 8, QRandomGenerator::global()->generate());
    request.headers.reserve(3);
    request.headers.append({ QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/json") });
    request.headers.append({ QByteArrayLiteral("Twilio-Request-Id"), id });
}

} // namespace Twilio
