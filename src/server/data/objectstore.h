#pragma once

#include "server/data/change.h"
#include "server/data/clock.h"
#include "server/data/deadlines.h"
#include "server/data/replay.h"
#include "server/data/service.h"
#include "server/data/storage.h"

#include <functional>
#include <memory>
#include <unordered_map>

namespace Twilio::Server {

/*!
    \brief The objects of all services, and every way they change.

    Checks nothing that a caller sent: that is done before. Each change bumps the event id, writes the log and
    the storage, and tells the watcher; so the invariants of protocol.md 7.1 hold in one place.
*/
class ObjectStore
{
public:
    //! Told synchronously, in order.
    struct Watcher
    {
        //! What makes an event.
        std::function<void(const Change &change)> changed;
        //! Every change of state, those without an event included: there is something to commit.
        std::function<void()> touched;
    };

    explicit ObjectStore(Watcher watcher);

    //! What is known of a new object.
    struct Blueprint
    {
        QString service;
        ObjectKind kind = ObjectKind::Document;
        std::optional<QString> uniqueName;
        QByteArray host;
        //! Of a document its value, of a list its context.
        QByteArray data;
        //! Seconds; 0 = never expires.
        qint64 ttl = 0;
    };
    SyncObject &create(const Blueprint &blueprint, const Origin &by);
    void remove(SyncObject &object, const Origin &by);
    //! No event, no new revision. Not for documents.
    void setTtl(SyncObject &object, qint64 ttl);
    void updateDocument(SyncObject &object, const std::optional<QByteArray> &data, std::optional<qint64> ttl,
                        const Origin &by);

    struct Written
    {
        const Item *item = nullptr;
        bool added = false;
    };
    //! Adds the item or changes what is given; a new item needs \a data.
    Written putItem(SyncObject &object, const ItemId &id, const std::optional<QByteArray> &data,
                    std::optional<qint64> ttl, const Origin &by);
    //! putItem() behind the last index of a list; the new id.
    ItemId appendItem(SyncObject &object, const QByteArray &data, std::optional<qint64> ttl,
                      const Origin &by);
    //! The item as it was, with the time and event id of its removal. \a id must exist.
    Item removeItem(SyncObject &object, const ItemId &id, const Origin &by);
    void setContext(SyncObject &object, const QByteArray &data, const Origin &by);
    //! The sid of the message.
    QByteArray publish(SyncObject &object, const QByteArray &data, const Origin &by);

    //! Removes what is due, in order of the deadlines.
    void expireDue();
    //! When the next deadline falls; none without deadlines.
    [[nodiscard]] std::optional<qint64> nextDeadline() const;
    [[nodiscard]] qint64 now() const { return m_clock(); }
    void setClock(Clock clock) { m_clock = std::move(clock); }

    [[nodiscard]] SyncObject *find(const QByteArray &sid) const;
    [[nodiscard]] SyncObject *find(const QString &service, ObjectKind kind, const QString &uniqueName) const;
    using ObjectsInOrder = std::map<qint64, SyncObject *>;
    //! By serial, which is the order of their making.
    [[nodiscard]] const ObjectsInOrder &objects(const QString &service, ObjectKind kind) const;
    //! Null if no object has ever been made in it.
    [[nodiscard]] const Service *service(const QString &sid) const;
    [[nodiscard]] const std::map<QString, Service> &services() const { return m_services; }
    [[nodiscard]] qsizetype objectCount() const { return qsizetype(m_objects.size()); }
    [[nodiscard]] qsizetype itemCount() const { return m_itemCount; }

    //! Events after \a cursor. \sa SyncData::replay()
    [[nodiscard]] static Replay replay(const SyncObject &object, std::optional<qint64> cursor,
                                       qsizetype limit);

    //! Events kept per object; 0 = all.
    void setLogLimit(qsizetype events) { m_logLimit = events; }
    //! Loads \a storage and writes through it from now on. Only while empty.
    [[nodiscard]] SyncResult<Nothing> setStorage(std::unique_ptr<Storage> storage);
    [[nodiscard]] SyncResult<Nothing> commit();
    void clear();

private:
    using NameKey = std::tuple<QString, ObjectKind, QString>;

    qint64 tick(SyncObject &object);
    void useService(const QString &sid, qint64 since);
    void adopt(std::unique_ptr<SyncObject> object);
    void log(SyncObject &object, EventRecord record, const Origin &by);
    void setExpiry(SyncObject &object, qint64 expires);
    void setExpiry(SyncObject &object, const ItemId &id, Item &item, qint64 expires);

    const Watcher m_watcher;
    Clock m_clock = systemClock();
    std::unique_ptr<Storage> m_storage;
    std::unordered_map<QByteArray, std::unique_ptr<SyncObject>> m_objects;
    std::map<NameKey, SyncObject *> m_names;
    std::map<std::pair<QString, ObjectKind>, ObjectsInOrder> m_objectsOfKind;
    std::map<QString, Service> m_services;
    Deadlines m_deadlines;
    qint64 m_nextSerial = 1;
    qsizetype m_itemCount = 0;
    qsizetype m_logLimit = 0;
};

} // namespace Twilio::Server
