#pragma once

#include "TwilioSync/core/itemrole.h"
#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/models/decodedvalues.h"
#include "TwilioSync/models/fieldrole.h"

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvarlengtharray.h>

#include <cstddef>
#include <vector>

namespace Twilio {

inline constexpr int exactRoleFlag = 0x1000'0000;

//! The role that has the field of \a role as it is in the value, also where it is missing or null.
[[nodiscard]] constexpr int exactRole(int role) { return role | exactRoleFlag; }
//! The other way round.
[[nodiscard]] constexpr int inexactRole(int role) { return role & ~exactRoleFlag; }

/*!
    \brief The roles of a list's or a map's rows: their names, what they read, and which of them a change
   concerns.

    A field keeps its number for as long as the model lives, as views read the numbers once. Where it is
   missing or null it has the default of its type, so that what shows a row forgets the one it showed before:
   an undefined value would leave a property as it is. The type is the declared one, else that of the first
   value that a view has read.
*/
class ItemRoles
{
public:
    explicit ItemRoles(bool isList) : m_isList(isList) { }

    //! What of \a roles may be roles of their own, each once; \a refused says what may not, if there is any.
    [[nodiscard]] QList<FieldRole> allowed(const QList<FieldRole> &roles, SyncError *refused) const;
    //! Top-level fields of the value that have a role.
    [[nodiscard]] const QList<FieldRole> &fields() const { return m_declared; }
    void setFields(const QList<FieldRole> &roles);

    [[nodiscard]] QHash<int, QByteArray> names() const;
    //! One column for each field; without any, one with the items' keys.
    [[nodiscard]] int columns() const { return m_fields.empty() ? 1 : int(m_fields.size()); }
    //! What \a column shows and edits.
    [[nodiscard]] int roleOfColumn(int column) const;
    [[nodiscard]] QVariant read(const ItemPtr &item, int role) const;
    //! No more than on the stack for most.
    using Differing = QVarLengthArray<int, 16>;
    [[nodiscard]] Differing differing(const ItemRecord &before, const ItemRecord &after) const;
    //! Lets go of items.
    void forget() { m_decoded.clear(); }

private:
    struct Field
    {
        QByteArray name;
        FieldType declared;
        //! Of the first value that was read.
        FieldType seen;
        QVariant otherwise;
    };

    [[nodiscard]] static QVariant readField(const ItemPtr &item, Field &field);

    const bool m_isList;
    QList<FieldRole> m_declared;
    //! Every field that ever had a role, by number.
    mutable std::vector<Field> m_known;
    //! Of those that have one now: the name and its number.
    std::vector<QByteArray> m_fields;
    std::vector<std::size_t> m_numbers;
    mutable DecodedValues m_decoded;
};

} // namespace Twilio
