#include "TwilioSync/api/syncmapentry.h"

#include "TwilioSync/core/scripthold.h"
#include "TwilioSync/core/settle.h"
#include "TwilioSync/core/syncexception.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace Twilio {

namespace {

SyncError missingMap() { return SyncError(QStringLiteral("entry: no map has been set")); }

} // namespace

class MapEntryPrivate
{
    Q_DISABLE_COPY_MOVE(MapEntryPrivate)

public:
    struct State
    {
        QVariant value;
        Sync::Status status = Sync::Status::Null;
        SyncError error;
    };

    explicit MapEntryPrivate(SyncMapEntry *entry) : q(entry) { }

    //! Begins anew with what map and key are now.
    void follow();

    SyncMapEntry *const q;
    QPointer<SyncMap> map;
    QString key;
    State state;

private:
    void mapMoved();
    void read();
    void take(const QVariant &value);
    void become(const State &next);

    QList<QMetaObject::Connection> m_connections;
    ScriptHold m_mapHold;
    //! Of the reading under way; what an event has told since is newer than its answer.
    quint64 m_reading = 0;
};

void MapEntryPrivate::follow()
{
    for (const QMetaObject::Connection &connection : std::as_const(m_connections))
        QObject::disconnect(connection);
    m_connections.clear();
    ++m_reading;
    m_mapHold = holdInScript(map);
    if (map) {
        const auto changed = [this](const SyncMapItem &item) {
            if (item.key() == key)
                take(QVariant::fromValue(item.value()));
        };
        const auto removed = [this](const QString &itemKey) {
            if (itemKey == key)
                take({});
        };
        const auto moved = [this] { mapMoved(); };
        m_connections = {
            QObject::connect(map, &SyncMap::itemAdded, q, changed),
            QObject::connect(map, &SyncMap::itemUpdated, q, changed),
            QObject::connect(map, &SyncMap::itemRemoved, q, removed),
            QObject::connect(map, &SyncMap::statusChanged, q, moved),
            QObject::connect(map, &SyncMap::subscriptionStateChanged, q,
                             [this] {
                                 if (state.status == Sync::Status::Failed
                                     && map->subscriptionState() == Sync::SubscriptionState::Established)
                                     mapMoved();
                             }),
            QObject::connect(map, &QObject::destroyed, q,
                             [this] {
                                 follow();
                                 Q_EMIT q->mapChanged();
                             }),
        };
    }
    mapMoved();
}

void MapEntryPrivate::mapMoved()
{
    const Sync::Status status = map && !key.isEmpty() ? map->status() : Sync::Status::Null;
    if (status == Sync::Status::Ready) {
        read();
        return;
    }
    ++m_reading;
    become({ {}, status, status == Sync::Status::Failed ? map->error() : SyncError() });
}

void MapEntryPrivate::read()
{
    const quint64 number = ++m_reading;
    if (map->rowOf(key) >= 0) {
        become({ map->valueOf(key), Sync::Status::Ready, {} });
        return;
    }
    become({ {}, Sync::Status::Opening, {} });
    if (number != m_reading)
        return;
    map->get(key)
            .then(q,
                  [this, number](const SyncMapItem &item) {
                      if (number == m_reading)
                          become({ QVariant::fromValue(item.value()), Sync::Status::Ready, {} });
                  })
            .onFailed(q, [this, number](const SyncException &failure) {
                if (number != m_reading)
                    return;
                if (failure.error().status() == 404)
                    become({ {}, Sync::Status::Ready, {} });
                else
                    become({ {}, Sync::Status::Failed, failure.error() });
            });
}

void MapEntryPrivate::take(const QVariant &value)
{
    ++m_reading;
    become({ value, Sync::Status::Ready, {} });
}

void MapEntryPrivate::become(const State &next)
{
    const State old = std::exchange(state, next);
    const QPointer guard(q);
    if (old.value != next.value)
        Q_EMIT q->valueChanged();
    if (guard && old.value.isValid() != next.value.isValid())
        Q_EMIT q->existsChanged();
    if (guard && old.error != next.error)
        Q_EMIT q->errorChanged();
    if (guard && old.status != next.status)
        Q_EMIT q->statusChanged();
}

SyncMapEntry::SyncMapEntry(QObject *parent) : QObject(parent), d(std::make_unique<MapEntryPrivate>(this)) { }

SyncMapEntry::~SyncMapEntry() = default;

SyncMap *SyncMapEntry::map() const { return d->map; }

void SyncMapEntry::setMap(SyncMap *map)
{
    if (d->map == map)
        return;
    d->map = map;
    const QPointer guard(this);
    d->follow();
    if (guard)
        Q_EMIT mapChanged();
}

QString SyncMapEntry::key() const { return d->key; }

void SyncMapEntry::setKey(const QString &key)
{
    if (d->key == key)
        return;
    d->key = key;
    const QPointer guard(this);
    d->follow();
    if (guard)
        Q_EMIT keyChanged();
}

QVariant SyncMapEntry::value() const { return d->state.value; }

bool SyncMapEntry::exists() const { return d->state.value.isValid(); }

Sync::Status SyncMapEntry::status() const { return d->state.status; }

SyncError SyncMapEntry::error() const { return d->state.error; }

QFuture<SyncMapItem> SyncMapEntry::set(const SyncValue &value, const WriteOptions &options)
{
    return d->map ? d->map->set(d->key, value, options) : failedFuture<SyncMapItem>(missingMap());
}

QFuture<SyncMapItem> SyncMapEntry::update(const SyncValue &fields, const WriteOptions &options)
{
    return d->map ? d->map->update(d->key, fields, options) : failedFuture<SyncMapItem>(missingMap());
}

QFuture<void> SyncMapEntry::remove()
{
    return d->map ? d->map->remove(d->key) : failedFuture<void>(missingMap());
}

} // namespace Twilio
