#include "TwilioSync/protocol/notificationreader.h"

namespace Twilio::Protocol {

void NotificationReader::begin(const QByteArray &frame, QByteArrayView payload, const ReadLimits &limits)
{
    m_frame = frame;
    m_payload = payload;
    m_limits = limits;
    m_isSplit = m_isEnded = false;
    m_next = 0;
    if (payload.size() > partSize)
        m_splitter.emplace(payload, "events");
}

SyncResult<NotificationReader::Step> NotificationReader::next()
{
    if (m_splitter)
        return m_isSplit ? readPart() : split();
    if (m_isEnded || m_next++ > 0)
        return Step::Done;
    const auto parsed = freeParser().parse(m_payload, m_limits);
    if (const auto *error = errorOf(parsed))
        return *error;
    return Step::Part;
}

SyncResult<NotificationReader::Step> NotificationReader::split()
{
    const auto state = m_splitter->scan(partSize);
    if (state == ArraySplitter::State::More)
        return Step::More;
    // Without an array there is nothing to be gained: one event is one step.
    if (state == ArraySplitter::State::Broken || !m_splitter->hasArray()) {
        m_splitter.reset();
        return next();
    }
    m_isSplit = true;
    return Step::More;
}

SyncResult<NotificationReader::Step> NotificationReader::readPart()
{
    const auto &elements = m_splitter->elements();
    if (m_next == elements.size())
        return Step::Done;
    const char *const begin = elements[m_next].begin();
    const char *end = elements[m_next++].end();
    while (m_next < elements.size() && elements[m_next].end() - begin <= partSize)
        end = elements[m_next++].end();
    NotificationParser &parser = freeParser();
    const bool isRead = parser.begin(m_splitter->value("event_type"), m_splitter->value("correlation_id"))
            && parser.readEvents(QByteArrayView(begin, end), m_limits);
    return isRead ? SyncResult<Step>(Step::Part) : SyncResult<Step>(notificationError());
}

NotificationParser &NotificationReader::freeParser()
{
    if (m_parser.use_count() > 1) // a slot is still at an event of it, and runs an event loop
        m_parser = std::make_shared<NotificationParser>();
    return *m_parser;
}

void NotificationReader::end()
{
    m_isEnded = true;
    freeParser().trim();
    m_splitter.reset();
    m_frame = {};
    m_payload = {};
}

} // namespace Twilio::Protocol
