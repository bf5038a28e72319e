#pragma once

#include "server/data/syncdata.h"
#include "server/exchange/importreader.h"
#include "server/operations/services.h"

namespace Twilio::Server {

/*!
    \brief Puts what JSON files have into the data: all of it, or nothing and an error that names file, place
    and trouble.

    An object whose name or SID is taken is an error. \sa readImport()
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Importer
{
public:
    //! Both outlive it; \a services are those of \a data.
    Importer(SyncData &data, const Services &services);

    //! A file, or a folder with all of its *.json in the order of their names. Errors have the status 400.
    [[nodiscard]] SyncResult<Nothing> import(const QString &path);
    //! \a text, the contents of \a file.
    [[nodiscard]] SyncResult<Nothing> importText(const QString &file, const QByteArray &text);

private:
    [[nodiscard]] SyncResult<Nothing> read(const QString &file);
    [[nodiscard]] SyncResult<Nothing> plan(const QString &file, const QByteArray &text);
    [[nodiscard]] SyncResult<Nothing> checkAndApply();
    [[nodiscard]] SyncResult<Nothing> check() const;
    void apply();
    void make(const QString &service, const ImportedObject &object);

    ObjectStore &m_store;
    const Services &m_services;
    std::vector<ImportedService> m_plan;
};

} // namespace Twilio::Server
