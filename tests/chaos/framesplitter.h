#pragma once

#include <QtCore/qbytearray.h>

#include <optional>

/*!
    \brief Cuts what passes over a WebSocket connection, in one direction, into its parts: the head of the
   handshake, then one frame after the other (RFC 6455, without extensions).
*/
class FrameSplitter
{
public:
    struct Part
    {
        //! As they came.
        QByteArray bytes;
        //! Of a whole message of data, without mask; null for anything else.
        QByteArray message;
    };

    void add(const QByteArray &bytes) { m_bytes += bytes; }
    //! The next part that is there as a whole.
    [[nodiscard]] std::optional<Part> next();

private:
    QByteArray m_bytes;
    bool m_hasHead = false;
};

//! What a proxy looks at in a message of the service.
struct ServiceMessage
{
    bool isReply = false;
    //! One that the service may tell out of order or twice (protocol.md 8.3).
    bool isLiveEvent = false;
    //! Neither a refusal of the gateway nor of the service.
    bool isGood = false;
    //! The answer to a call, not to init or update.
    bool answersCall = false;
};

[[nodiscard]] ServiceMessage readServiceMessage(const QByteArray &message);

//! True if \a message, of a client, overwrites whatever is there, on no condition.
[[nodiscard]] bool isBlindWrite(const QByteArray &message);
