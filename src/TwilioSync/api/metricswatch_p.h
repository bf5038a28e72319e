#pragma once

#include "TwilioSync/api/syncmetrics.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <functional>

namespace Twilio {

class ClientSession;

/*!
    \brief Takes a client's metrics once a second while somebody watches them, and whenever somebody asks
   otherwise.
*/
class MetricsWatch : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MetricsWatch)

public:
    //! \a isWatched says whether anybody listens to changed(): that they stop is not told.
    MetricsWatch(ClientSession *session, std::function<bool()> isWatched, QObject *parent);

    //! Somebody listens now.
    void start();
    //! Those told last while they are watched.
    [[nodiscard]] SyncMetrics current() const;

Q_SIGNALS:
    void changed();

private:
    [[nodiscard]] SyncMetrics taken() const;
    void takeAgain();

    ClientSession *const m_session;
    const std::function<bool()> m_isWatched;
    SyncMetrics m_told;
    QTimer m_timer { this };
};

} // namespace Twilio
