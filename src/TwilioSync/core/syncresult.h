#pragma once

#include "TwilioSync/core/syncerror.h"

#include <functional>
#include <utility>
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

//! A callback that hands on an error, or what \a convert makes of the value.
template <typename From, typename To, typename Convert>
Callback<From> converted(Callback<To> done, Convert convert)
{
    return [done = std::move(done), convert = std::move(convert)](SyncResult<From> result) {
        if (const auto *error = errorOf(result))
            done(*error);
        else
            done(convert(std::get<From>(std::move(result))));
    };
}

} // namespace Twilio
