#pragma once

#include <QtCore/qscopedvaluerollback.h>

#include <algorithm>
#include <vector>

namespace Twilio {

/*!
    \brief Who is told; any of them may leave, and others may come, while it is being told.
*/
template <typename Observer>
class Observers
{
public:
    void add(Observer *observer) { m_observers.push_back(observer); }
    void remove(Observer *observer)
    {
        std::replace(m_observers.begin(), m_observers.end(), observer, static_cast<Observer *>(nullptr));
        if (!m_telling)
            tidy();
    }
    [[nodiscard]] bool isEmpty() const
    {
        return std::all_of(m_observers.begin(), m_observers.end(), [](auto *observer) { return !observer; });
    }

    //! True if \a predicate is so of one of them.
    template <typename Predicate>
    [[nodiscard]] bool any(Predicate predicate) const
    {
        return std::any_of(m_observers.begin(), m_observers.end(),
                           [&](const Observer *observer) { return observer && predicate(*observer); });
    }

    //! Calls \a tell with each observer that is there now. Those that come meanwhile are not called.
    template <typename Tell>
    void each(Tell tell)
    {
        {
            const QScopedValueRollback guard(m_telling, true);
            const std::size_t count = m_observers.size();
            for (std::size_t i = 0; i < count; ++i) {
                if (m_observers[i])
                    tell(*m_observers[i]);
            }
        }
        if (!m_telling)
            tidy();
    }

private:
    void tidy() { std::erase(m_observers, static_cast<Observer *>(nullptr)); }

    std::vector<Observer *> m_observers;
    bool m_telling = false;
};

} // namespace Twilio
