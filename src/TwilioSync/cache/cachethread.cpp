#include "TwilioSync/cache/cachethread.h"

#include <utility>

namespace Twilio {

CacheThread::~CacheThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ends = true;
        m_changed.notify_all();
    }
    wait();
}

void CacheThread::add(Task task)
{
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
        m_changed.notify_all();
    }
    if (!isRunning())
        start();
}

void CacheThread::run()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        if (!m_tasks.empty()) {
            Task task = std::move(m_tasks.front());
            m_tasks.pop_front();
            lock.unlock();
            task();
            task = {}; // what it holds goes here, not while others wait
            lock.lock();
        } else if (m_ends) {
            return;
        } else {
            m_changed.wait(lock);
        }
    }
}

} // namespace Twilio
