#pragma once

#include <QtCore/qmutex.h>
#include <QtCore/qthread.h>
#include <QtCore/qwaitcondition.h>

#include <deque>
#include <functional>

namespace Twilio {

/*!
    \brief Does one task after the other, in a thread of its own: that of the disk.
*/
class CacheThread final : public QThread
{
    Q_OBJECT

public:
    using Task = std::function<void()>;

    CacheThread() = default;
    //! Does what is left to be done, then ends the thread.
    ~CacheThread() override;

    //! Starts the thread with the first one.
    void add(Task task);

protected:
    void run() override;

private:
    QMutex m_mutex;
    QWaitCondition m_changed;
    std::deque<Task> m_tasks;
    bool m_ends = false;
};

} // namespace Twilio
