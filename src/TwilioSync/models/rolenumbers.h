#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>

namespace Twilio {

/*!
    \brief Numbers of its own for the roles of a proxy's sources: a name that had one keeps it, whatever
   number it has in the next source.

    Views read role numbers once; with those of the source they would show one field under another's name
   after the source, or its roles, have changed. A name gets the number it has in the source where no other
   name has that one.
*/
class RoleNumbers
{
public:
    //! \a source are the names of the roles that there are from now on.
    void follow(const QHash<int, QByteArray> &source);

    //! The names that the source has.
    [[nodiscard]] const QHash<int, QByteArray> &names() const { return m_names; }
    //! True if all numbers are those of the source.
    [[nodiscard]] bool isSame() const { return m_isSame; }
    //! The source's number for \a role; -1 if \a role is of a name that the source has not.
    [[nodiscard]] int toSource(int role) const
    {
        return m_isSame && m_given.size() == m_names.size() ? role : mapped(role);
    }
    //! Our numbers for \a roles of the source.
    [[nodiscard]] QList<int> fromSource(const QList<int> &roles) const;

private:
    [[nodiscard]] int mapped(int role) const;

    QHash<int, QByteArray> m_source;
    QHash<int, QByteArray> m_names;
    QHash<int, int> m_toSource;
    QHash<int, int> m_fromSource;
    //! All that were ever given.
    QHash<QByteArray, int> m_numbers;
    QHash<int, QByteArray> m_given;
    bool m_isSame = true;
};

} // namespace Twilio
