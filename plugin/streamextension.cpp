#include "streamextension.h"

#include "calls.h"

namespace Twilio::Qml {

StreamExtension::StreamExtension(QObject *stream)
    : QObject(stream)
    , m_stream(qobject_cast<SyncStream *>(stream))
{ }

QJSValue StreamExtension::publishMessage(const QJSValue &value)
{
    return valueCall(m_stream, m_stream, &SyncStream::publishMessage, messageValue,
                     objectArgument(value, u"value"));
}

QJSValue StreamExtension::setTtl(const QJSValue &ttl)
{
    return voidCall(m_stream, m_stream, &SyncStream::setTtl, secondsArgument(ttl));
}

QJSValue StreamExtension::removeStream() { return voidCall(m_stream, m_stream, &SyncStream::removeStream); }

} // namespace Twilio::Qml
