#pragma once

#include "server/http/router.h"
#include "server/inspector/access.h"
#include "server/inspector/eventfeed.h"

#include <QtCore/qobject.h>

namespace Twilio::Server {

class Gateway;

/*!
    \brief The page at / that shows what a server holds and does, and the JSON it needs besides the REST API.

    | call | body or query | answer |
    |---|---|---|
    | POST /_inspect/session | \c secret, from elsewhere | the \c key for all others and for the REST API |
    | GET /_inspect/objects | \c service, \c kind, \c filter, \c before, \c limit | objects |
    | GET /_inspect/connections | \c after, \c limit | clients and their subscriptions |
    | GET /_inspect/events | \c from, \c wait | changes of all objects, as they come |
    | GET /_inspect/metrics | | figures |
    | POST /_inspect/tokens | \c identity, \c service, \c ttl | an access token |

    For LocalSyncServer::setExtension().
*/
class Inspector : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Inspector)

public:
    //! Both outlive it. \a hasControl: the server answers /_control as well.
    Inspector(Gateway &gateway, Router &router, bool hasControl);

private:
    using Answerer = std::function<void(const HttpRequest &request, const HttpAnswer &answer)>;

    void add(Router &router, const QByteArray &method, const QByteArray &path, const Answerer &answerer);
    [[nodiscard]] HttpResponse session(const HttpRequest &request) const;
    [[nodiscard]] HttpResponse token(const HttpRequest &request) const;
    void events(const HttpRequest &request, const HttpAnswer &answer);

    Gateway &m_gateway;
    const InspectorAccess m_access;
    EventFeed m_feed;
    const bool m_hasControl;
};

} // namespace Twilio::Server
