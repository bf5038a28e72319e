#pragma once

#include "TwilioSync/protocol/json.h"

namespace Twilio::Protocol {

//! As many as a page may have (7.7).
inline constexpr int maxPageItems = 100;

//! What is taken of the service at most (SyncLimits).
struct ReadLimits
{
    //! Of a page.
    int items = maxPageItems;
    //! As deep as values may be nested; no more than maxJsonDepth.
    qsizetype depth = maxJsonDepth;
};

} // namespace Twilio::Protocol
