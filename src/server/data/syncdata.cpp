#include "server/data/syncdata.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qtimer.h>

#include <algorithm>

namespace Twilio::Server {

class SyncDataPrivate
{
public:
    explicit SyncDataPrivate(SyncData *data)
        : q(data)
        , store({ [data](const Change &change) { Q_EMIT data->changed(change); }, [this] { touch(); } })
    { }

    void touch();
    void commit();
    void arm();

    SyncData *const q;
    ObjectStore store;
    QTimer timer;
    std::optional<qint64> armedFor;
    bool keepsAll = true; // in memory
    CommitTicket newest = 0;
    CommitTicket durable = 0;
    bool commitScheduled = false;
    bool commitHasFailed = false;
};

void SyncDataPrivate::touch()
{
    ++newest;
    if (keepsAll)
        durable = newest;
    if (commitScheduled)
        return;
    commitScheduled = true;
    QMetaObject::invokeMethod(
            q,
            [this] {
                commitScheduled = false;
                arm();
                commit();
            },
            Qt::QueuedConnection);
}

void SyncDataPrivate::commit()
{
    if (durable == newest || commitHasFailed)
        return;
    const auto result = store.commit();
    if (const SyncError *error = errorOf(result)) {
        commitHasFailed = true;
        Q_EMIT q->commitFailed(*error);
        return;
    }
    durable = newest;
    Q_EMIT q->committed();
}

// One timer, for the nearest deadline. At most an hour ahead, lest a change of the wall clock go unnoticed.
void SyncDataPrivate::arm()
{
    constexpr qint64 longest = 60 * 60 * 1000;
    const auto next = store.nextDeadline();
    if (next == armedFor && (!next || timer.isActive()))
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
    d->timer.setTimerType(Qt::PreciseTimer); // a coarse one may be late by a twentieth of an hour
    connect(&d->timer, &QTimer::timeout, this, [this] {
        d->store.expireDue();
        d->arm();
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

SyncResult<Nothing> SyncData::setStorage(std::unique_ptr<Storage> storage)
{
    auto result = d->store.setStorage(std::move(storage));
    d->keepsAll = errorOf(result) != nullptr;
    d->arm();
    return result;
}

void SyncData::setClock(Clock clock)
{
    d->store.setClock(std::move(clock));
    d->armedFor.reset();
    d->timer.stop();
    d->arm();
}

void SyncData::setLogLimit(qsizetype events) { d->store.setLogLimit(std::max<qsizetype>(events, 0)); }

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
