#include "TwilioSync/protocol/pagereader.h"

namespace Twilio::Protocol {

SyncResult<PageReader::Step> PageReader::next()
{
    SyncError problem;
    if (!m_isSplit)
        problem = split();
    else if (m_next < m_splitter.elements().size())
        problem = addPageItem(m_page, m_splitter.elements()[m_next++], m_limits);
    else
        return Step::Done;
    return problem.isNull() ? SyncResult<Step>(Step::More) : SyncResult<Step>(problem);
}

SyncError PageReader::split()
{
    const auto state = m_splitter.scan(large / 4);
    if (state == ArraySplitter::State::More)
        return {};
    m_isSplit = true;
    if (state == ArraySplitter::State::Broken || !m_splitter.hasArray())
        return unexpectedPage();
    if (const SyncError problem = pageSizeProblem(m_splitter.elements().size(), m_limits); !problem.isNull())
        return problem;
    return endPage(m_page, m_splitter.value("meta").text());
}

} // namespace Twilio::Protocol
