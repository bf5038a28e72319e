#include "TwilioSync/core/randomsource.h"

namespace Twilio {

QRandomGenerator &randomSource()
{
    static thread_local QRandomGenerator source = QRandomGenerator::securelySeeded();
    return source;
}

} // namespace Twilio
