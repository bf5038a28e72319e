#include "TwilioSync/models/rolenumbers.h"

#include <QtCore/qnamespace.h>

#include <algorithm>

namespace Twilio {
namespace {

// Beyond what models number their roles with.
constexpr int firstOfOurs = Qt::UserRole + 0x100000;

} // namespace

void RoleNumbers::follow(const QHash<int, QByteArray> &source)
{
    if (source == m_source)
        return;
    m_source = source;
    m_names.clear();
    m_toSource.clear();
    m_fromSource.clear();
    m_isSame = true;
    QList<int> roles = source.keys();
    std::sort(roles.begin(), roles.end());
    for (const int role : std::as_const(roles)) {
        const QByteArray name = source.value(role);
        int number = m_numbers.value(name, -1);
        if (number < 0) {
            number = m_given.contains(role) ? firstOfOurs + int(m_given.size()) : role;
            m_numbers.insert(name, number);
            m_given.insert(number, name);
        }
        m_names.insert(number, name);
        m_toSource.insert(number, role);
        m_fromSource.insert(role, number);
        m_isSame = m_isSame && number == role;
    }
}

QList<int> RoleNumbers::fromSource(const QList<int> &roles) const
{
    if (m_isSame)
        return roles;
    QList<int> numbers;
    numbers.reserve(roles.size());
    for (const int role : roles)
        numbers.append(m_fromSource.value(role, role));
    return numbers;
}

int RoleNumbers::mapped(int role) const { return m_toSource.value(role, m_given.contains(role) ? -1 : role); }

} // namespace Twilio
