#pragma once

#include "TwilioSync/api/synclist.h"
#include "TwilioSync/core/syncfields.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace Twilio {

/*!
    \brief A SyncList whose values are read and written as \c T, a gadget or a type with its own SyncFields.

    \code
    SyncListOf<Task> tasks(list); // a view: cheap, copyable; the list stays whose it is and a model
    tasks.declareRoles(); // Task's properties are the roles of its rows
    tasks.push({ .title = u"Milk"_s });
    tasks.onItemAdded(this, [](const auto &item, bool isLocal) { qInfo() << item.index << item.value.title;
   }); \endcode

    Fields of a value that a T does not know stay as they are whatever is written. The list must live as long
   as calls are made; futures fail as those of the list do. Whoever cancels one takes no call back: that needs
   the list's own.
*/
template <SyncStruct T>
class SyncListOf
{
public:
    struct Item
    {
        qint64 index = -1;
        T value = {};
    };

    explicit SyncListOf(SyncList *list) : m_list(list) { }

    //! Null once it is gone.
    [[nodiscard]] SyncList *list() const { return m_list; }

    //! Sets valueRoles of the list to the fields of a T.
    void declareRoles() requires requires { SyncFields<T>::roles(); }
    {
        m_list->setRoleDeclarations(SyncFields<T>::roles());
    }

    //! What \a row of the model shows; none if there is no such row.
    [[nodiscard]] std::optional<T> at(int row) const
    {
        const QVariant value = m_list->valueAt(row);
        return value.isValid() ? std::optional(SyncFields<T>::read(value.toMap())) : std::nullopt;
    }

    //! As SyncList::push().
    QFuture<Item> push(const T &value, const PushOptions &options = {})
    {
        return typed(m_list->push(SyncFields<T>::write(value), options));
    }
    //! As SyncList::get().
    QFuture<Item> get(qint64 itemIndex) { return typed(m_list->get(itemIndex)); }
    //! Writes all fields of a T; merged with what else the item has.
    QFuture<Item> set(qint64 itemIndex, const T &value, const WriteOptions &options = {})
    {
        return typed(m_list->update(itemIndex, SyncFields<T>::write(value), options));
    }
    //! As SyncList::mutate(); fields that a T does not know stay.
    QFuture<Item> mutate(qint64 itemIndex, const MutatorOf<T> &mutator, const WriteOptions &options = {})
    {
        return typed(m_list->mutate(itemIndex, untyped(mutator), options));
    }
    //! As SyncList::remove().
    QFuture<void> remove(qint64 itemIndex) { return m_list->remove(itemIndex); }

    //! Has \a slot(const Item &item, bool isLocal) called for each item that is added, while \a context
    //! lives.
    template <typename Slot>
    QMetaObject::Connection onItemAdded(const QObject *context, Slot slot)
    {
        return QObject::connect(
                m_list, &SyncList::itemAdded, context,
                [slot](const SyncListItem &item, bool isLocal) { slot(itemOf(item), isLocal); });
    }
    //! \a slot(const Item &item, bool isLocal, const T &previous).
    template <typename Slot>
    QMetaObject::Connection onItemUpdated(const QObject *context, Slot slot)
    {
        return QObject::connect(m_list, &SyncList::itemUpdated, context,
                                [slot](const SyncListItem &item, bool isLocal, const QVariantMap &previous) {
                                    slot(itemOf(item), isLocal, SyncFields<T>::read(previous));
                                });
    }
    //! \a slot(const Item &previous, bool isLocal), with the last value of what is gone.
    template <typename Slot>
    QMetaObject::Connection onItemRemoved(const QObject *context, Slot slot)
    {
        return QObject::connect(m_list, &SyncList::itemRemoved, context,
                                [slot](qint64 index, bool isLocal, const QVariantMap &previous) {
                                    slot(Item { index, SyncFields<T>::read(previous) }, isLocal);
                                });
    }

private:
    [[nodiscard]] static Item itemOf(const SyncListItem &item)
    {
        return { item.index(), SyncFields<T>::read(item.value()) };
    }
    [[nodiscard]] static QFuture<Item> typed(QFuture<SyncListItem> future) { return future.then(itemOf); }

    QPointer<SyncList> m_list;
};

} // namespace Twilio
