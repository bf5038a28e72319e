#pragma once

#include <QtCore/qthread.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

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
    // Not Qt's, whose library ThreadSanitizer does not see into
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Task> m_tasks;
    bool m_ends = false;
};

} // namespace Twilio
