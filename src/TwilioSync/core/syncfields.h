#pragma once

#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

#include <concepts>
#include <type_traits>

namespace Twilio {

//! Sets the properties of \a gadget, of the class that \a type tells, to the members of \a value with their
//! names. One that is missing, null or of a type that does not convert stays as it is; a gadget or list
//! within is filled in the same way.
TWILIOSYNC_EXPORT void readGadget(const QVariantMap &value, const QMetaObject &type, void *gadget);

//! The properties of \a gadget, of the class that \a type tells; a date that is not valid is null.
[[nodiscard]] TWILIOSYNC_EXPORT QVariantMap gadgetFields(const QMetaObject &type, const void *gadget);

//! What SyncCollection::setRoleDeclarations() takes for the properties of \a type: { name, type } each.
[[nodiscard]] TWILIOSYNC_EXPORT QVariantList gadgetRoles(const QMetaObject &type);

//! A value type with Q_GADGET.
template <typename T>
concept SyncGadget =
        !std::derived_from<T, QObject> && std::default_initializable<T> && std::copyable<T> && requires
{
    {
        T::staticMetaObject
        } -> std::convertible_to<const QMetaObject &>;
};

/*!
    \brief How a \c T is read from a value and written to one. Gadgets need nothing; for another type of yours
    specialise it with the functions that the gadgets' has.

    \code
    template <>
    struct Twilio::SyncFields<Reading>
    {
        static Reading read(const QVariantMap &value) { return { value.value(u"level"_s).toDouble() }; }
        static SyncValue write(const Reading &reading) { return { { u"level"_s, reading.level } }; }
    };
    \endcode

    write() gives the fields that a T knows. What else a value has stays when it is written by a SyncListOf
   and its like.
*/
template <typename T>
struct SyncFields;

template <SyncGadget T>
struct SyncFields<T>
{
    //! Fields that \a value does not have are as a new T has them.
    [[nodiscard]] static T read(const QVariantMap &value)
    {
        T gadget;
        readGadget(value, T::staticMetaObject, &gadget);
        return gadget;
    }
    //! Invalid, with the reason, if a property cannot be stored; see SyncValue.
    [[nodiscard]] static SyncValue write(const T &gadget)
    {
        return SyncValue(gadgetFields(T::staticMetaObject, &gadget));
    }
    //! As valueRoles of a list or map.
    [[nodiscard]] static QVariantList roles() { return gadgetRoles(T::staticMetaObject); }
};

//! What SyncListOf, SyncMapOf and SyncDocumentOf can show: a gadget, or a type with its own SyncFields.
template <typename T>
concept SyncStruct = requires(const QVariantMap &value, const T &fields)
{
    {
        SyncFields<T>::read(value)
        } -> std::same_as<T>;
    {
        SyncFields<T>::write(fields)
        } -> std::same_as<SyncValue>;
};

//! Makes the next value from the current one; none = nothing is written.
template <typename T>
using MutatorOf = std::function<std::optional<T>(const T &current)>;

//! The Mutator that \a mutator is, with the fields that a T does not know as they were.
template <SyncStruct T>
[[nodiscard]] Mutator untyped(const MutatorOf<T> &mutator)
{
    return [mutator](const SyncValue &current) -> std::optional<SyncValue> {
        QVariantMap fields = current.toVariantMap();
        const std::optional<T> next = mutator(SyncFields<T>::read(fields));
        if (!next)
            return std::nullopt;
        const SyncValue written = SyncFields<T>::write(*next);
        if (!written.isValid())
            return written;
        fields.insert(written.toVariantMap());
        return SyncValue(fields);
    };
}

} // namespace Twilio
