#pragma once

#include <QtCore/qglobal.h>

namespace Twilio::Server {

class Connection;

//! Who has made events: a client or a backend. Nobody makes them faster than they are read.
class EventWriter
{
public:
    EventWriter() = default;
    Q_DISABLE_COPY_MOVE(EventWriter)

    //! Notes that a call has made \a count frames for others.
    virtual void countDeliveries(qsizetype count) = 0;
    //! Has the writer make nothing more until \a reader has caught up with what it is sent.
    virtual void waitFor(Connection &reader) = 0;

protected:
    ~EventWriter() = default;
};

} // namespace Twilio::Server
