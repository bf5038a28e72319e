#pragma once

#include "server/data/syncdata.h"
#include "server/serverglobal.h"

namespace Twilio::Server {

struct Service;

/*!
    \brief Writes all services and what is in them as JSON that can be imported again, and is the same text
   for the same data.

    Dates, revisions, authors and logs are left out, and the SIDs of what has a unique name. \sa Importer
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Exporter
{
public:
    //! \a data outlives it.
    explicit Exporter(SyncData &data);

    //! All services in one file; or a file for each, if \a path is a folder or ends with a slash.
    [[nodiscard]] SyncResult<Nothing> exportTo(const QString &path) const;
    //! The text of a file with \a services.
    [[nodiscard]] QByteArray text(const QList<const Service *> &services) const;

private:
    [[nodiscard]] QByteArray serviceText(const Service &service) const;
    [[nodiscard]] QByteArray objectText(const SyncObject &object) const;
    [[nodiscard]] bool isOver(qint64 expires) const;

    ObjectStore &m_store;
};

} // namespace Twilio::Server
