#pragma once

#include "server/operations/checks.h"
#include "TwilioSync/protocol/json.h"

namespace Twilio::Server::V3 {

//! The body of a write. Members that are absent or null are none.
class WriteBody
{
public:
    //! Of \c data and \c ttl.
    [[nodiscard]] Values values() const;
    //! JSON text.
    [[nodiscard]] std::optional<QByteArray> context() const;
    //! Something that is no name if it is no text.
    [[nodiscard]] std::optional<QString> uniqueName() const;
    //! Empty if it is no text.
    [[nodiscard]] QString key() const;

private:
    friend SyncResult<WriteBody> parseWrite(const QByteArray &body);

    // Views into the request.
    Protocol::JsonObjectView m_members;
};

//! Reads \a body, which outlives the result; no body at all is an empty object. Fails if it is no JSON
//! object.
[[nodiscard]] SyncResult<WriteBody> parseWrite(const QByteArray &body);

} // namespace Twilio::Server::V3
