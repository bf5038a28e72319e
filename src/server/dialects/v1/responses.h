#pragma once

#include "server/dialects/v1/call.h"
#include "TwilioSync/core/syncresult.h"

namespace Twilio::Server::V1 {

//! \a error as the answer to \a request. What is not there is always 20404, with the path that named it.
[[nodiscard]] HttpResponse errorResponse(const SyncError &error, const HttpRequest &request);

//! What \a make gives for a success, with \a status.
template <typename T, typename Make>
[[nodiscard]] HttpResponse response(const SyncResult<T> &result, const Call &call, int status, Make make)
{
    if (const SyncError *error = errorOf(result))
        return errorResponse(*error, call.request);
    return { status, make(std::get<T>(result)) };
}

//! \a response with \a revision as its entity tag, which If-Match takes with or without its quotes.
[[nodiscard]] HttpResponse withETag(HttpResponse response, qint64 revision);

//! The answer to a removal: nothing, if it is one.
template <typename T>
[[nodiscard]] HttpResponse removal(const SyncResult<T> &result, const Call &call)
{
    return response(result, call, 204, [](const T &) { return QByteArray(); });
}

[[nodiscard]] inline std::optional<QByteArray> ifMatchOf(const Call &call)
{
    return firstValue(call.request.headers, "if-match");
}

} // namespace Twilio::Server::V1
