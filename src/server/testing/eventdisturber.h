#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>

namespace Twilio::Server {

class Faults;
class Session;

/*!
    \brief Sends live events twice, or behind the next one, as the faults in force say.
*/
class EventDisturber : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EventDisturber)

public:
    //! \a faults outlives it.
    explicit EventDisturber(Faults &faults) : m_faults(faults) { }

    void send(Session &session, const QByteArray &frame);

private:
    //! An event that waits until the next one of its session has passed it.
    struct Held
    {
        QByteArray frame;
        int times = 1;
        QTimer *timer = nullptr;
    };

    void hold(Session &session, const QByteArray &frame, int times, std::chrono::milliseconds window);
    void release(Session &session);

    Faults &m_faults;
    QHash<Session *, Held> m_held;
};

} // namespace Twilio::Server
