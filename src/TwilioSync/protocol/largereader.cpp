#include "TwilioSync/protocol/largereader.h"

namespace Twilio::Protocol {

SyncResult<LargeReader::Step> LargeReader::next()
{
    SyncError problem;
    if (!m_isSplit)
        problem = split();
    else if (m_next < m_splitter.elements().size())
        problem = read(m_splitter.elements()[m_next++]);
    else
        return Step::Done;
    return problem.isNull() ? SyncResult<Step>(Step::More) : SyncResult<Step>(problem);
}

SyncError LargeReader::split()
{
    const auto state = m_splitter.scan(large / 4);
    if (state == ArraySplitter::State::More)
        return {};
    m_isSplit = true;
    return begin(state == ArraySplitter::State::Done ? &m_splitter : nullptr);
}

} // namespace Twilio::Protocol
