#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/core/syncvalue.h"

#include <chrono>
#include <optional>

namespace Twilio {

//! How many of the application's functions one turn of the event loop runs at most.
inline constexpr int mutatorsPerTurn = 250;

//! Lost races (412) after which a mutate() gives up.
inline constexpr int maxMutationAttempts = 40;

//! The wait before attempt \a attempt + 1: none for the first few, then growing up to 2 s, with jitter.
[[nodiscard]] std::chrono::milliseconds mutationDelay(int attempt);

//! Runs the application's function; whatever it throws becomes the error.
[[nodiscard]] SyncResult<std::optional<SyncValue>> runMutator(const Mutator &mutator,
                                                              const SyncValue &current);

} // namespace Twilio
