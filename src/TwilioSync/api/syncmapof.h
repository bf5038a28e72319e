#pragma once

#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/core/syncfields.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace Twilio {

/*!
    \brief A SyncMap whose values are read and written as \c T; see SyncListOf.

    \code
    SyncMapOf<Sensor> sensors(map);
    sensors.set(u"boiler"_s, { .level = 71.5 }); // made if it is not there
    \endcode
*/
template <SyncStruct T>
class SyncMapOf
{
public:
    struct Item
    {
        QString key = {};
        T value = {};
    };

    explicit SyncMapOf(SyncMap *map) : m_map(map) { }

    //! Null once it is gone.
    [[nodiscard]] SyncMap *map() const { return m_map; }

    //! Sets valueRoles of the map to the fields of a T.
    void declareRoles() requires requires { SyncFields<T>::roles(); }
    {
        m_map->setRoleDeclarations(SyncFields<T>::roles());
    }

    //! What \a row of the model shows; none if there is no such row.
    [[nodiscard]] std::optional<T> at(int row) const
    {
        const QVariant value = m_map->valueAt(row);
        return value.isValid() ? std::optional(SyncFields<T>::read(value.toMap())) : std::nullopt;
    }

    //! What the window holds under \a key; none if nothing.
    [[nodiscard]] std::optional<T> valueOf(const QString &key) const
    {
        const QVariant value = m_map->valueOf(key);
        return value.isValid() ? std::optional(SyncFields<T>::read(value.toMap())) : std::nullopt;
    }

    //! As SyncMap::get().
    QFuture<Item> get(const QString &key) { return typed(m_map->get(key)); }
    //! Writes all fields of a T; merged with what else the item has, which is made if it is not there.
    QFuture<Item> set(const QString &key, const T &value, const WriteOptions &options = {})
    {
        return typed(m_map->update(key, SyncFields<T>::write(value), options));
    }
    //! As SyncMap::mutate(); fields that a T does not know stay.
    QFuture<Item> mutate(const QString &key, const MutatorOf<T> &mutator, const WriteOptions &options = {})
    {
        return typed(m_map->mutate(key, untyped(mutator), options));
    }
    //! As SyncMap::remove().
    QFuture<void> remove(const QString &key) { return m_map->remove(key); }

    //! Has \a slot(const Item &item, bool isLocal) called for each item that is added, while \a context
    //! lives.
    template <typename Slot>
    QMetaObject::Connection onItemAdded(const QObject *context, Slot slot)
    {
        return QObject::connect(
                m_map, &SyncMap::itemAdded, context,
                [slot](const SyncMapItem &item, bool isLocal) { slot(itemOf(item), isLocal); });
    }
    //! \a slot(const Item &item, bool isLocal, const T &previous).
    template <typename Slot>
    QMetaObject::Connection onItemUpdated(const QObject *context, Slot slot)
    {
        return QObject::connect(m_map, &SyncMap::itemUpdated, context,
                                [slot](const SyncMapItem &item, bool isLocal, const QVariantMap &previous) {
                                    slot(itemOf(item), isLocal, SyncFields<T>::read(previous));
                                });
    }
    //! \a slot(const Item &previous, bool isLocal), with the last value of what is gone.
    template <typename Slot>
    QMetaObject::Connection onItemRemoved(const QObject *context, Slot slot)
    {
        return QObject::connect(m_map, &SyncMap::itemRemoved, context,
                                [slot](const QString &key, bool isLocal, const QVariantMap &previous) {
                                    slot(Item { key, SyncFields<T>::read(previous) }, isLocal);
                                });
    }

private:
    [[nodiscard]] static Item itemOf(const SyncMapItem &item)
    {
        return { item.key(), SyncFields<T>::read(item.value()) };
    }
    [[nodiscard]] static QFuture<Item> typed(QFuture<SyncMapItem> future) { return future.then(itemOf); }

    QPointer<SyncMap> m_map;
};

} // namespace Twilio
