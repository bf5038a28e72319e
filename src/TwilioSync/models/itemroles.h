#pragma once

#include "TwilioSync/core/itemrole.h"
#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/models/decodedvalues.h"

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qstringlist.h>

#include <vector>

namespace Twilio {

/*!
    \brief The roles of a list's or a map's rows: their names, what they read, and which of them a change
   concerns.
*/
class ItemRoles
{
public:
    explicit ItemRoles(bool isList) : m_isList(isList) { }

    //! What of \a names may be roles of their own, each once; \a refused says what may not, if there is any.
    [[nodiscard]] QStringList allowed(const QStringList &names, SyncError *refused) const;
    //! Top-level fields of the value that have a role.
    [[nodiscard]] QStringList fields() const { return m_names; }
    void setFields(const QStringList &names);

    [[nodiscard]] QHash<int, QByteArray> names() const;
    [[nodiscard]] QVariant read(const ItemPtr &item, int role) const;
    [[nodiscard]] QList<int> differing(const ItemRecord &before, const ItemRecord &after) const;
    //! Lets go of items.
    void forget() { m_decoded.clear(); }

private:
    const bool m_isList;
    QStringList m_names;
    std::vector<QByteArray> m_fields;
    mutable DecodedValues m_decoded;
};

} // namespace Twilio
