#pragma once

#include "TwilioSync/core/syncexception.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qfuture.h>
#include <QtCore/qpromise.h>

#include <memory>
#include <type_traits>

// The one place where results become futures.
namespace Twilio {

//! Settles \a promise with \a result; a future never stays open and never is dropped.
template <typename T>
void settle(QPromise<T> &promise, SyncResult<T> result)
{
    if (const auto *error = errorOf(result))
        promise.setException(SyncException(*error));
    else
        promise.addResult(std::get<T>(std::move(result)));
    promise.finish();
}

inline void settle(QPromise<void> &promise, const SyncResult<Nothing> &result)
{
    if (const auto *error = errorOf(result))
        promise.setException(SyncException(*error));
    promise.finish();
}

template <typename T>
using ResultOf = std::conditional_t<std::is_void_v<T>, Nothing, T>;

//! A started promise and the callback that settles it. Whoever holds the callback must call it.
template <typename T>
std::pair<QFuture<T>, Callback<ResultOf<T>>> makeCall()
{
    auto promise = std::make_shared<QPromise<T>>();
    promise->start();
    return { promise->future(),
             [promise](SyncResult<ResultOf<T>> result) { settle(*promise, std::move(result)); } };
}

//! A future that has failed already, so that callers have one path.
template <typename T>
QFuture<T> failedFuture(const SyncError &error)
{
    return QtFuture::makeExceptionalFuture<T>(SyncException(error));
}

} // namespace Twilio
