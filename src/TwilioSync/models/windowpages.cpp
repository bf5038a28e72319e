#include "TwilioSync/core/logging.h"
#include "TwilioSync/models/window.h"

#include <algorithm>
#include <utility>

// How a Window asks for more.
namespace Twilio {

// What another handle has loaded is shown at once.
void Window::start()
{
    const QPointer alive(m_model);
    if (isEstablished())
        growTo(knownEnd(), noLimit);
    if (alive && (m_loadsAll || m_count < pageSize))
        fetch();
}

bool Window::isEstablished() const
{
    return m_observing && m_entity->subscriptionState() == Sync::SubscriptionState::Established;
}

Cut Window::knownEnd() const
{
    const Coverage &coverage = m_entity->store().coverage;
    return isAscending() ? coverage.upTo(m_end) : coverage.downTo(m_end);
}

bool Window::canFetch() const { return m_observing && !isComplete() && !m_fetching && room() > 0; }

void Window::fetch()
{
    if (!canFetch())
        return;
    m_fetching = true;
    m_fetchTimer.stop();
    if (isEstablished() && knownEnd() != m_end) { // another handle has loaded it
        QMetaObject::invokeMethod(
                m_model,
                [this, generation = m_generation] {
                    whenSteady([this, generation] { // nothing grows before, so nothing is asked for either
                        if (generation == m_generation)
                            showKnown();
                    });
                },
                Qt::QueuedConnection);
        return;
    }
    PageRequest request;
    if (!m_end.isEnd()) {
        request.from = m_end.key();
        request.excludesFrom = m_end == behind(m_end.key());
    }
    request.size = int(std::min<qsizetype>(pageSize, room()));
    request.order = m_order;
    m_entity->readPage(
            request,
            [this, alive = QPointer(m_model), generation = m_generation](const SyncResult<Page> &result) {
                if (alive && generation == m_generation)
                    pageRead(result);
            });
}

void Window::showKnown()
{
    m_fetching = false;
    const QPointer alive(m_model);
    growTo(knownEnd(), pageSize);
    if (alive)
        fetchUnasked();
}

void Window::pageRead(const SyncResult<Page> &result)
{
    m_fetching = false;
    if (const auto *error = errorOf(result)) {
        qCWarning(lcClient) << "reading a page of" << m_entity->root().sid << "failed:" << *error;
        m_error = *error;
        m_rows.windowChanged();
        fetchLater();
        return;
    }
    m_error = {};
    m_rows.windowChanged();
    const Page &page = std::get<Page>(result);
    const Cut end = !page.hasNext ? farEnd() : page.last ? behind(*page.last) : m_end;
    if (end == m_end) { // the service says that there is more, and gives nothing
        fetchLater();
        return;
    }
    const Cut before = m_end;
    const QPointer alive(m_model);
    growTo(end, noLimit);
    if (!alive)
        return;
    if (m_end == before) { // what it gave is not known any more
        fetchLater();
        return;
    }
    m_fetchPatience.progressed();
    fetchUnasked();
}

void Window::fetchLater() { m_fetchTimer.start(m_fetchPatience.next()); }

void Window::subscriptionChanged()
{
    const bool wasEstablished = std::exchange(m_wasEstablished, isEstablished());
    if (m_wasEstablished && !wasEstablished && m_fetchTimer.isActive())
        fetch();
}

// A view asks for more when it shows the last row; where there is none, it never would.
void Window::fetchUnasked()
{
    if (m_loadsAll || m_count == 0)
        fetch();
}

void Window::stopFetching()
{
    ++m_generation;
    m_fetching = false;
    m_fetchTimer.stop();
    m_fetchPatience.progressed();
    m_error = {};
}

} // namespace Twilio
