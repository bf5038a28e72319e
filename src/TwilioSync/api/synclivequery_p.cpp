#include "TwilioSync/api/synclivequery_p.h"

#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qtimer.h>

#include <algorithm>

namespace Twilio {
namespace {

// More changes at a time are laid over the rows in one go.
constexpr std::size_t fewChanges = 8;

} // namespace

LiveQueryPrivate::LiveQueryPrivate(SyncLiveQuery *query)
    : q(query)
    , rows(query, *this, roles, [this] { return wantedRows(); })
{ }

LiveQueryPrivate::~LiveQueryPrivate()
{
    m_clientWatch.end();
    if (entity)
        entity->detach(this);
    finishOpening(SyncError(QStringLiteral("handle closed")));
}

std::vector<ItemPtr> LiveQueryPrivate::wantedRows() const
{
    if (m_showsOld)
        return m_oldRows;
    return entity ? entity->result().items() : std::vector<ItemPtr>();
}

void LiveQueryPrivate::open(SyncClient *by, const QString &index, const QString &wanted,
                            std::function<void(const SyncError &)> done)
{
    client = by;
    indexName = index;
    expression = wanted;
    m_opened = std::move(done);
    watchClient();
    follow();
}

void LiveQueryPrivate::scheduleOpen(bool isOther)
{
    if (isOther) {
        const QPointer guard(q);
        leave();
        if (!guard)
            return;
    }
    if (std::exchange(m_openScheduled, true))
        return;
    QTimer::singleShot(0, q, [this] {
        if (std::exchange(m_openScheduled, false)) // not closed meanwhile
            openDeclared();
    });
}

void LiveQueryPrivate::openDeclared()
{
    watchClient();
    if (!client || indexName.isEmpty() || !ClientPrivate::of(client)->isStarted()) {
        const QPointer guard(q);
        leave();
        if (guard)
            setStatus(Sync::Status::Null); // asks when there is a token
        return;
    }
    follow();
}

void LiveQueryPrivate::follow()
{
    const QueryPtr next = ClientPrivate::of(client)->session->queries().query(indexName, expression);
    if (next == entity) {
        entity->retry();
        queryChanged();
        return;
    }
    if (entity) {
        m_oldRows = wantedRows();
        m_showsOld = true;
        entity->detach(this);
    }
    ++m_generation;
    entity = next;
    entity->attach(this);
    const QPointer guard(q);
    queryChanged();
    if (guard && entity == next && next->state() == QueryEntity::State::Ready)
        rows.refresh(); // another handle has asked before
}

void LiveQueryPrivate::leave()
{
    ++m_generation;
    m_showsOld = false;
    m_oldRows.clear();
    if (const QueryPtr old = std::exchange(entity, nullptr))
        old->detach(this);
    roles.forget();
    const QPointer guard(q);
    rows.refresh();
    if (guard)
        tellLater();
}

void LiveQueryPrivate::close()
{
    m_openScheduled = false;
    if (status == Sync::Status::Closed)
        return;
    setStatus(Sync::Status::Closed);
    leave();
}

void LiveQueryPrivate::setClient(SyncClient *to)
{
    client = to;
    const QPointer guard(q);
    scheduleOpen(true);
    if (guard)
        Q_EMIT q->clientChanged();
}

void LiveQueryPrivate::watchClient()
{
    m_clientWatch.end();
    m_clientHold = holdInScript(client);
    if (!client)
        return;
    const auto connectionStateChanged = [this] {
        if (status == Sync::Status::Null && client && ClientPrivate::of(client)->isStarted()
            && !indexName.isEmpty())
            openDeclared();
    };
    const auto identityChanging = [this] {
        if (entity)
            scheduleOpen(true);
    };
    m_clientWatch.begin(client, q, connectionStateChanged, identityChanging, [this] { clientDestroyed(); });
}

void LiveQueryPrivate::clientDestroyed()
{
    const SyncError gone = clientDestroyedError();
    m_clientWatch.end();
    client.clear(); // its methods are not to be called any more
    m_clientHold.reset();
    m_openScheduled = false;
    setStatus(Sync::Status::Closed, gone);
    post([this] { Q_EMIT q->clientChanged(); });
    const QPointer guard(q);
    leave();
    if (guard)
        finishOpening(gone);
}

void LiveQueryPrivate::setStatus(Sync::Status to, const SyncError &why)
{
    status = to;
    m_error = why;
    tellLater();
}

SyncError LiveQueryPrivate::error() const
{
    if (!m_error.isNull())
        return m_error;
    if (entity && !entity->error().isNull())
        return entity->error();
    return m_settingError;
}

void LiveQueryPrivate::queryChanged()
{
    if (!entity)
        return;
    const QueryPtr alive = entity;
    switch (entity->state()) {
    case QueryEntity::State::Asking:
        setStatus(Sync::Status::Opening);
        break;
    case QueryEntity::State::Ready:
        setStatus(Sync::Status::Ready);
        break;
    case QueryEntity::State::Failed:
        setStatus(Sync::Status::Failed, entity->error());
        break;
    }
    const bool isAnswered = alive->state() != QueryEntity::State::Asking;
    if (isAnswered && std::exchange(m_showsOld, false)) {
        m_oldRows.clear();
        const QPointer guard(q);
        rows.refresh();
        if (!guard)
            return;
    }
    if (isAnswered || !alive->error().isNull())
        finishOpening(alive->error());
}

void LiveQueryPrivate::resultChanged(const std::vector<ResultChange> &changes, bool isEvent)
{
    const QPointer guard(q);
    if (changes.size() > fewChanges) {
        rows.refresh();
    } else {
        for (const ResultChange &change : changes)
            if (!rows.change(change.key, change.item))
                return;
    }
    if (!guard)
        return;
    tellLater();
    if (!isEvent)
        return;
    for (const ResultChange &change : changes) {
        post([this, number = m_generation, change] {
            if (number != m_generation)
                return;
            const QString key = QString::fromUtf8(change.key);
            if (!change.item)
                Q_EMIT q->itemRemoved(key);
            else if (q->isSignalConnected(QMetaMethod::fromSignal(&SyncLiveQuery::itemUpdated)))
                Q_EMIT q->itemUpdated(key, readJsonObject(change.item->json()).value_or(QVariantMap()));
        });
    }
}

void LiveQueryPrivate::finishOpening(const SyncError &failure)
{
    if (const auto done = std::exchange(m_opened, nullptr))
        done(failure);
}

void LiveQueryPrivate::beginInsertion(int first, int last) { q->beginInsertRows({}, first, last); }

void LiveQueryPrivate::endInsertion() { q->endInsertRows(); }

void LiveQueryPrivate::beginRemoval(int first, int last) { q->beginRemoveRows({}, first, last); }

void LiveQueryPrivate::endRemoval() { q->endRemoveRows(); }

void LiveQueryPrivate::rowsChanged(int first, int last, const QList<int> &changedRoles)
{
    QList<int> told = changedRoles;
    told.removeAll(RevisionRole); // not among the roles of this model
    const auto isField = [](int role) { return role >= FirstFieldRole; };
    if (std::any_of(told.cbegin(), told.cend(), isField))
        told.append(Qt::DisplayRole);
    if (!told.isEmpty())
        Q_EMIT q->dataChanged(q->index(first), q->index(last), told);
}

void LiveQueryPrivate::refuseSetting(const SyncError &why)
{
    qCCritical(lcClient) << why;
    m_settingError = why;
    tellLater();
}

void LiveQueryPrivate::setValueRoles(const QList<FieldRole> &wanted)
{
    m_settingError = {};
    const QList<FieldRole> taken = roles.allowed(wanted, &m_settingError);
    if (!m_settingError.isNull())
        qCCritical(lcClient) << m_settingError;
    tellLater();
    if (taken == roles.fields())
        return;
    // Views read role names once, so those that show rows have to start again.
    const QPointer guard(q);
    const bool hasRows = rows.count() > 0;
    if (hasRows)
        q->beginResetModel();
    roles.setFields(taken);
    if (guard && hasRows)
        q->endResetModel();
    if (guard)
        Q_EMIT q->valueRolesChanged();
}

void LiveQueryPrivate::post(std::function<void()> tell)
{
    if (client)
        ClientPrivate::of(client)->session->notifier().post(q, std::move(tell));
    else
        QMetaObject::invokeMethod(q, std::move(tell), Qt::QueuedConnection);
}

void LiveQueryPrivate::tellLater()
{
    if (!std::exchange(m_tellPosted, true))
        post([this] { tellChanges(); });
}

void LiveQueryPrivate::tellChanges()
{
    m_tellPosted = false;
    const Shown now { sid(), status, error(), subscriptionState(), rows.count() };
    const Shown old = std::exchange(m_shown, now);
    const QPointer guard(q);
    if (old.sid != now.sid)
        Q_EMIT q->sidChanged();
    if (guard && old.count != now.count)
        Q_EMIT q->countChanged();
    if (guard && old.error != now.error)
        Q_EMIT q->errorChanged();
    if (guard && old.status != now.status)
        Q_EMIT q->statusChanged();
    if (guard && old.subscription != now.subscription)
        Q_EMIT q->subscriptionStateChanged();
}

} // namespace Twilio
