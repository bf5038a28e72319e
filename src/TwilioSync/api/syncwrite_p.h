#pragma once

#include "TwilioSync/api/syncwrite.h"
#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/writes/write.h"

#include <QtCore/qpointer.h>

#include <optional>

namespace Twilio {

class SyncWritePrivate
{
public:
    [[nodiscard]] static SyncWrite made(const Write &write, ClientSession *session);

    //! Settles a conflict, see Outbox::resolve().
    [[nodiscard]] bool resolve(const std::optional<QByteArray> &value) const
    {
        return isThere() && session->resolveConflict(write.id, value);
    }
    //! Numbers are those of an identity.
    [[nodiscard]] bool isThere() const { return session && session->identity() == identity; }

    Write write;
    QPointer<ClientSession> session;
    quint64 identity = 0;
};

} // namespace Twilio
