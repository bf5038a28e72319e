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
        return session && session->resolveConflict(write.id, value);
    }

    Write write;
    QPointer<ClientSession> session;
};

} // namespace Twilio
