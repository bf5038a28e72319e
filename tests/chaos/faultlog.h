#pragma once

#include "fault.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qlist.h>
#include <QtCore/qset.h>

/*!
    \brief Which faults have struck whom, and how long it took until all was well again.

    A client is well when the service has told it something that is no error: over a new connection, if the
   old one was lost to the fault.
*/
class FaultLog
{
public:
    //! What the table says of a kind.
    struct Row
    {
        //! Connections it has struck.
        int struck = 0;
        int survived = 0;
        qint64 medianMs = 0;
        qint64 longestMs = 0;
    };

    FaultLog() { m_clock.start(); }

    [[nodiscard]] qint64 now() const { return m_clock.elapsed(); }
    //! \a fault strikes connection \a link of \a client, for \a forMs; \a isFatal to the connection.
    void strike(Fault fault, int client, int link, bool isFatal, qint64 forMs = 0);
    //! Connection \a link of \a client has told it something; that it is open, if \a isOpening.
    void heard(int client, int link, bool isOpening);
    //! A cut before byte \a position of a frame.
    void noteCut(qsizetype position) { m_positions.insert(position); }

    [[nodiscard]] Row row(Fault fault) const;
    [[nodiscard]] int strikes() const { return int(m_strikes.size()); }
    //! Different positions within a frame at which a connection was cut.
    [[nodiscard]] qsizetype cutPositions() const { return m_positions.size(); }

private:
    struct Strike
    {
        Fault fault;
        int client;
        int link;
        bool isFatal;
        qint64 until;
        qint64 survivedAfterMs = -1;
    };

    QElapsedTimer m_clock;
    QList<Strike> m_strikes;
    QSet<qsizetype> m_positions;
};
