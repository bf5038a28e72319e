#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <deque>
#include <functional>

namespace Twilio {

/*!
    \brief The one way in which a client tells: what happened is committed first, then told in a turn of the
   event loop of its own, in the order in which it was posted.

    So no slot and no continuation runs inside a socket, a change of a store or a call. One that runs an event
    loop of its own has the rest told there, still in order. What is posted while others are being told comes
   with the next turn; of very many, what takes longer than some milliseconds does as well.
*/
class Notifier : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Notifier)

public:
    /*!
        \brief While there is one, nothing is told: a model is between its begin and its end.

        May outlive the notifier.
    */
    class Hold
    {
        Q_DISABLE_COPY_MOVE(Hold)

    public:
        explicit Hold(Notifier &notifier) : m_notifier(&notifier) { ++notifier.m_holds; }
        ~Hold()
        {
            if (m_notifier)
                m_notifier->release();
        }

    private:
        const QPointer<Notifier> m_notifier;
    };

    explicit Notifier(QObject *parent = nullptr) : QObject(parent) { }
    //! Futures end here at the latest; what others would have been told is left to their event loop.
    ~Notifier() override;

    //! Has \a tell called on behalf of \a who, not at all once that is gone. Null: always called.
    void post(QObject *who, std::function<void()> tell);

protected:
    bool event(QEvent *event) override;

private:
    struct Telling
    {
        QPointer<QObject> who;
        bool isAnyones;
        std::function<void()> tell;
    };

    [[nodiscard]] Telling takeFirst();
    void schedule();
    void deliver();
    void release();

    std::deque<Telling> m_queue;
    //! Of all that were ever posted.
    quint64 m_posted = 0;
    quint64 m_taken = 0;
    int m_holds = 0;
    bool m_scheduled = false;
};

} // namespace Twilio
