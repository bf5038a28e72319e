#include "TwilioSync/core/logging.h"
#include "TwilioSync/models/windowchange.h"
#include "TwilioSync/store/placeholder.h"

#include <algorithm>
#include <utility>

// How a Window asks for more.
namespace Twilio {
namespace {

constexpr qsizetype largestPage = PageRequest::largest;

} // namespace

// What another handle has loaded is shown at once.
void Window::start()
{
    const QPointer alive(m_model);
    if (isShowable())
        growTo(knownEnd(), noLimit);
    if (alive && (m_loadsAll || m_count < pageSize))
        fetch();
}

bool Window::isEstablished() const
{
    return m_observing && m_entity->subscriptionState() == Sync::SubscriptionState::Established;
}

bool Window::isShowable() const { return isEstablished() || (m_observing && m_entity->isFromCache()); }

Cut Window::confirmedEnd() const { return m_end.isEnd() || !isPlaceholder(m_end.key()) ? m_end : Cut::top(); }

Cut Window::knownEnd() const
{
    const Coverage &coverage = m_entity->store().coverage;
    return isAscending() ? coverage.upTo(confirmedEnd()) : coverage.downTo(confirmedEnd());
}

bool Window::isToCome() const
{
    const Coverage &coming = m_entity->store().toCome();
    const Cut end = confirmedEnd();
    return isAscending() ? coming.upTo(end) > end : coming.downTo(end) < end;
}

// As what was kept is shown as a whole, whoever has read it.
void Window::keptTaken()
{
    if (!m_observing)
        return;
    const Cut before = m_end;
    const QPointer alive(m_model);
    if (isShowable())
        growTo(knownEnd(), noLimit);
    if (!alive || !m_awaitsKept)
        return;
    const bool hasGrown = m_end != before;
    if (!hasGrown && isToCome())
        return;
    m_fetching = m_awaitsKept = false;
    if (!hasGrown || m_loadsAll || m_count < pageSize)
        fetch();
}

bool Window::canFetch() const { return m_observing && !isComplete() && !m_fetching && room() > 0; }

void Window::fetch()
{
    if (!canFetch())
        return;
    m_fetching = true;
    m_fetchTimer.stop();
    if (isShowable() && isBehind(knownEnd())) { // another handle has loaded it
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
    if (isToCome()) {
        m_awaitsKept = true;
        m_entity->wantKept(m_order);
        return;
    }
    PageRequest request;
    if (const Cut end = confirmedEnd(); !end.isEnd()) {
        request.from = end.key();
        request.excludesFrom = end == behind(end.key());
    }
    request.size = int(std::min<qsizetype>(m_loadsAll ? largestPage : pageSize, room()));
    request.order = m_order;
    askFor(request);
}

void Window::askFor(const PageRequest &request)
{
    const auto isWanted = [this, alive = QPointer(m_model), generation = m_generation] {
        return alive && generation == m_generation;
    };
    m_entity->readPage(
            request,
            [this, isWanted](const SyncResult<Page> &result) {
                if (isWanted())
                    pageRead(result);
            },
            {},
            [this, isWanted, request](const ItemKey &last) {
                if (isWanted())
                    fetchAhead(request, last);
            });
}

void Window::fetchAhead(const PageRequest &before, const ItemKey &last)
{
    const qsizetype left = room() - before.size;
    if (!m_loadsAll || m_fetchesAhead || left <= 0)
        return;
    m_fetchesAhead = true;
    askFor({ .from = last,
             .excludesFrom = true,
             .size = int(std::min<qsizetype>(largestPage, left)),
             .order = before.order });
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
    m_fetching = std::exchange(m_fetchesAhead, false);
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
    const QPointer alive(m_model);
    if (m_observing && m_isFromCache != m_entity->isFromCache())
        whenSteady([this] {
            const Scope scope(*this); // nothing changes in between
            flushChanges();
            if (!scope.isAlive() || !m_observing || m_isFromCache == m_entity->isFromCache())
                return;
            m_isFromCache = m_entity->isFromCache();
            if (m_count > 0)
                m_rows.rowsChanged(0, int(m_count) - 1, { FromCacheRole });
        });
    if (!alive)
        return;
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
    m_fetching = m_fetchesAhead = m_awaitsKept = false;
    m_fetchTimer.stop();
    m_fetchPatience.progressed();
    m_error = {};
}

} // namespace Twilio
