#pragma once

#include "TwilioSync/api/synchandle.h"

namespace Twilio {

/*!
    \brief Base of SyncDocument and SyncStream: a handle that is a plain QObject.
*/
class TWILIOSYNC_EXPORT SyncObject : public QObject, public SyncHandle
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncObject)
    TWILIOSYNC_HANDLE_PROPERTIES

public:
    ~SyncObject() override;

    //! Stops events for this handle alone; every later call rejects with "handle closed".
    Q_INVOKABLE void close();
    //! Opens again what is Removed, Failed or Closed, as the mode says; at once if it waits for another try.
    Q_INVOKABLE void reopen();

Q_SIGNALS:
    TWILIOSYNC_HANDLE_SIGNALS

protected:
    SyncObject(std::unique_ptr<HandlePrivate> priv, QObject *parent);
};

} // namespace Twilio
