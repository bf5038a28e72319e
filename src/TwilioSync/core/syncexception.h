#pragma once

#include "TwilioSync/core/syncerror.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qexception.h>

namespace Twilio {

/*!
    \brief What a failed QFuture throws; carries the SyncError.

    \code
    list->push(value).then([](const SyncListItem &item) { … })
            .onFailed([](const SyncException &e) { qWarning() << e.error(); });
    \endcode
*/
class TWILIOSYNC_EXPORT SyncException : public QException
{
public:
    explicit SyncException(SyncError error);
    ~SyncException() override;

    //! Why the call failed; never null.
    [[nodiscard]] const SyncError &error() const { return m_error; }

    void raise() const override;
    [[nodiscard]] SyncException *clone() const override;
    //! The error's message as UTF-8.
    [[nodiscard]] const char *what() const noexcept override;

private:
    SyncError m_error;
    QByteArray m_what;
};

} // namespace Twilio
