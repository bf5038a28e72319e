#pragma once

#include "TwilioSync/api/syncstream.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncStream has in QML besides what it has in C++.

    Each method gives a Promise, which is rejected at once if an argument is wrong.
*/
class StreamExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StreamExtension)

public:
    explicit StreamExtension(QObject *stream);

    Q_INVOKABLE QJSValue publishMessage(const QJSValue &value = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue removeStream();

private:
    SyncStream *const m_stream;
};

} // namespace Twilio::Qml
