#include "TwilioSync/core/syncerror.h"

#include <utility>

namespace Twilio {
namespace {

//! \a text without access tokens: the service may repeat what it was sent, and errors are logged and shown.
QString withoutTokens(QString text)
{
    // Every JSON web token starts so, with {" in Base64.
    constexpr QLatin1StringView start("eyJ");
    constexpr QLatin1StringView mask("<token>");
    constexpr qsizetype shortest = 16;
    for (qsizetype from = text.indexOf(start); from >= 0; from = text.indexOf(start, from + start.size())) {
        qsizetype end = from;
        const auto belongs = [](QChar c) {
            return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
                    || c == u'-' || c == u'_' || c == u'.' || c == u'=';
        };
        while (end < text.size() && belongs(text.at(end)))
            ++end;
        if (end - from >= shortest)
            text.replace(from, end - from, mask);
    }
    return text;
}

} // namespace

SyncError::SyncError(QString message, int status, int code, bool terminal)
    : m_message(withoutTokens(std::move(message)))
    , m_status(status)
    , m_code(code)
    , m_terminal(terminal)
{ }

bool SyncError::isNull() const { return m_message.isEmpty() && m_status == 0 && m_code == 0 && !m_terminal; }

SyncError SyncError::withUnknownOutcome() const
{
    SyncError error(*this);
    error.m_outcomeUnknown = true;
    return error;
}

bool operator==(const SyncError &a, const SyncError &b) noexcept
{
    return a.m_status == b.m_status && a.m_code == b.m_code && a.m_terminal == b.m_terminal
            && a.m_outcomeUnknown == b.m_outcomeUnknown && a.m_message == b.m_message;
}

QDebug operator<<(QDebug debug, const SyncError &error)
{
    const QDebugStateSaver saver(debug);
    debug.nospace();
    if (error.isNull())
        return debug << "SyncError()";
    debug << "SyncError(" << error.m_message << ", status " << error.m_status << ", code " << error.m_code;
    if (error.m_terminal)
        debug << ", terminal";
    if (error.m_outcomeUnknown)
        debug << ", outcome unknown";
    return debug << ')';
}

} // namespace Twilio
