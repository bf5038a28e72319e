#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace Twilio {

//! Appends one binary message of a client, in one masked frame (RFC 6455, 5.2), to \a to.
void appendWebSocketFrame(QByteArray &to, QByteArrayView message, quint32 mask);

} // namespace Twilio
