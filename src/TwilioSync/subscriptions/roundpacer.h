#pragma once

#include "TwilioSync/core/patience.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <vector>

namespace Twilio {

/*!
    \brief When the next round of subscription requests is due.

    As Nagle's algorithm has it: the first change brings a round at the end of its turn of the event loop;
   what changes before that round is answered gathers, until it is or for so long, and shares the next. Rounds
   in quick succession are counted: beyond a burst there is one in the time of gathering. What failed waits as
    its Patience says, and until something succeeds all changes gather.
*/
class RoundPacer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RoundPacer)

public:
    using Milliseconds = std::chrono::milliseconds;

    struct Rule
    {
        //! How long changes gather at most.
        Milliseconds gathering { 100 };
        //! Rounds in quick succession.
        int burst = 10;
        //! Waits after failures.
        Patience::Rule patience {};
    };

    RoundPacer(const Rule &rule, QObject *parent);
    ~RoundPacer() override;

    void setRule(const Rule &rule) { m_rule = rule; }

    //! Something is wanted, or not any more.
    void changed();
    //! There is nothing to gather: a round is due at the end of this turn.
    void hurry();
    //! Nothing is due, and no answer is awaited.
    void stop();

    void beginRound() { ++m_round; }
    //! Counts rounds.
    [[nodiscard]] quint64 round() const { return m_round; }
    //! The round sent a request.
    void sent(qint64 correlationId);
    //! \a isSuccess false: what has gathered is not hurried.
    void answered(qint64 correlationId, bool isSuccess);

    //! The wait that one more failure means, of a request of \a round; several of one round count as one.
    [[nodiscard]] Milliseconds delayAfter(quint64 round);
    //! Something succeeded.
    void progressed() { m_patience.progressed(); }

    bool event(QEvent *event) override;

Q_SIGNALS:
    void due();

private:
    [[nodiscard]] bool isPrompt() const;

    Rule m_rule;
    bool m_isHurried = false;
    //! Runs while changes gather.
    QTimer m_due { this };
    //! Correlation ids of requests without an answer.
    std::vector<qint64> m_unanswered;
    //! Rounds that count as quick; each time the timer fires, one less.
    int m_quick = 0;
    QTimer m_quickTimer { this };
    Patience m_patience;
    quint64 m_round = 0;
    //! The last round of which something failed, and the wait that followed from it.
    quint64 m_failedRound = 0;
    Milliseconds m_delay { 0 };
};

} // namespace Twilio
