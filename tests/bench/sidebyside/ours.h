#pragma once

#include "bench/sidebyside/subject.h"

#include "TwilioSync/api/synclist.h"

namespace Bench {

//! Does \a task by \a list, which has not been opened yet, of \a client; false if it does not come about.
[[nodiscard]] bool runOurs(const Task &task, Twilio::SyncClient &client, Twilio::SyncList &list);
//! Opens \a list, for who does the rest; false if it does not come about.
[[nodiscard]] bool openOurs(const Task &task, Twilio::SyncClient &client, Twilio::SyncList &list);

} // namespace Bench
