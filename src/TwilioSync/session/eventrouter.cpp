#include "TwilioSync/session/eventrouter.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/session/clientsession.h"

#include <QtCore/qpointer.h>

namespace Twilio {
namespace {

using namespace Protocol;

// Of the object that such an event is about; none if it may be of any.
std::optional<ObjectKind> kindOf(EventType type)
{
    switch (type) {
    case EventType::DocumentUpdated:
    case EventType::DocumentRemoved:
        return ObjectKind::Document;
    case EventType::ListItemAdded:
    case EventType::ListItemUpdated:
    case EventType::ListItemRemoved:
    case EventType::ListContextUpdated:
    case EventType::ListRemoved:
        return ObjectKind::List;
    case EventType::MapItemAdded:
    case EventType::MapItemUpdated:
    case EventType::MapItemRemoved:
    case EventType::MapRemoved:
        return ObjectKind::Map;
    case EventType::StreamMessagePublished:
    case EventType::StreamRemoved:
        return ObjectKind::Stream;
    case EventType::Unknown:
    case EventType::SubscriptionEstablished:
    case EventType::SubscriptionCanceled:
    case EventType::SubscriptionFailed:
        break;
    }
    return std::nullopt;
}

} // namespace

class EventRouter::NotificationReading final : public Reading
{
public:
    explicit NotificationReading(EventRouter *router) : m_router(router) { }

    void begin(const ChannelNotification &notification, bool isStrict)
    {
        m_isStrict = isStrict;
        m_part = nullptr;
        m_reader.begin(notification.frame, notification.payload, m_router->m_session->readLimits());
    }

    bool step() override
    {
        auto part = m_part; // events are views into it
        if (part && m_next < part->notification().events.size()) {
            const std::size_t number = m_next++;
            m_router->handleEvent(part->notification(), part->notification().events[number], m_isStrict);
            return true;
        }
        m_part = part = nullptr;
        const auto read = m_reader.next();
        if (const auto *error = errorOf(read)) {
            qCWarning(lcStore) << "dropped a notification of" << m_reader.size() << "bytes:" << *error;
            m_reader.end();
            m_router->missEvents({}, std::nullopt);
            return false;
        }
        switch (std::get<NotificationReader::Step>(read)) {
        case NotificationReader::Step::Part:
            return beginPart();
        case NotificationReader::Step::More:
            return true;
        case NotificationReader::Step::Done:
            break;
        }
        m_reader.end();
        return false;
    }

private:
    bool beginPart()
    {
        m_next = 0;
        const auto part = m_part = m_reader.part();
        if (part->notification().type == EventType::Unknown) {
            m_part = nullptr;
            m_reader.end();
            return false;
        }
        m_router->noteIncomplete(part->notification());
        return true;
    }

    EventRouter *const m_router;
    NotificationReader m_reader;
    //! What the reader has read last, and the first event of it that has not been handled.
    std::shared_ptr<const NotificationParser> m_part;
    std::size_t m_next = 0;
    bool m_isStrict = false;
};

void EventRouter::route(const ChannelNotification &notification)
{
    const bool isStrict = notification.messageType == QByteArrayView("twilio.sync.event");
    if (!isStrict && !notification.messageType.startsWith("com.twilio.rtd.cds."))
        return;
    if (m_session->queries().route(notification)) {
        ++m_events;
        return;
    }
    if (m_spare.use_count() != 1) // there is none, or it is still being read
        m_spare = std::make_shared<NotificationReading>(this);
    m_spare->begin(notification, isStrict);
    m_session->readings().add(m_spare);
}

void EventRouter::noteIncomplete(const Notification &notification)
{
    const auto kind = kindOf(notification.type);
    if (notification.incomplete.empty())
        return;
    qCWarning(lcStore) << "dropped" << notification.incomplete.size() << "of"
                       << notification.incomplete.size() + notification.events.size()
                       << "events that lack something or are not what they should be";
    // Before the others: the cursor must not go past what is missing.
    const QPointer guard(m_session);
    for (const Event &event : notification.incomplete) {
        if (guard && kind)
            missEvents(event.sid, kind);
    }
}

void EventRouter::handleEvent(const Notification &notification, const Event &event, bool isStrict)
{
    const auto kind = kindOf(notification.type);
    if (!kind) {
        m_session->registry().outcome(notification.type, event, notification.correlationId);
        return;
    }
    ++m_events;
    const EntityPtr entity =
            m_session->cache().find(QByteArray::fromRawData(event.sid.data(), event.sid.size()));
    if (entity && entity->kind() == *kind) {
        const auto &asked = notification.correlationId;
        const bool isInOrder = isStrict && (!asked || m_session->registry().isLatest(event.sid, *asked));
        entity->handleEvent(notification.type, event, isInOrder);
    } else if (entity) {
        qCWarning(lcStore) << "dropped an event of" << event.sid << "that is of another kind of object";
        entity->missEvent();
    }
}

void EventRouter::missEvents(QByteArrayView sid, std::optional<ObjectKind> kind)
{
    std::vector<EntityPtr> concerned;
    for (Entity *living : m_session->living()) {
        const EntityPtr entity = living->weak_from_this().lock();
        // Whose it is may be what could not be read.
        const bool isConcerned = entity && (sid.isEmpty() || entity->root().sid == sid);
        if (isConcerned && (!kind || entity->kind() == *kind))
            concerned.push_back(entity);
    }
    for (const EntityPtr &entity : concerned)
        entity->missEvent();
}

} // namespace Twilio
