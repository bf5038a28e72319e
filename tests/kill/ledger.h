#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qmap.h>

/*!
    \brief What the server has told anybody: which event id of which object meant what.

    An answer to a write and an event that was delivered both bind the server: the same id may never mean
    something else, and after a restart it has to mean just that.
*/
class Ledger
{
public:
    void learn(const QByteArray &object, qint64 id, const QByteArray &meaning)
    {
        auto &known = m_known[object];
        const auto it = known.constFind(id);
        if (it == known.constEnd())
            known.insert(id, meaning);
        else if (*it != meaning)
            ++reused;
    }
    //! Counts what was told of \a object but is not in \a replayed.
    void compare(const QByteArray &object, const QMap<qint64, QByteArray> &replayed)
    {
        const auto &known = m_known[object];
        for (auto it = known.cbegin(); it != known.cend(); ++it) {
            const auto found = replayed.constFind(it.key());
            if (found == replayed.constEnd())
                ++lost;
            else if (*found != it.value())
                ++reused;
        }
    }
    [[nodiscard]] QMap<qint64, QByteArray> known(const QByteArray &object) const
    {
        return m_known.value(object);
    }

    int lost = 0;
    int reused = 0;

private:
    QHash<QByteArray, QMap<qint64, QByteArray>> m_known;
};
