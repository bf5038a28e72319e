#pragma once

#include "server/dialects/v1/routes.h"
#include "server/http/router.h"
#include "server/net/hooks.h"

#include <QtCore/qobject.h>

namespace Twilio::Server {

class Credentials;
class Hub;

/*!
    \brief Twilio's REST API on the server's port: who may call it, how often, and when it answers.

    An answer waits for those clients that are behind with the events of its call.
*/
class RestApi : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(RestApi)

public:
    //! All outlive it. \a scheme is that of its URLs.
    RestApi(Hub &hub, const Credentials &credentials, const QByteArray &scheme, Router &router);

private:
    void handle(const V1::Route &route, const HttpRequest &request, const QList<QByteArray> &variables,
                const HttpAnswer &answer);
    [[nodiscard]] HttpAnswer later(const HttpAnswer &answer, std::chrono::milliseconds delay);
    [[nodiscard]] std::optional<HttpResponse> limited(const HttpRequest &request,
                                                      const QList<QByteArray> &variables);

    Hub &m_hub;
    Hooks m_noHooks;
    const Credentials &m_credentials;
    const QByteArray m_scheme;
    V1::Routes m_routes;
};

} // namespace Twilio::Server
