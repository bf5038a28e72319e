#pragma once

#include "TwilioSync/session/entity.h"

#include <QtCore/qhash.h>
#include <QtCore/qstring.h>

#include <memory>

namespace Twilio {

/*!
    \brief The objects that a client knows: one entity per SID, names per kind.

    One law: what was forgotten is never handed out. It may live on for the sake of its writes, and becomes
   known again by remember(), when it has been read anew.
*/
class EntityCache
{
public:
    //! By SID or unique name; null if it is not known. Names are per kind (protocol.md, defect 41).
    [[nodiscard]] EntityPtr find(ObjectKind kind, const QString &id) const;
    //! Known; for events.
    [[nodiscard]] EntityPtr find(const QByteArray &sid) const;
    //! Whatever there is under \a sid, forgotten or not: a second one must not be made.
    [[nodiscard]] EntityPtr living(ObjectKind kind, const QByteArray &sid) const;
    //! \a entity is up to date, and known from now on.
    void remember(const EntityPtr &entity);
    void forget(const Entity *entity);
    void clear();
    //! For tests.
    [[nodiscard]] qsizetype places() const { return m_places.size(); }

private:
    struct Place
    {
        std::weak_ptr<Entity> entity;
        bool isKnown = false;
    };

    //! Drops the places of what has died meanwhile.
    void sweep();

    QHash<QByteArray, Place> m_places;
    //! At so many places it is time to sweep.
    qsizetype m_sweepAt = 64;
    QHash<QString, QByteArray> m_names[4];
};

} // namespace Twilio
