#pragma once

#include "TwilioSync/protocol/queryreader.h"

#include <optional>
#include <utility>
#include <vector>

namespace Twilio::Protocol {

/*!
    \brief Reads a notification of live queries in steps, each of which is short however large it is.

    One of usual size is a single step.
*/
class QueryEventReader
{
    Q_DISABLE_COPY_MOVE(QueryEventReader)

public:
    //! \a payload has to stay.
    QueryEventReader(QByteArrayView payload, const ReadLimits &limits)
        : m_payload(payload)
        , m_limits(limits)
        , m_splitter(payload, "events")
    { }

    //! True if there is more. The error says why the payload, or what is left of it, is no notification; it
    //! is the last step.
    [[nodiscard]] SyncResult<bool> next();
    //! What the last step has read, which may be nothing.
    [[nodiscard]] QueryEvents take() { return std::exchange(m_events, { {}, m_events.isStrict }); }

private:
    [[nodiscard]] SyncResult<bool> split();
    [[nodiscard]] SyncResult<bool> readResult();
    [[nodiscard]] SyncResult<bool> readEvent(QByteArrayView text);

    const QByteArrayView m_payload;
    const ReadLimits m_limits;
    ArraySplitter m_splitter;
    //! What was split.
    std::optional<std::vector<QByteArrayView>> m_texts;
    std::size_t m_next = 0;
    QueryEvent::Type m_type = QueryEvent::Type::Unknown;
    //! Of an event that brings a whole one, and a large one.
    std::optional<QueryReader> m_result;
    QueryEvents m_events;
};

} // namespace Twilio::Protocol
