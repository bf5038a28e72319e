#include "TwilioSync/protocol/queryeventreader.h"

#include "TwilioSync/protocol/queryparts.h"

namespace Twilio::Protocol {

SyncResult<bool> QueryEventReader::next()
{
    if (m_result)
        return readResult();
    if (m_texts)
        return m_next == m_texts->size() ? SyncResult<bool>(false) : readEvent((*m_texts)[m_next++]);
    if (m_payload.size() >= LargeReader::large)
        return split();
    auto parsed = parseQueryEvents(m_payload, m_limits);
    if (const auto *error = errorOf(parsed))
        return *error;
    m_events = std::get<QueryEvents>(std::move(parsed));
    return false;
}

SyncResult<bool> QueryEventReader::split()
{
    const auto state = m_splitter.scan(LargeReader::large / 4);
    if (state == ArraySplitter::State::More)
        return true;
    if (state == ArraySplitter::State::Broken)
        return unexpectedQuery("notification of a query", "a JSON object");
    if (!m_splitter.hasArray() && m_splitter.value("events").exists())
        return unexpectedQuery("notification of a query", "an array of events");
    m_events.isStrict = m_splitter.value("strictly_ordered").toBool().value_or(false);
    m_type = queryTypeOf(m_splitter.value("event_type").toUtf8().value_or(QByteArray()));
    m_texts = m_splitter.hasArray() ? m_splitter.elements()
                                    : std::vector<QByteArrayView> { m_splitter.value("event").text() };
    return m_type != QueryEvent::Type::Unknown;
}

SyncResult<bool> QueryEventReader::readEvent(QByteArrayView text)
{
    if (m_type == QueryEvent::Type::Replaced && text.size() >= LargeReader::large) {
        m_result.emplace(QByteArray::fromRawData(text.data(), text.size()), true, m_limits);
        return true;
    }
    if (!text.isEmpty() && !isValidJson(text)) // one that is not there lacks an id
        return unexpectedQuery("notification of a query", "a JSON object");
    auto event = queryEventOf(JsonSlice(text), m_type, m_limits);
    if (const auto *error = errorOf(event))
        return *error;
    m_events.events.push_back(std::get<QueryEvent>(std::move(event)));
    return true;
}

SyncResult<bool> QueryEventReader::readResult()
{
    const auto read = m_result->next();
    if (const auto *error = errorOf(read))
        return *error;
    if (std::get<LargeReader::Step>(read) == LargeReader::Step::Done) {
        QueryResult result = m_result->take();
        m_events.events.push_back({ m_type, result.id, result.lastEventId, std::move(result.items) });
        m_result.reset();
    }
    return true;
}

} // namespace Twilio::Protocol
