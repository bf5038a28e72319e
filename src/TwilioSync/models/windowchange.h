#pragma once

#include "TwilioSync/models/window.h"

#include <algorithm>
#include <optional>

// How the rows of a Window change, for the files that it is made of.
namespace Twilio {

/*!
    \brief Rows are changing: what slots ask of them waits, and so do news from the service.

    A slot may destroy the model at the end of a change.
*/
class Window::Scope
{
    Q_DISABLE_COPY_MOVE(Scope)

public:
    explicit Scope(Window &window) : m_window(window), m_alive(window.m_model), m_entity(window.m_entity)
    {
        ++window.m_changing;
        if (m_entity)
            m_pause.emplace(m_entity->store());
    }
    ~Scope()
    {
        if (m_alive && --m_window.m_changing == 0)
            catchUp();
    }
    [[nodiscard]] bool isAlive() const { return m_alive; }

private:
    void catchUp() const
    {
        while (m_alive && m_window.m_changing == 0 && !m_window.m_later.empty()) {
            const auto act = std::move(m_window.m_later.front());
            m_window.m_later.erase(m_window.m_later.begin());
            act();
        }
    }

    Window &m_window;
    const QPointer<QObject> m_alive;
    const std::shared_ptr<CollectionEntity> m_entity;
    std::optional<CollectionStore::Pause> m_pause;
};

// Nothing is told in between: a slot of an item signal would find rows that are neither old nor new.
template <typename Begin, typename Commit, typename End>
void Window::change(Begin begin, Commit commit, End end)
{
    const Scope scope(*this);
    {
        std::optional<Notifier::Hold> hold;
        if (m_notifier)
            hold.emplace(*m_notifier);
        begin();
        commit();
    }
    m_rows.windowChanged();
    end();
}

template <typename Commit>
void Window::insertRows(qsizetype first, qsizetype count, Commit commit)
{
    change([&] { m_rows.beginInsertion(int(first), int(first + count - 1)); }, commit,
           [&] { m_rows.endInsertion(); });
}

template <typename Commit>
void Window::removeRows(qsizetype first, qsizetype count, Commit commit)
{
    change([&] { m_rows.beginRemoval(int(first), int(first + count - 1)); }, commit,
           [&] { m_rows.endRemoval(); });
}

template <typename Commit>
void Window::moveRow(qsizetype from, qsizetype to, Commit commit)
{
    change([&] { m_rows.beginMove(int(from), int(to)); }, commit, [&] { m_rows.endMove(); });
}

template <typename Commit>
void Window::insertWithin(qsizetype first, qsizetype visible, Commit commit)
{
    const Scope scope(*this);
    const qsizetype most = m_maximum == 0 ? noLimit : m_maximum;
    const qsizetype staying = std::min(m_count, std::max(first, most - visible));
    const qsizetype coming = std::min(visible, most - first);
    const bool isTooMuch = staying < m_count || coming < visible;
    shrinkTo(staying); // before, so that there never are more
    if (!scope.isAlive())
        return;
    const auto commitAll = [&] {
        commit();
        m_count += coming;
        if (isTooMuch)
            endAfter(m_count);
    };
    if (coming > 0) {
        insertRows(first, coming, commitAll);
        return;
    }
    commitAll();
    m_rows.windowChanged();
}

} // namespace Twilio
