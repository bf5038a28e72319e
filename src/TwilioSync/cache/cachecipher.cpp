#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/protocol/json.h"

namespace Twilio {

QByteArray CacheCipher::sealed(const QByteArray &text) const
{
    if (text.isEmpty())
        return QByteArrayLiteral(""); // not NULL
    return seal ? seal(text) : text;
}

std::optional<QByteArray> CacheCipher::openedJson(const QByteArray &bytes) const
{
    if (bytes.isEmpty())
        return bytes;
    const QByteArray text = opened(bytes);
    return Protocol::isValidJson(text) ? std::optional(text) : std::nullopt;
}

} // namespace Twilio
