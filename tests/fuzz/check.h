#pragma once

#include "server/data/types.h"
#include "TwilioSync/protocol/json.h"

#include <cstdlib>

//! Ends the run with a trace; fuzzers have no other way to say that something does not hold.
inline void check(bool holds)
{
    if (!holds)
        std::abort();
}

//! What holds for every reply: a status that clients know and one line of JSON, or nothing.
inline void checkReply(const Twilio::Server::RestReply &reply)
{
    check(reply.status >= 200 && reply.status < 500);
    check((reply.status == 204) == reply.body.isEmpty());
    check(reply.body.isEmpty() || (reply.body.startsWith('{') && Twilio::Protocol::isValidJson(reply.body)));
    check(!reply.body.contains('\n') && !reply.body.contains('\r'));
}
