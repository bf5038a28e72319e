#pragma once

#include <QtCore/qobject.h>

#include <deque>
#include <memory>

namespace Twilio {

class TwilsockChannel;

//! Something that the service has sent, which is read in steps.
class Reading
{
    Q_DISABLE_COPY_MOVE(Reading)

public:
    Reading() = default;
    virtual ~Reading() = default;

    //! Each is short. False after the last one; may be called again, from an event loop within.
    virtual bool step() = 0;
};

/*!
    \brief Reads one after the other. What takes longer than a turn of the event loop may, goes on in the next
   one; until it has ended the channel is held, so that what came behind it, answers included, stays there.

    A slot of a row that changes may run an event loop, which brings what comes next: what is left of the
   first comes first.
*/
class ReadingQueue : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ReadingQueue)

public:
    explicit ReadingQueue(TwilsockChannel *channel, QObject *parent = nullptr)
        : QObject(parent)
        , m_channel(channel)
    { }

    void add(std::shared_ptr<Reading> reading);
    //! What is left of them is of nobody's interest any more.
    void clear();

private:
    void readOn();
    //! The channel may go on.
    void release();

    TwilsockChannel *const m_channel;
    //! More than one only in event loops of slots.
    std::deque<std::shared_ptr<Reading>> m_readings;
    bool m_holds = false;
};

} // namespace Twilio
