#include "server/dialects/v1/responses.h"

namespace Twilio::Server::V1 {

HttpResponse errorResponse(const SyncError &error, const HttpRequest &request)
{
    if (error.status() != 404)
        return httpError(error.status(), error.code(), error.message().toUtf8());
    const QByteArray resource = request.path.sliced(qsizetype(qstrlen("/v1")));
    return httpError(404, 20404, "The requested resource " + resource + " was not found");
}

HttpResponse withETag(HttpResponse response, qint64 revision)
{
    response.headers.append({ "ETag", '"' + QByteArray::number(revision, 16) + '"' });
    return response;
}

} // namespace Twilio::Server::V1
