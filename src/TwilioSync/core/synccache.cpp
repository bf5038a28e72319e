#include "TwilioSync/core/synccache.h"

namespace Twilio {

SyncCache::~SyncCache() = default;

} // namespace Twilio
