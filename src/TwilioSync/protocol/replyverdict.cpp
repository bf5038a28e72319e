#include "TwilioSync/protocol/replyverdict.h"

#include <algorithm>

namespace Twilio {
namespace {

constexpr int tooManyRequests = 429;

// Gateways say so when they have no answer; what is behind them may have done its work.
bool isGatewayTrouble(int status) { return status == 502 || status == 503 || status == 504; }

} // namespace

ReplyVerdict verdictOf(const SyncResult<RestReply> &result)
{
    const SyncError *const error = errorOf(result);
    const int status = error ? error->status() : std::get<RestReply>(result).status;
    if (!error && isSuccess(status))
        return ReplyVerdict::Success;
    if (status == tooManyRequests)
        return ReplyVerdict::Throttled;
    if (isGatewayTrouble(status) || (error && error->isOutcomeUnknown()))
        return ReplyVerdict::MaybeApplied;
    return error && status == 0 && !error->isTerminal() ? ReplyVerdict::NotSent : ReplyVerdict::Refused;
}

std::optional<std::chrono::milliseconds> retryAfterOf(const SyncResult<RestReply> &result)
{
    constexpr qint64 aYear = 31'536'000;
    const auto *reply = std::get_if<RestReply>(&result);
    bool isNumber = false;
    const qint64 seconds = reply ? reply->header("retry-after").trimmed().toLongLong(&isNumber) : 0;
    if (!isNumber || seconds < 0)
        return std::nullopt;
    return std::chrono::seconds(std::min(seconds, aYear));
}

} // namespace Twilio
