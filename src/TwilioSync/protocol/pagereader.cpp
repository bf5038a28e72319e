#include "TwilioSync/protocol/pagereader.h"

namespace Twilio::Protocol {

SyncError PageReader::begin(const ArraySplitter *parts)
{
    if (!parts || !parts->hasArray())
        return unexpectedPage();
    if (const SyncError problem = pageSizeProblem(parts->elements().size(), m_limits); !problem.isNull())
        return problem;
    return endPage(m_page, parts->value("meta").text());
}

SyncError PageReader::read(QByteArrayView element) { return addPageItem(m_page, element, m_limits); }

} // namespace Twilio::Protocol
