#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qdebug.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

namespace Twilio {

/*!
    \brief Why something failed: a text, the HTTP status and Twilio's error code where there are any.

    A default-constructed error is null, that is, no error. Protocol: protocol.md, section 11.
*/
class TWILIOSYNC_EXPORT SyncError
{
    Q_GADGET
    Q_PROPERTY(QString message READ message CONSTANT)
    Q_PROPERTY(int status READ status CONSTANT)
    Q_PROPERTY(int code READ code CONSTANT)
    Q_PROPERTY(bool terminal READ isTerminal CONSTANT)
    Q_PROPERTY(bool outcomeUnknown READ isOutcomeUnknown CONSTANT)
    Q_PROPERTY(bool isNull READ isNull CONSTANT)

public:
    SyncError() = default;
    explicit SyncError(QString message, int status = 0, int code = 0, bool terminal = false);

    //! Human readable, names the thing and what was expected; never an access token.
    [[nodiscard]] QString message() const { return m_message; }
    //! HTTP or Twilsock status, 0 if the failure never reached the service.
    [[nodiscard]] int status() const { return m_status; }
    //! Twilio error code, 0 if there is none.
    [[nodiscard]] int code() const { return m_code; }
    //! True if nothing will be retried before the application acts.
    [[nodiscard]] bool isTerminal() const { return m_terminal; }
    /*!
        True if the request was sent and no answer came: perhaps it was applied, perhaps not.

        A write whose answer got lost is first looked for in the events since. An equal value that somebody
        else wrote to the same item in that time cannot be told from it, and counts as it.
    */
    [[nodiscard]] bool isOutcomeUnknown() const { return m_outcomeUnknown; }
    //! The same error, of a request that was sent and not answered.
    [[nodiscard]] SyncError withUnknownOutcome() const;
    //! True if this is no error at all.
    [[nodiscard]] bool isNull() const;

    friend TWILIOSYNC_EXPORT bool operator==(const SyncError &a, const SyncError &b) noexcept;
    friend bool operator!=(const SyncError &a, const SyncError &b) noexcept { return !(a == b); }
    friend TWILIOSYNC_EXPORT QDebug operator<<(QDebug debug, const SyncError &error);

private:
    QString m_message;
    int m_status = 0;
    int m_code = 0;
    bool m_terminal = false;
    bool m_outcomeUnknown = false;
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncError)
