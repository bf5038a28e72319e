#pragma once

#include "TwilioSync/protocol/notificationreader.h"
#include "TwilioSync/protocol/objectkind.h"
#include "TwilioSync/session/readingqueue.h"

#include <QtCore/qbytearrayview.h>

#include <memory>
#include <optional>

namespace Twilio {

class ClientSession;
struct ChannelNotification;

/*!
    \brief From notifications to whom their events concern: the objects that the session knows, and the
   registry for the outcomes of subscriptions.

    What cannot be read is reported and dropped, and whoever it may have been about asks for it again.
*/
class EventRouter
{
    Q_DISABLE_COPY_MOVE(EventRouter)

public:
    explicit EventRouter(ClientSession *session) : m_session(session) { }

    //! Reads \a notification if it is one of this service's.
    void route(const ChannelNotification &notification);
    //! So far, without outcomes.
    [[nodiscard]] qint64 events() const { return m_events; }

private:
    class NotificationReading;

    void handleEvent(const Protocol::Notification &notification, const Protocol::Event &event, bool isStrict);
    void noteIncomplete(const Protocol::Notification &notification);
    //! An event of \a sid, an object of \a kind, could not be read; either may be unknown.
    void missEvents(QByteArrayView sid, std::optional<ObjectKind> kind);

    ClientSession *const m_session;
    //! For the next notification.
    std::shared_ptr<NotificationReading> m_spare;
    qint64 m_events = 0;
};

} // namespace Twilio
