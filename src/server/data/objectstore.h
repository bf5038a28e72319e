#pragma once

#include "server/data/change.h"
#include "server/data/clock.h"
#include "server/data/deadlines.h"
#include "server/data/lifetime.h"
#include "server/data/replay.h"
#include "server/data/service.h"
#include "server/data/slice.h"
#include "server/data/storage.h"
#include "server/data/webhookoutbox.h"
#include "server/serverglobal.h"

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

namespace Twilio::Server {

/*!
    \brief The objects of all services, and every way they change.

    Checks nothing that a caller sent: that is done before. Each change bumps the event id, writes the log and
    the storage, and tells the watcher; so the invariants of protocol.md 7.1 hold in one place.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT ObjectStore
{
public:
    //! Told synchronously, in order.
    struct Watcher
    {
        //! What makes an event.
        std::function<void(const Change &change)> changed;
        //! A new object, which nobody follows yet.
        std::function<void(const Change &change)> created;
        //! Somebody may have lost the right to read \a objects.
        std::function<void(const QList<QByteArray> &objectSids)> restricted;
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
        Lifetime ttl = 0;
        //! A new one if it is empty; nobody's else.
        QByteArray sid = {};
    };
    SyncObject &create(const Blueprint &blueprint, const Origin &by);
    void remove(SyncObject &object, const Origin &by);
    //! No event, no new revision. Not for documents.
    void setTtl(SyncObject &object, Lifetime ttl);
    void updateDocument(SyncObject &object, const std::optional<QByteArray> &data,
                        std::optional<Lifetime> ttl, const Origin &by);

    struct Written
    {
        const Item *item = nullptr;
        bool added = false;
    };
    //! Adds the item or changes what is given; a new item needs \a data.
    Written putItem(SyncObject &object, const ItemId &id, const std::optional<QByteArray> &data,
                    std::optional<Lifetime> ttl, const Origin &by);
    //! putItem() behind the last index of a list; the new id.
    ItemId appendItem(SyncObject &object, const QByteArray &data, std::optional<Lifetime> ttl,
                      const Origin &by);
    //! The next item of a list has \a index, which none has had.
    void skipTo(SyncObject &object, qint64 index);
    //! The item as it was, with the time and event id of its removal. \a id must exist.
    Item removeItem(SyncObject &object, const ItemId &id, const Origin &by);
    void setContext(SyncObject &object, const QByteArray &data, const Origin &by);
    //! The sid of the message.
    QByteArray publish(SyncObject &object, const QByteArray &data, const Origin &by);

    //! Removes what is due, in order of the deadlines, as far as \a slice goes. True if more is due.
    bool expireDue(Slice &slice);
    //! Removes \a object or its item \a id if it is due, whatever else is. True if it was.
    bool expire(SyncObject &object);
    bool expire(SyncObject &object, const ItemId &id);
    //! Frees what removed objects were made of, as far as \a slice goes. True if there is more.
    bool freeRemoved(Slice &slice);
    [[nodiscard]] bool hasRemoved() const { return !m_removed.empty(); }
    //! When the next deadline falls; none without deadlines.
    [[nodiscard]] std::optional<qint64> nextDeadline() const;
    [[nodiscard]] qint64 now() const { return m_clock(); }
    void setClock(Clock clock) { m_clock = std::move(clock); }

    [[nodiscard]] SyncObject *find(const QByteArray &sid) const;
    [[nodiscard]] SyncObject *find(const QString &service, ObjectKind kind, const QString &uniqueName) const;
    using ObjectsInOrder = std::map<qint64, SyncObject *>;
    //! By serial, which is the order of their making.
    [[nodiscard]] const ObjectsInOrder &objects(const QString &service, ObjectKind kind) const;
    //! Null if nobody has used it yet.
    [[nodiscard]] const Service *service(const QString &sid) const;
    [[nodiscard]] const std::map<QString, Service> &services() const { return m_services; }
    void setPermission(SyncObject &object, const QString &identity, const Permission &permission);
    void removePermission(SyncObject &object, const QString &identity);

    //! The service called \a sid, made now if it is not there.
    const Service &useService(const QString &sid);
    //! The SID is random.
    const Service &createService(const ServiceChanges &changes);
    //! \a sid must exist.
    const Service &updateService(const QString &sid, const ServiceChanges &changes);
    //! With all objects, each with its event. \a sid must exist.
    void removeService(const QString &sid, const Origin &by);
    [[nodiscard]] qsizetype objectCount() const { return qsizetype(m_objects.size()); }
    [[nodiscard]] qsizetype itemCount() const { return m_itemCount; }

    //! Events after \a cursor. \sa SyncData::replay()
    [[nodiscard]] static Replay replay(const SyncObject &object, std::optional<qint64> cursor,
                                       qsizetype limit);

    //! What is still to be told to backends.
    [[nodiscard]] WebhookOutbox &outbox() { return m_outbox; }

    void setHistory(const History &history) { m_history = history; }
    //! Loads \a storage and writes through it from now on. Only while empty.
    void setStorage(std::unique_ptr<Storage> storage);
    //! Null in memory.
    [[nodiscard]] Storage *storage() const { return m_storage.get(); }
    //! Names this data among all others; another one after clear().
    [[nodiscard]] const QByteArray &storageId() const { return m_storageId; }
    void clear();

private:
    using NameKey = std::tuple<QString, ObjectKind, QString>;

    qint64 tick(SyncObject &object);
    const Service &useService(const QString &sid, qint64 since);
    void storeService(const Service &service);
    //! Of what has permissions.
    [[nodiscard]] QList<QByteArray> sidsOf(const QString &service) const;
    void adopt(std::unique_ptr<SyncObject> object);
    void log(SyncObject &object, EventRecord record, const Origin &by,
             std::optional<qint64> superseded = std::nullopt);
    void trim(SyncObject &object);
    void bury(std::unique_ptr<SyncObject> object);
    void setExpiry(SyncObject &object, qint64 expires);
    void setExpiry(SyncObject &object, const ItemId &id, Item &item, qint64 expires);

    const Watcher m_watcher;
    Clock m_clock = systemClock();
    QByteArray m_storageId;
    std::unique_ptr<Storage> m_storage;
    std::unordered_map<QByteArray, std::unique_ptr<SyncObject>> m_objects;
    std::map<NameKey, SyncObject *> m_names;
    std::map<std::pair<QString, ObjectKind>, ObjectsInOrder> m_objectsOfKind;
    std::map<QString, Service> m_services;
    //! Those of removed objects too, until they are freed.
    Deadlines m_deadlines;
    std::deque<std::unique_ptr<SyncObject>> m_removed;
    WebhookOutbox m_outbox { m_watcher.touched };
    qint64 m_nextSerial = 1;
    qsizetype m_itemCount = 0;
    History m_history;
};

} // namespace Twilio::Server
