#pragma once

#include "server/data/syncdata.h"
#include "server/operations/paging.h"

#include <functional>

namespace Twilio::Server {

class ObjectStore;

/*!
    \brief Everything that can be done to service instances.

    One is there once it is created, or named by a client's token or an object. The default instance always
   is: removed, it begins anew.
*/
class Services
{
public:
    //! \a data outlives it.
    explicit Services(SyncData &data) : m_store(data.store()) { }

    //! The service called \a name: its SID, or \c default; 404 if there is none.
    [[nodiscard]] SyncResult<Service> find(const QString &name);
    [[nodiscard]] SyncResult<ServicePage> page(const PageArguments &arguments);
    //! Makes the service of a token, if it is not there.
    void use(const QString &sid);
    [[nodiscard]] SyncResult<Service> create(const ServiceChanges &changes);
    [[nodiscard]] SyncResult<Service> update(const QString &name, const ServiceChanges &changes);
    //! With everything in it.
    [[nodiscard]] SyncResult<Nothing> remove(const Caller &by, const QString &name);

    //! Says why webhooks cannot go to a URL; nothing if they can.
    using JudgeUrl = std::function<std::optional<QString>(const QString &url)>;
    void setJudgeOfUrls(JudgeUrl judge) { m_judge = std::move(judge); }
    //! What is wrong with \a changes.
    [[nodiscard]] SyncResult<Nothing> check(const ServiceChanges &changes) const;

private:
    ObjectStore &m_store;
    JudgeUrl m_judge;
};

} // namespace Twilio::Server
