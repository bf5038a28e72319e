#include "TwilioSync/models/window.h"

#include "TwilioSync/core/logging.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace Twilio {
namespace {

constexpr qsizetype noLimit = std::numeric_limits<int>::max();

} // namespace

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

Window::Window(QObject *model, RowReceiver &rows, const ItemRoles &roles)
    : m_model(model)
    , m_rows(rows)
    , m_roles(roles)
    , m_fetchTimer(model)
{
    m_fetchTimer.setSingleShot(true);
    m_fetchTimer.callOnTimeout([this] { fetch(); });
}

Window::~Window() { abandon(); }

void Window::abandon()
{
    if (std::exchange(m_observing, false))
        m_entity->store().observers.remove(this);
}

void Window::whenSteady(std::function<void()> act)
{
    if (m_changing > 0)
        m_later.push_back(std::move(act));
    else
        act();
}

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

void Window::attach(const std::shared_ptr<CollectionEntity> &entity, Notifier &notifier)
{
    whenSteady([this, entity, teller = QPointer(&notifier), number = ++m_attachment] {
        if (number != m_attachment)
            return; // detached before it came to it
        m_entity = entity;
        m_notifier = teller;
        m_items = ItemsView(entity->store());
        entity->store().observers.add(this);
        m_observing = true;
        m_wasEstablished = isEstablished();
        start();
    });
}

void Window::detach()
{
    ++m_attachment;
    if (!std::exchange(m_observing, false))
        return;
    m_entity->store().observers.remove(this);
    stopFetching();
    whenSteady([this] {
        const auto commit = [this] {
            m_changed.clear();
            m_end = nearEnd();
            m_count = 0;
        };
        const QPointer alive(m_model);
        if (m_count > 0) // views may read them once more
            removeRows(0, m_count, commit);
        if (!alive)
            return;
        commit();
        if (!m_observing)
            m_entity.reset();
        m_rows.windowChanged();
    });
}

void Window::stopFetching()
{
    ++m_generation;
    m_fetching = false;
    m_fetchTimer.stop();
    m_fetchPatience.progressed();
    m_error = {};
}

void Window::setOrder(Qt::SortOrder order)
{
    whenSteady([this, order] {
        const QPointer alive(m_model);
        stopFetching();
        const auto turn = [&] {
            m_order = order;
            m_changed.clear();
            m_count = 0;
            m_end = nearEnd();
        };
        if (!m_observing) {
            turn();
            return;
        }
        reset(turn);
        if (alive && m_observing)
            start();
    });
}

void Window::reset(std::function<void()> change)
{
    whenSteady([this, apply = std::move(change)] {
        this->change([&] { m_rows.beginReset(); }, apply, [&] { m_rows.endReset(); });
    });
}

void Window::setLoadsAll(bool all)
{
    m_loadsAll = all;
    if (all)
        fetch();
}

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

qsizetype Window::rowsUpTo(const Cut &cut) const
{
    return isAscending() ? m_items.below(cut) : m_items.size() - m_items.below(cut);
}

qsizetype Window::rowOfRank(qsizetype rank) const { return isAscending() ? rank : m_items.size() - 1 - rank; }

ItemPtr Window::itemAt(int row) const
{
    return row >= 0 && row < m_count ? m_items.at(rowOfRank(row)) : ItemPtr();
}

int Window::rowOf(ItemKeyView key) const
{
    if (m_count == 0 || !inWindow(key))
        return -1;
    const qsizetype rank = m_items.rank(key);
    return rank < 0 ? -1 : int(rowOfRank(rank));
}

bool Window::canFetch() const { return m_observing && !isComplete() && !m_fetching; }

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
                    if (generation != m_generation)
                        return;
                    m_fetching = false;
                    const QPointer alive(m_model);
                    growTo(knownEnd(), pageSize);
                    if (alive)
                        fetchUnasked();
                },
                Qt::QueuedConnection);
        return;
    }
    PageRequest request;
    if (!m_end.isEnd())
        request.from = m_end.key();
    request.excludesFrom = request.from.has_value();
    request.size = pageSize;
    request.order = m_order;
    m_entity->readPage(
            request,
            [this, alive = QPointer(m_model), generation = m_generation](const SyncResult<Page> &result) {
                if (alive && generation == m_generation)
                    pageRead(result);
            });
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
    m_fetchPatience.progressed();
    const QPointer alive(m_model);
    growTo(end, noLimit);
    if (alive)
        fetchUnasked();
}

