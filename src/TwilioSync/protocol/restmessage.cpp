#include "TwilioSync/protocol/restmessage.h"

#include <QtCore/quuid.h>

namespace Twilio {

void addServiceHeaders(RestRequest &request)
{
    request.headers.append({ QByteArrayLiteral("Content-Type"), QByteArrayLiteral("application/json") });
    request.headers.append(
            { QByteArrayLiteral("Twilio-Request-Id"), "RQ" + QUuid::createUuid().toByteArray(QUuid::Id128) });
}

} // namespace Twilio
