#pragma once

#include <QtCore/qmutex.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

namespace Twilio {

/*!
    \brief That the cache of this name is ours as long as this lives, and no other client's of this process.
*/
class CacheClaim
{
    Q_DISABLE_COPY_MOVE(CacheClaim)

public:
    explicit CacheClaim(const QString &name) : m_name(name)
    {
        const QMutexLocker lock(&s_mutex);
        m_isOurs = !s_names.contains(m_name);
        s_names.insert(m_name);
    }
    ~CacheClaim()
    {
        const QMutexLocker lock(&s_mutex);
        if (m_isOurs)
            s_names.remove(m_name);
    }
    //! False if it was another's before.
    [[nodiscard]] bool isOurs() const { return m_isOurs; }

private:
    inline static QMutex s_mutex;
    inline static QSet<QString> s_names;

    const QString m_name;
    bool m_isOurs = false;
};

} // namespace Twilio
