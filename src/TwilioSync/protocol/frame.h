#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <initializer_list>
#include <optional>
#include <span>

/*!
    The Twilsock V3.0 frame: one binary WebSocket message (protocol.md, section 3).
*/
namespace Twilio::Protocol {

//! The two parts of a frame; views into the message.
struct FrameParts
{
    //! Exactly one JSON object; not parsed yet.
    QByteArrayView header;
    //! All bytes behind the header's CRLF, before \c payload_size has been applied.
    QByteArrayView rest;
};

//! Splits \a message; the error names what is wrong with it. Does not look into the header.
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT SyncResult<FrameParts> splitFrame(QByteArrayView message);

/*!
    \brief The payload within \a rest.

    \a payloadSize bytes if the header says so, else the rest without one trailing CRLF. An error if the
   header promises more than there is, or less than nothing.
*/
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT SyncResult<QByteArrayView>
framePayload(QByteArrayView rest, std::optional<qint64> payloadSize);

/*!
    \brief A frame of \a header, a compact JSON object without payload_size and payload_type, and \a payload.

    Adds \c payload_size always and \c payload_type application/json if there is a payload.
*/
[[nodiscard]] TWILIOSYNC_PRIVATE_EXPORT QByteArray encodeFrame(QByteArrayView header,
                                                               QByteArrayView payload = {});

//! The same of a header in parts, up to where the next member belongs: a comma comes last, no brace.
[[nodiscard]] QByteArray encodeFrame(std::span<const QByteArrayView> openHeader, QByteArrayView payload);

//! A frame whose header is \a headerParts joined, as they are.
[[nodiscard]] QByteArray assembleFrame(std::span<const QByteArrayView> headerParts,
                                       QByteArrayView payload = {});
[[nodiscard]] inline QByteArray assembleFrame(std::initializer_list<QByteArrayView> headerParts,
                                              QByteArrayView payload = {})
{
    return assembleFrame(std::span(headerParts.begin(), headerParts.size()), payload);
}

} // namespace Twilio::Protocol
