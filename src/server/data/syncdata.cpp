#include "server/data/syncdata.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qtimer.h>

#include <algorithm>

using namespace std::chrono_literals;

namespace Twilio::Server {

class SyncDataPrivate
{
public:
    explicit SyncDataPrivate(SyncData *data)
        : q(data)
        , store({ [data](const Change &change) { Q_EMIT data->changed(change); },
                  [data](const Change &change) { Q_EMIT data->created(change); },
                  [data](const QList<QByteArray> &objectSids) { Q_EMIT data->restricted(objectSids); },
                  [this] { touch(); } })
    { }

    void touch();
    void commit();
    void onCommitted(CommitTicket ticket, const SyncResult<Nothing> &result);
    void workLater();
    void workOn();
    void arm();

    SyncData *const q;
    ObjectStore store;
    QTimer timer;
    std::optional<qint64> armedFor;
    QTimer work; // on what comes in slices
    bool workWaits = false; // for a commit
    CommitTicket newest = 0;
    CommitTicket handedOver = 0;
    CommitTicket durable = 0;
    bool commitScheduled = false;
    bool commitHasFailed = false;
};

void SyncDataPrivate::touch()
{
    ++newest;
    if (!store.storage())
        durable = newest;
    if (commitScheduled)
        return;
    commitScheduled = true;
    QMetaObject::invokeMethod(
            q,
            [this] {
                commitScheduled = false;
                arm();
                if (store.hasRemoved() && !workWaits)
                    workLater();
                commit();
            },
            Qt::QueuedConnection);
}

// While a commit is under way the next ones gather: the storage takes them together.
void SyncDataPrivate::commit()
{
    if (handedOver == newest || durable == newest || commitHasFailed)
        return;
    handedOver = newest;
    store.storage()->commit(newest);
}

void SyncDataPrivate::onCommitted(CommitTicket ticket, const SyncResult<Nothing> &result)
{
    if (commitHasFailed)
        return;
    if (const SyncError *error = errorOf(result)) {
        commitHasFailed = true;
        Q_EMIT q->commitFailed(*error);
        return;
    }
    durable = std::max(durable, ticket);
    if (workWaits)
        workLater();
    Q_EMIT q->committed();
}

void SyncDataPrivate::workLater()
{
    workWaits = false;
    if (!work.isActive())
        work.start(0ms);
}

// A slice of what takes long. The next one waits until this one is durable, lest others wait behind them all.
void SyncDataPrivate::workOn()
{
    Slice expiry(4ms, 100);
    Slice freeing(4ms, 20'000);
    const bool isDue = store.expireDue(expiry);
    const bool hasMore = store.freeRemoved(freeing) || isDue;
    if (!hasMore)
        arm();
    else if (durable == newest)
        workLater();
    else
        workWaits = true;
}

// One timer, for the nearest deadline. At most an hour ahead, lest a change of the wall clock go unnoticed.
void SyncDataPrivate::arm()
{
    constexpr qint64 longest = 60 * 60 * 1000;
    const auto next = store.nextDeadline();
    if (workWaits || work.isActive() || (next == armedFor && (!next || timer.isActive())))
        return;
    armedFor = next;
    if (next)
        timer.start(int(std::clamp<qint64>(*next - store.now(), 0, longest)));
    else
        timer.stop();
}

SyncData::SyncData(QObject *parent) : QObject(parent), d(std::make_unique<SyncDataPrivate>(this))
{
    d->timer.setSingleShot(true);
    d->work.setSingleShot(true);
    connect(&d->work, &QTimer::timeout, this, [this] { d->workOn(); });
    d->timer.setTimerType(Qt::PreciseTimer); // a coarse one may be late by a twentieth of an hour
    connect(&d->timer, &QTimer::timeout, this, [this] {
        d->armedFor.reset();
        d->workOn();
    });
}

SyncData::~SyncData() = default;

ObjectStore &SyncData::store() { return d->store; }

std::optional<Replay> SyncData::replay(const QString &serviceSid, const ObjectRef &object,
                                       std::optional<qint64> cursor, qsizetype limit) const
{
    const SyncObject *const known = d->store.find(object.sid);
    const bool due = known && known->expires != never && known->expires <= d->store.now();
    if (known && !due && known->service == serviceSid && known->kind == object.kind)
        return ObjectStore::replay(*known, cursor, limit);
    return std::nullopt;
}

std::optional<ObjectRef> SyncData::find(const QByteArray &objectSid) const
{
    const SyncObject *const object = d->store.find(objectSid);
    return object ? std::optional(object->ref()) : std::nullopt;
}

CommitTicket SyncData::ticket() const { return d->newest; }
bool SyncData::isDurable(CommitTicket ticket) const { return ticket <= d->durable; }
void SyncData::commit() { d->commit(); }

void SyncData::clear()
{
    d->store.clear();
    d->arm();
}

qsizetype SyncData::objectCount() const { return d->store.objectCount(); }
qsizetype SyncData::itemCount() const { return d->store.itemCount(); }

void SyncData::setStorage(std::unique_ptr<Storage> storage)
{
    storage->onCommitted = [this](CommitTicket ticket, const SyncResult<Nothing> &result) {
        d->onCommitted(ticket, result);
    };
    d->store.setStorage(std::move(storage));
    d->arm();
}

void SyncData::setClock(Clock clock)
{
    d->store.setClock(std::move(clock));
    d->armedFor.reset();
    d->timer.stop();
    d->arm();
}

void SyncData::setHistory(const History &history) { d->store.setHistory(history); }

QByteArray SyncData::storageId() const { return d->store.storageId(); }

qsizetype SyncData::itemCount(const QByteArray &objectSid) const
{
    const SyncObject *const object = d->store.find(objectSid);
    return object ? qsizetype(object->items.size()) : 0;
}

std::optional<qint64> SyncData::lastEventId(const QByteArray &objectSid) const
{
    const SyncObject *const object = d->store.find(objectSid);
    return object && object->kind != ObjectKind::Stream ? std::optional(object->lastEventId) : std::nullopt;
}

} // namespace Twilio::Server
