// One frame of the service, as it comes from the socket: the message, what its status and headers say, the
// reply in it, what we answer.
#include "check.h"
#include "TwilioSync/protocol/clientmessage.h"
#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/protocol/restresources.h"
#include "TwilioSync/protocol/servermessage.h"

using namespace Twilio;
using namespace Twilio::Protocol;

namespace {

void checkWithin(QByteArrayView part, QByteArrayView whole)
{
    check(part.isEmpty()
          || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void checkReplyOf(const ServerMessage &message)
{
    const RestReply reply = parseRestReply(message);
    const SyncResult<RestReply> result = reply;
    const ReplyVerdict verdict = verdictOf(result);
    check((verdict == ReplyVerdict::Success) == (reply.status >= 200 && reply.status < 300));
    check(retryAfterOf(result).value_or(std::chrono::milliseconds(0)).count() >= 0);
    if (verdict != ReplyVerdict::Success)
        check(!errorOfReply(reply).isNull());
    (void)parseMessageSid(reply.body);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArrayView frame(bytes, qsizetype(size));
    const auto parsed = parseServerMessage(frame);
    if (Twilio::errorOf(parsed))
        return 0;
    const auto &message = std::get<ServerMessage>(parsed);
    for (const JsonSlice &part :
         { message.id, message.status, message.httpStatus, message.httpHeaders, message.continuationToken,
           message.capabilities, message.accountDescriptor, message.clientUpdateType })
        checkWithin(part.text(), frame);
    checkWithin(message.messageType, frame);
    checkWithin(message.payload, frame);

    const Status status = parseStatus(message.status);
    check(status.code != 0 || !status.isSuccess());
    if (!status.isSuccess())
        check(!errorFromStatus(status, QLatin1StringView("none")).isNull());
    const BackoffPolicy policy = parseBackoffPolicy(message.payload);
    check(policy.min.value_or(std::chrono::milliseconds(0)).count() >= 0);
    check(policy.max.value_or(std::chrono::milliseconds(0)).count() >= 0);
    checkReplyOf(message);

    // The service must be able to read what we acknowledge with.
    if (message.id.exists()) {
        const QByteArray answer = encodeAcknowledgement(message.id);
        const auto again = parseServerMessage(answer);
        check(!Twilio::errorOf(again));
        check(std::get<ServerMessage>(again).method == Method::Reply);
        check(std::get<ServerMessage>(again).id.text() == message.id.text());
    }
    return 0;
}
