// One message of a client, as it comes from the socket: the frame, the request in it, the call that makes.
#include "check.h"
#include "server/dialects/v3/calls.h"
#include "server/net/clientframe.h"
#include "server/net/subscriptioncall.h"
#include "serverdata.h"

using namespace Twilio::Server;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArrayView message(bytes, qsizetype(size));
    const auto frame = parseClientFrame(message);
    if (Twilio::errorOf(frame))
        return 0;
    const auto &client = std::get<ClientFrame>(frame);
    check(Twilio::Protocol::isValidJson(client.id) || client.id.isEmpty());
    const RestRequest request = parseRestRequest(client);
    if (isSubscriptionCall(request)) {
        const auto call = parseSubscriptionCall(request, {});
        if (const auto *refused = std::get_if<RestReply>(&call))
            checkReply(*refused);
        return 0;
    }
    static ServerData server;
    static V3::Calls calls(server.operations);
    server.clear();
    checkReply(calls.handle(request, { QStringLiteral("fuzz"), QStringLiteral("IS1"), {} }));
    return 0;
}
