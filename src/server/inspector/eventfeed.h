#pragma once

#include "server/data/syncdata.h"
#include "server/http/httpconnection.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <deque>
#include <optional>

namespace Twilio::Server {

/*!
    \brief The newest changes of all objects, for whoever asks for those behind the last ones he has seen.

    Nothing is kept for a reader that is slow: he is told how many he has missed. Nobody has asked for a
    while: nothing is kept at all.
*/
class EventFeed : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EventFeed)

public:
    //! \a data outlives it. Nothing is kept once nobody has asked for \a idleTime, which is longer than the
    //! pause between two questions of a page, even of one in a tab that sleeps.
    explicit EventFeed(SyncData &data, std::chrono::milliseconds idleTime = std::chrono::seconds(90));

    //! True while changes are kept.
    [[nodiscard]] bool isWatching() const { return bool(m_watching); }

    static constexpr std::size_t maxKept = 1000;
    static constexpr qsizetype maxKeptBytes = 4 * 1024 * 1024;
    static constexpr std::size_t maxWaiting = 32;
    //! In one answer.
    static constexpr std::size_t maxAnswered = 200;
    static constexpr qsizetype maxAnsweredBytes = 512 * 1024;
    static constexpr std::chrono::milliseconds longestWait = std::chrono::seconds(25);

    //! Answers with the changes numbered \a from and higher, at once if there are any, or else when there
    //! are, or after \a wait with none. Without \a from: at once with the number that the next one will have.
    void ask(std::optional<qint64> from, std::chrono::milliseconds wait, const HttpAnswer &answer);

private:
    struct Asking
    {
        qint64 from;
        qint64 deadline;
        HttpAnswer answer;
    };

    void watch();
    void stopWatching();
    void onChanged(const Change &change);
    void answerWaiting();
    [[nodiscard]] HttpResponse response(qint64 from) const;
    [[nodiscard]] qint64 now() const { return m_clock.elapsed(); }

    SyncData &m_data;
    const std::chrono::milliseconds m_idleTime;
    QMetaObject::Connection m_watching;
    std::deque<Change> m_kept;
    qsizetype m_keptBytes = 0;
    //! Number of the newest change, and one more.
    qint64 m_next = 1;
    std::deque<Asking> m_waiting;
    QElapsedTimer m_clock;
    QTimer m_answerTimer;
    QTimer m_deadlineTimer;
    QTimer m_idleTimer;
};

} // namespace Twilio::Server
