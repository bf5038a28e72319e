#pragma once

#include "server/data/syncdata.h"
#include "server/serverglobal.h"

#include <QtCore/qhash.h>

namespace Twilio::Server {

class ObjectStore;

/*!
    \brief Fills lists and maps for tests and demos, past most checks of Operations.

    Data is a compact JSON object throughout.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Seeder
{
public:
    //! \a data outlives it.
    explicit Seeder(SyncData &data) : m_store(data.store()) { }

    //! A list or map of \a serviceSid; the object's sid, or 409 / 400 if the name does not do.
    [[nodiscard]] SyncResult<QByteArray> createCollection(const QString &serviceSid, ObjectKind kind,
                                                          const std::optional<QString> &uniqueName);
    //! Appends \a data to a list, or stores it under \a key in a map.
    [[nodiscard]] SyncResult<Nothing> putItem(const QByteArray &objectSid, const QString &key,
                                              const QByteArray &data);
    //! Replaces the data of the item behind the one that this function changed last, from the front again
    //! after the end. 404 if there is no item.
    [[nodiscard]] SyncResult<Nothing> updateNextItem(const QByteArray &objectSid, const QByteArray &data);

private:
    [[nodiscard]] SyncObject *collection(const QByteArray &sid) const;

    ObjectStore &m_store;
    QHash<QByteArray, ItemId> m_lastUpdated;
};

} // namespace Twilio::Server
