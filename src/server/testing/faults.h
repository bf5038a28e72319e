#pragma once

#include "server/net/hooks.h"

#include <QtCore/qlist.h>

namespace Twilio::Server {

//! The calls a fault strikes; empty fields match everything.
struct FaultTarget
{
    QByteArray method = {};
    //! A part of the path.
    QByteArray path = {};
    QString identity = {};

    [[nodiscard]] bool covers(const HookedCall &call) const;
};

//! An answer given instead of the server's own, \c count times.
struct AnswerFault
{
    Hooks::Stage stage = Hooks::Stage::Http;
    int count = 1;
    AnswerInstead answer = {};
    FaultTarget target = {};
};

//! Replies that are lost after their calls were applied.
struct DropFault
{
    int count = 1;
    //! Cut the socket as well.
    bool close = false;
    FaultTarget target = {};
};

//! Outgoing frames are held back, in order.
struct DelayFault
{
    std::chrono::milliseconds delay { 0 };
    //! None = every kind.
    std::optional<FrameKind> kind = std::nullopt;
    QString identity = {};
};

//! An event waits until the next one has passed it, or for \c window.
struct ReorderFault
{
    int count = 0;
    std::chrono::milliseconds window { 50 };
};

//! Replays stop after \c after events with replay_status interrupted.
struct InterruptFault
{
    int count = 0;
    qsizetype after = 1;
};

/*!
    \brief The faults in force, for tests of clients. None by default.

    Deeds that happen once, such as cutting connections, are methods of Gateway.
*/
class Faults
{
public:
    void add(const AnswerFault &fault) { m_answers.append(fault); }
    void add(const DropFault &fault) { m_drops.append(fault); }
    void setDelay(const DelayFault &fault) { m_delay = fault; }
    void setReorder(const ReorderFault &fault) { m_reorder = fault; }
    void setInterrupt(const InterruptFault &fault) { m_interrupt = fault; }
    //! The next \a count deliveries of events are sent twice.
    void setDuplicate(int count) { m_duplicate = count; }
    //! New connections are refused until \a time, milliseconds of a monotonic clock.
    void setDownUntil(qint64 time) { m_downUntil = time; }
    void clear() { *this = Faults(); }

    //! The answer that strikes \a call, which it then has spent once.
    [[nodiscard]] std::optional<AnswerInstead> takeAnswer(Hooks::Stage stage, const HookedCall &call);
    [[nodiscard]] std::optional<DropFault> takeDrop(const HookedCall &call);
    [[nodiscard]] bool takeDuplicate();
    //! How long an event waits for the next; none = it does not.
    [[nodiscard]] std::optional<std::chrono::milliseconds> takeReorder();
    //! After how many events a replay of \a available of them stops; none = it does not.
    [[nodiscard]] std::optional<qsizetype> takeInterrupt(qsizetype available);
    [[nodiscard]] std::chrono::milliseconds delayOf(FrameKind kind, const QString &identity) const;
    [[nodiscard]] bool isDown(qint64 now) const { return now < m_downUntil; }

private:
    QList<AnswerFault> m_answers;
    QList<DropFault> m_drops;
    DelayFault m_delay;
    ReorderFault m_reorder;
    InterruptFault m_interrupt;
    int m_duplicate = 0;
    qint64 m_downUntil = 0;
};

} // namespace Twilio::Server
