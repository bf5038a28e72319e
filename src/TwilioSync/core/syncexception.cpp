#include "TwilioSync/core/syncexception.h"

#include <utility>

namespace Twilio {

SyncException::SyncException(SyncError error) : m_error(std::move(error)), m_what(m_error.message().toUtf8())
{ }

SyncException::~SyncException() = default;

void SyncException::raise() const { throw *this; }

SyncException *SyncException::clone() const { return new SyncException(*this); }

const char *SyncException::what() const noexcept { return m_what.constData(); }

} // namespace Twilio