void Window::fetchLater() { m_fetchTimer.start(m_fetchPatience.next()); }

void Window::subscriptionChanged()
{
    const bool isBack = isEstablished() && !std::exchange(m_wasEstablished, isEstablished());
    if (isBack && m_fetchTimer.isActive())
        fetch();
}

// A view asks for more when it shows the last row; where there is none, it never would.
void Window::fetchUnasked()
{
    if (m_loadsAll || m_count == 0)
        fetch();
}

void Window::growTo(const Cut &end, qsizetype limit)
{
    whenSteady([this, end, limit] {
        const Scope scope(*this);
        flushChanges();
        if (!scope.isAlive() || !m_observing || (isAscending() ? end <= m_end : end >= m_end))
            return;
        const qsizetype more = qMin(rowsUpTo(end) - m_count, limit);
        const Cut reached = m_count + more < rowsUpTo(end)
                ? behind(keyOf(*m_items.at(rowOfRank(m_count + more - 1))))
                : end;
        const auto commit = [&] {
            m_end = reached;
            m_count += more;
        };
        if (more > 0) {
            insertRows(m_count, more, commit);
            return;
        }
        commit();
        m_rows.windowChanged();
    });
}

qsizetype Window::visibleOf(std::span<const ItemPtr> run) const
{
    // The window reaches from one end to another place, so only the run's far end may be beyond that.
    if (inWindow(keyOf(isAscending() ? *run.back() : *run.front())))
        return qsizetype(run.size());
    return std::count_if(run.begin(), run.end(),
                         [this](const ItemPtr &item) { return inWindow(keyOf(*item)); });
}

void Window::itemsAboutToMove(ItemKeyView first, ItemKeyView last)
{
    if (inWindow(isAscending() ? first : last))
        flushChanges();
}

void Window::itemsInserted(qsizetype rank, std::span<const ItemPtr> added)
{
    const qsizetype visible = visibleOf(added);
    if (visible == 0) {
        m_items.catchUp();
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const qsizetype first = isAscending() ? rank : m_items.size() - rank;
    insertRows(first, visible, [&] {
        m_items.catchUp();
        m_count += visible;
    });
}

void Window::itemsRemoved(qsizetype rank, std::span<const ItemPtr> gone)
{
    const qsizetype visible = visibleOf(gone);
    if (visible == 0) {
        m_items.catchUp();
        return;
    }
    const Scope scope(*this);
    flushChanges();
    if (!scope.isAlive())
        return;
    const qsizetype first = rowOfRank(isAscending() ? rank : rank + qsizetype(gone.size()) - 1);
    removeRows(first, visible, [&] {
        m_items.catchUp();
        m_count -= visible;
    });
    if (scope.isAlive())
        fetchUnasked();
}

void Window::itemReplaced(qsizetype rank, const ItemPtr &before, const ItemPtr &)
{
    const auto row = int(rowOfRank(rank));
    if (row >= m_count)
        return;
    if (m_changed.isEmpty())
        QMetaObject::invokeMethod(
                m_model, [this] { whenSteady([this] { flushChanges(); }); }, Qt::QueuedConnection);
    if (!m_changed.contains(row))
        m_changed.insert(row, before);
}

void Window::flushChanges()
{
    if (m_changed.isEmpty())
        return;
    const Scope scope(*this);
    const auto changed = std::exchange(m_changed, {});
    QList<int> rows = changed.keys();
    std::sort(rows.begin(), rows.end());
    int first = -1;
    int last = -1;
    QList<int> roles;
    const auto tell = [&] {
        if (first >= 0 && scope.isAlive())
            m_rows.rowsChanged(first, last, roles);
        first = -1;
    };
    for (const int row : rows) {
        const ItemPtr now = itemAt(row);
        const QList<int> differing = now ? m_roles.differing(*changed.value(row), *now) : QList<int>();
        if (differing.isEmpty())
            continue;
        if (first >= 0 && row != last + 1)
            tell();
        if (!scope.isAlive())
            return;
        if (first < 0) {
            first = row;
            roles.clear();
        }
        last = row;
        for (const int role : differing) {
            if (!roles.contains(role))
                roles.append(role);
        }
    }
    tell();
}

} // namespace Twilio
