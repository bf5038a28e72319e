#pragma once

#include "server/data/syncdata.h"
#include "server/serverglobal.h"

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qqueue.h>

#include <functional>

namespace Twilio::Server {

/*!
    \brief The one way out: frames, HTTP answers and whatever else speaks of the state leave once that state
    is durable.

    What one turn of the event loop has changed is committed once, at its end; what waits goes then, in the
    order in which it came. After a commit that failed nothing leaves any more.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT CommitGate : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CommitGate)

public:
    //! Keeps what waits for it by itself, each with the ticket() of its making: for those with much of it.
    class Holder
    {
    public:
        Holder() = default;
        Q_DISABLE_COPY_MOVE(Holder)
        //! Lets go of what isDurable(). True if nothing waits any more.
        virtual bool release() = 0;

    protected:
        ~Holder() = default;
    };

    //! \a data outlives the gate.
    explicit CommitGate(SyncData &data);

    //! What must be durable before what is made now may leave.
    [[nodiscard]] CommitTicket ticket() const { return m_data.ticket(); }
    [[nodiscard]] bool isDurable(CommitTicket ticket) const { return m_data.isDurable(ticket); }

    //! Runs \a leave when everything up to now is durable, at the end of this turn at the earliest.
    void pass(std::function<void()> leave);
    //! Has \a holder released until nothing waits for it any more.
    void enter(Holder *holder);
    //! Forgets \a holder, which is about to go.
    void forget(Holder *holder) { m_holders.removeAll(holder); }

private:
    struct Passing
    {
        CommitTicket ticket;
        std::function<void()> leave;
    };

    void releaseLater();
    void release();

    SyncData &m_data;
    QList<Holder *> m_holders;
    QQueue<Passing> m_passing;
    bool m_isScheduled = false;
};

} // namespace Twilio::Server
