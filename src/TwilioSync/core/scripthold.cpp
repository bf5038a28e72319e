#include "TwilioSync/core/scripthold.h"

#include <atomic>

namespace Twilio {
namespace {

std::atomic<ScriptHolder> theHolder = nullptr;

} // namespace

void setScriptHolder(ScriptHolder holder) { theHolder = holder; }

ScriptHold holdInScript(QObject *object)
{
    const ScriptHolder holder = theHolder;
    return holder && object ? holder(object) : nullptr;
}

} // namespace Twilio
