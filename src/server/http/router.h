#pragma once

#include "server/http/httpconnection.h"
#include "server/serverglobal.h"

#include <QtCore/qlist.h>

#include <functional>

namespace Twilio::Server {

/*!
    \brief Which function answers which method and path.

    A pattern is a path whose segments are words, or names in braces that stand for any one segment. HEAD is
    answered by what answers GET, OPTIONS by the methods there are.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Router
{
public:
    //! \a variables: what stood for the names in braces, decoded, in their order.
    using Handler = std::function<void(const HttpRequest &request, const QList<QByteArray> &variables,
                                       const HttpAnswer &answer)>;

    //! Later routes give way to earlier ones.
    void add(const QByteArray &method, const QByteArray &pattern, const Handler &handler);
    //! Answers what no route fits.
    void setFallback(const std::function<HttpResponse(const HttpRequest &request)> &fallback);

    void route(const HttpRequest &request, const HttpAnswer &answer) const;

private:
    struct Route
    {
        QByteArray method;
        QList<QByteArray> segments;
        Handler handler;
    };

    QList<Route> m_routes;
    std::function<HttpResponse(const HttpRequest &request)> m_fallback;
};

} // namespace Twilio::Server
