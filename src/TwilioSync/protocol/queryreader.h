#pragma once

#include "TwilioSync/protocol/largereader.h"
#include "TwilioSync/protocol/queries.h"

namespace Twilio::Protocol {

//! Reads a large result of a query, or an event that brings one, in steps.
class QueryReader final : public LargeReader
{
public:
    using Result = QueryResult;

    //! As parseQueryResult().
    QueryReader(const QByteArray &text, bool isLive, const ReadLimits &limits)
        : LargeReader(text, "items")
        , m_isLive(isLive)
        , m_limits(limits)
    { }

    //! Once it is done; its views last as long as the reader.
    [[nodiscard]] QueryResult take() { return std::move(m_result); }

private:
    [[nodiscard]] SyncError begin(const ArraySplitter *parts) override;
    [[nodiscard]] SyncError read(QByteArrayView element) override;

    const bool m_isLive;
    const ReadLimits m_limits;
    QueryResult m_result;
};

} // namespace Twilio::Protocol
