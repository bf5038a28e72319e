#pragma once

#include "server/net/hooks.h"

#include <QtCore/qqueue.h>
#include <QtCore/qtimer.h>

namespace Twilio::Server {

//! Holds the frames of one connection back for as long as \c delayOf says when they come, in order.
class DelayStage final : public FrameStage
{
public:
    using DelayOf = std::function<std::chrono::milliseconds(FrameKind kind)>;
    using Now = std::function<qint64()>;

    //! \a now tells the milliseconds of a monotonic clock.
    DelayStage(DelayOf delayOf, Now now);

    void push(FrameKind kind, const QByteArray &frame) override;
    void clear() override { m_delayed.clear(); }

private:
    struct Delayed
    {
        QByteArray frame;
        qint64 due;
    };

    void release();

    const DelayOf m_delayOf;
    const Now m_now;
    QQueue<Delayed> m_delayed;
    QTimer m_timer;
};

} // namespace Twilio::Server
