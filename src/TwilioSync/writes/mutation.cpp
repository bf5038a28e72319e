#include "TwilioSync/writes/mutation.h"

#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/randomsource.h"
#include "TwilioSync/core/syncexception.h"

#include <algorithm>
#include <exception>

namespace Twilio {

std::chrono::milliseconds mutationDelay(int attempt)
{
    using namespace std::chrono_literals;
    constexpr int atOnce = 3;
    if (attempt <= atOnce)
        return 0ms;
    const auto longest =
            std::min<std::chrono::milliseconds>(2000ms, 25ms * (1 << std::min(attempt - atOnce, 7)));
    return std::chrono::milliseconds(randomSource().bounded(int(longest.count()) / 2, int(longest.count())));
}

SyncResult<std::optional<SyncValue>> runMutator(const Mutator &mutator, const SyncValue &current)
{
    if (!readJsonObject(current.toJson()))
        return SyncError(QStringLiteral("mutate: the value that is there cannot be read as a JSON object"));
    try {
        std::optional<SyncValue> next = mutator(current);
        if (next && !next->isValid())
            return SyncError(next->errorString(QStringLiteral("mutator's result")));
        return next;
    } catch (const SyncException &exception) {
        return exception.error();
    } catch (const std::exception &exception) {
        return SyncError(QString::fromUtf8(exception.what()));
    } catch (...) {
        return SyncError(QStringLiteral("mutator: an exception of unknown type"));
    }
}

} // namespace Twilio
