#pragma once

#include "TwilioSync/protocol/largereader.h"
#include "TwilioSync/protocol/restresources.h"

namespace Twilio::Protocol {

//! Reads a large page in steps.
class PageReader final : public LargeReader
{
public:
    using Result = PageResource;

    PageReader(const QByteArray &body, const ReadLimits &limits)
        : LargeReader(body, "items")
        , m_limits(limits)
    { }

    //! Once it is done.
    [[nodiscard]] PageResource take() { return std::move(m_page); }

private:
    [[nodiscard]] SyncError begin(const ArraySplitter *parts) override;
    [[nodiscard]] SyncError read(QByteArrayView element) override;

    const ReadLimits m_limits;
    PageResource m_page;
};

} // namespace Twilio::Protocol
