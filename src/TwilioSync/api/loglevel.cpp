#include "TwilioSync/api/loglevel_p.h"

#include "TwilioSync/core/logging.h"

#include <array>
#include <atomic>

namespace Twilio {
namespace {

using Level = SyncClient::LogLevel;

std::atomic<Level> g_level = Level::LogError;

} // namespace

SyncClient::LogLevel currentLogLevel() { return g_level; }

bool applyLogLevel(SyncClient::LogLevel level)
{
    if (g_level.exchange(level) == level)
        return false;
    // On the categories themselves: filter rules would replace those of the application.
    using Category = const QLoggingCategory &();
    for (Category *category :
         std::array<Category *, 5> { lcClient, lcChannel, lcRequest, lcSubscription, lcStore }) {
        auto &mutableCategory = const_cast<QLoggingCategory &>(category());
        mutableCategory.setEnabled(QtCriticalMsg, level >= Level::LogError);
        mutableCategory.setEnabled(QtWarningMsg, level >= Level::LogWarn);
        mutableCategory.setEnabled(QtInfoMsg, level >= Level::LogInfo);
        mutableCategory.setEnabled(QtDebugMsg, level >= Level::LogDebug);
    }
    return true;
}

std::optional<SyncClient::LogLevel> logLevelOf(const QString &name)
{
    constexpr std::array names { "silent", "error", "warn", "info", "debug", "trace" };
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (name == QLatin1String(names[i]))
            return Level(int(i));
    }
    return std::nullopt;
}

} // namespace Twilio
