#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <functional>

namespace Twilio::Server {

class Connection;

/*!
    \brief Clients that are behind with what somebody has written: that one goes on once they have read.
*/
class AwaitedReaders
{
    Q_DISABLE_COPY_MOVE(AwaitedReaders)

public:
    //! \a goOn is told by \a writer, which outlives this, whenever it is worth looking again.
    AwaitedReaders(QObject *writer, std::function<void()> goOn);
    ~AwaitedReaders();

    void add(Connection &reader);
    //! True while one of them is behind.
    [[nodiscard]] bool areBehind();

private:
    struct Awaited
    {
        QPointer<Connection> reader;
        QMetaObject::Connection drained;
        QMetaObject::Connection closed;
    };
    static void forget(const Awaited &awaited);

    QObject *const m_writer;
    const std::function<void()> m_goOn;
    QList<Awaited> m_awaited;
};

} // namespace Twilio::Server
