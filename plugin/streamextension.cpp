#include "streamextension.h"

#include "calls.h"
#include "values.h"

namespace Twilio::Qml {

StreamExtension::StreamExtension(QObject *stream)
    : QObject(stream)
    , m_stream(qobject_cast<SyncStream *>(stream))
{ }

QJSValue StreamExtension::publishMessage(const QJSValue &value)
{
    ArgumentCheck check;
    const SyncValue content = check(objectArgument(value, u"value"));
    if (check.failed())
        return rejectedPromise(m_stream, check.error());
    return promiseFor(m_stream, m_stream->publishMessage(content), messageValue);
}

QJSValue StreamExtension::setTtl(const QJSValue &ttl) { return setTtlOf(m_stream, ttl); }

QJSValue StreamExtension::removeStream() { return promiseFor(m_stream, m_stream->removeStream()); }

} // namespace Twilio::Qml
