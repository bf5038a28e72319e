#include "TwilioSync/transport/transport.h"

namespace Twilio {

Transport::Transport(QObject *parent) : QObject(parent) { }

Transport::~Transport() = default;

} // namespace Twilio
