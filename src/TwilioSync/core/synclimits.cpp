#include "TwilioSync/core/synclimits.h"

#include "TwilioSync/core/jsontext.h"

#include <array>

namespace Twilio {
namespace {

struct Limit
{
    const char *name;
    int SyncLimits::*value;
    int least;
    int most;
    const char *unit;
};

constexpr int kibi = 1024;
constexpr std::array all {
    Limit { "messageSize", &SyncLimits::messageSize, 64 * kibi, kibi *kibi *kibi, "bytes" },
    Limit { "unsentBytes", &SyncLimits::unsentBytes, 64 * kibi, kibi *kibi *kibi, "bytes" },
    Limit { "queuedRequests", &SyncLimits::queuedRequests, 1, 10'000'000, "requests" },
    Limit { "pendingWrites", &SyncLimits::pendingWrites, 1, 10'000'000, "writes" },
    Limit { "pageItems", &SyncLimits::pageItems, 2, 100, "items" },
    Limit { "jsonDepth", &SyncLimits::jsonDepth, 1, maxValueDepth, "levels" },
};

} // namespace

SyncError SyncLimits::problem() const
{
    for (const Limit &limit : all) {
        const int value = this->*limit.value;
        if (value < limit.least || value > limit.most)
            return SyncError(QStringLiteral("limits.%1: expected %2 to %3 %4, got %5")
                                     .arg(QLatin1StringView(limit.name))
                                     .arg(limit.least)
                                     .arg(limit.most)
                                     .arg(QLatin1StringView(limit.unit))
                                     .arg(value));
    }
    return {};
}

bool operator==(const SyncLimits &a, const SyncLimits &b) noexcept
{
    for (const Limit &limit : all) {
        if (a.*limit.value != b.*limit.value)
            return false;
    }
    return true;
}

QDebug operator<<(QDebug debug, const SyncLimits &limits)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "SyncLimits(";
    const char *separator = "";
    for (const Limit &limit : all) {
        debug << separator << limit.name << ' ' << limits.*limit.value;
        separator = ", ";
    }
    return debug << ')';
}

} // namespace Twilio
