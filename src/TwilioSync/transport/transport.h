#pragma once

#include "TwilioSync/core/syncerror.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qurl.h>

#include <functional>
#include <memory>

namespace Twilio {

/*!
    \brief One attempt at one message-based connection; a new object for each attempt.

    May be deleted at any time, in a slot of its own signals too.
*/
class Transport : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Transport)

public:
    explicit Transport(QObject *parent = nullptr);
    ~Transport() override;

    //! Connects to \a url; ends in opened() or closed().
    virtual void open(const QUrl &url) = 0;
    //! Sends \a message as one binary message; dropped unless the connection is open.
    virtual void send(const QByteArray &message) = 0;
    //! Lets what was sent go out, then hangs up; ends in closed().
    virtual void close() = 0;

Q_SIGNALS:
    void opened();
    //! The last signal, once. A terminal error means that a new attempt is of no use: the peer is not who it
    //! should be.
    void closed(const Twilio::SyncError &error);
    void messageReceived(const QByteArray &message);
};

//! Makes the transport of each attempt.
using TransportFactory = std::function<std::unique_ptr<Transport>()>;

} // namespace Twilio
