#pragma once

#include "TwilioSync/core/syncerror.h"

#include <functional>
#include <variant>

namespace Twilio {

//! The value of a call that has none.
using Nothing = std::monostate;

/*!
    \brief What a call inside the library gives: a value or the error. Nothing inside the library throws.
*/
template <typename T>
using SyncResult = std::variant<T, SyncError>;

//! Called exactly once, on the caller's event loop.
template <typename T>
using Callback = std::function<void(SyncResult<T>)>;

//! The error in \a result, or nullptr.
template <typename T>
const SyncError *errorOf(const SyncResult<T> &result)
{
    return std::get_if<SyncError>(&result);
}

} // namespace Twilio
