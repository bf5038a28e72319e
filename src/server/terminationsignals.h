#pragma once

#include <QtCore/qobject.h>

namespace Twilio::Server {

/*!
    \brief Turns SIGINT and SIGTERM into a signal of the event loop.

    One at a time: the handler is the process's. Ends with the default handlers back in place.
*/
class TerminationSignals : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TerminationSignals)

public:
    TerminationSignals();
    ~TerminationSignals() override;

Q_SIGNALS:
    //! \a number is SIGINT or SIGTERM. A terminal, by a key such as Ctrl+C, sends it to all processes that
    //! have it, not to this one alone.
    void received(int number, bool isOfTerminal);
};

} // namespace Twilio::Server
