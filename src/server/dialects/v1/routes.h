#pragma once

#include "server/dialects/v1/itemcalls.h"
#include "server/dialects/v1/objectcalls.h"
#include "server/dialects/v1/permissioncalls.h"
#include "server/dialects/v1/servicecalls.h"
#include "server/operations/permissions.h"
#include "server/operations/services.h"

#include <functional>

//! Twilio's REST API, version 1: what backends speak.
namespace Twilio::Server::V1 {

//! A method and path of the API, as a Router has them, and what answers.
struct Route
{
    QByteArray method;
    QByteArray pattern;
    //! \a variables stand for the names in the pattern, decoded.
    std::function<HttpResponse(const HttpRequest &request, const QList<QByteArray> &variables,
                               const View &view)>
            handle;
};

/*!
    \brief All calls of the API there are. The routes are good as long as this object.
*/
class Routes
{
    Q_DISABLE_COPY_MOVE(Routes)

public:
    //! All outlive it.
    Routes(Operations &operations, Services &services, Permissions &permissions);
    ~Routes() = default;

    [[nodiscard]] const QList<Route> &all() const { return m_all; }

private:
    using Answer = std::function<HttpResponse(const Call &call)>;

    void add(const QByteArray &method, const QByteArray &pattern, const Answer &answer);
    void addBelowService(const QByteArray &method, const QByteArray &path, ObjectKind kind,
                         const Answer &answer);
    //! Calls \a add (method, whether it is of one resource rather than of all, answer) with each.
    template <typename Calls, typename Add>
    void addResource(Calls &calls, Add add);
    //! \a all and \a one are paths below that of a kind of object.
    template <typename Calls>
    void addBelowService(Calls &calls, ObjectKind kind, const QByteArray &all, const QByteArray &one);

    Services &m_services;
    ServiceCalls m_serviceCalls;
    ObjectCalls m_objectCalls;
    ItemCalls m_itemCalls;
    PermissionCalls m_permissionCalls;
    QList<Route> m_all;
};

} // namespace Twilio::Server::V1
