#include "TwilioSync/protocol/queryreader.h"

#include "TwilioSync/protocol/queryparts.h"

namespace Twilio::Protocol {

SyncError QueryReader::begin(const ArraySplitter *parts)
{
    if (!parts)
        return unexpectedQuery("result of a query", "a JSON object");
    if (const JsonSlice items = parts->value("items");
        !parts->hasArray() && items.exists() && !items.isNull())
        return unexpectedQuery("result of a query", "an array of items");
    m_result.id = parts->value("query_id").toUtf8().value_or(QByteArray());
    m_result.lastEventId = parts->value("last_event_id").toInteger().value_or(-1);
    return problemOf(m_result, m_isLive);
}

SyncError QueryReader::read(QByteArrayView element)
{
    const auto object = isValidJson(element) ? JsonObjectView::parse(element) : std::nullopt;
    if (!object)
        return unexpectedQuery("result of a query", "an array of items");
    auto item = queryItemOf({ object->value("key"), object->value("data"), object->value("revision") }, false,
                            m_limits);
    if (const auto *error = errorOf(item))
        return *error;
    m_result.items.push_back(std::get<QueryItem>(std::move(item)));
    return {};
}

} // namespace Twilio::Protocol
