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

    All signals come in turns of the event loop of their own, never from within a socket: a slot may run an
   event loop, in which the connection goes on. May be deleted at any time, in a slot of its own signals too.
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
    //! Somebody waits for the answer to what was sent: it need not wait for what the turn may add.
    virtual void flush() { }
    //! Asks the peer for a sign of life, ponged(); says nothing if the connection is not open.
    virtual void ping() = 0;
    //! False while so much waits to be sent that more should wait elsewhere; then drained() comes.
    [[nodiscard]] virtual bool takesMore() = 0;
    //! Whether what comes is kept for later, its end included, and the peer read from only so little that it
    //! soon waits; pongs may wait as well.
    virtual void setHeld(bool held) = 0;
    //! Lets what was sent go out, then hangs up; ends in closed().
    virtual void close() = 0;

Q_SIGNALS:
    void opened();
    //! The last signal, once. A terminal error means that a new attempt is of no use: the peer is not who it
    //! should be.
    void closed(const Twilio::SyncError &error);
    void messageReceived(const QByteArray &message);
    //! The answer to a ping(): both directions work.
    void ponged();
    //! A part of a message has come, not yet all of it.
    void messageProgressed();
    //! It takesMore() again.
    void drained();
};

//! Makes the transport of each attempt.
using TransportFactory = std::function<std::unique_ptr<Transport>()>;

} // namespace Twilio
