#pragma once

#include "TwilioSync/session/clientsession.h"

#include <QtCore/qpointer.h>

namespace Twilio {

//! The place, in the order of calls, of a write whose object is not known yet: for whoever waits for all
//! writes.
class WritePlace
{
    Q_DISABLE_COPY_MOVE(WritePlace)

public:
    explicit WritePlace(ClientSession *session) : m_session(session), m_id(session->reserveWrite()) { }
    ~WritePlace()
    {
        if (m_session)
            m_session->releaseWrite(m_id);
    }

    [[nodiscard]] qint64 id() const { return m_id; }

private:
    const QPointer<ClientSession> m_session;
    const qint64 m_id;
};

} // namespace Twilio
