#pragma once

#include "TwilioSync/core/syncresult.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

// What the fields of values are to views.
namespace Twilio {

//! What a field is.
enum class FieldType : quint8 {
    Unknown, //!< not declared: whatever the values turn out to be
    Any, //!< as it is, also where it is missing or null
    Text,
    Flag,
    Whole,
    Real,
    Date,
    Color,
    Url,
    List,
    Object
};

/*!
    \brief A top-level field with a role of its own, as the application declares it.
*/
struct FieldRole
{
    QString name;
    FieldType type = FieldType::Unknown;
    //! Where it is missing or null; invalid = what the type has.
    QVariant otherwise = {};

    friend bool operator==(const FieldRole &, const FieldRole &) = default;
};

//! \a roles, names or maps of \c name, \c type and \c default; an error that says which is neither.
[[nodiscard]] SyncResult<QList<FieldRole>> fieldRolesOf(const QVariantList &roles);
//! What fieldRolesOf() makes \a roles from.
[[nodiscard]] QVariantList declarationsOf(const QList<FieldRole> &roles);

//! What \a value, which is there and not null, seems to be.
[[nodiscard]] FieldType typeOfValue(const QVariant &value);
//! What QML has for a property of \a type that nobody has set; invalid for Unknown and Any.
[[nodiscard]] QVariant defaultOf(FieldType type);
//! \a value, of a field that is declared to be of \a type; invalid if it cannot be one.
[[nodiscard]] QVariant asType(const QVariant &value, FieldType type);

} // namespace Twilio
