#include "TwilioSync/protocol/servermessage.h"

#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/jsonmembers.h"
#include "TwilioSync/protocol/literalname.h"

#include <limits>
#include <string_view>

namespace Twilio::Protocol {
namespace {

using namespace Qt::StringLiterals;

// A day; whoever asks for more is treated as if it had asked for this.
constexpr qint64 longestWaitMs = 86'400'000;

std::string_view textOf(QByteArrayView text) { return { text.data(), std::size_t(text.size()) }; }

Method methodOf(std::string_view text)
{
    if (isName(text, "\"notification\""))
        return Method::Notification;
    if (isName(text, "\"reply\""))
        return Method::Reply;
    if (isName(text, "\"ping\""))
        return Method::Ping;
    if (isName(text, "\"client_update\""))
        return Method::ClientUpdate;
    if (isName(text, "\"close\""))
        return Method::Close;
    return Method::Unknown;
}

QByteArrayView unquoted(JsonSlice slice)
{
    return slice.isString() ? slice.text().sliced(1).chopped(1) : QByteArrayView();
}

struct Header
{
    ServerMessage message;
    JsonSlice method;
    JsonSlice messageType;
    JsonSlice payloadSize;

    // Where the value of the member called \a name goes; null if it is not needed.
    JsonSlice *member(std::string_view name)
    {
        if (isName(name, "id"))
            return &message.id;
        if (isName(name, "method"))
            return &method;
        if (isName(name, "payload_size"))
            return &payloadSize;
        if (isName(name, "message_type"))
            return &messageType;
        if (isName(name, "status"))
            return &message.status;
        if (isName(name, "http_status"))
            return &message.httpStatus;
        if (isName(name, "http_headers"))
            return &message.httpHeaders;
        if (isName(name, "continuation_token"))
            return &message.continuationToken;
        if (isName(name, "capabilities"))
            return &message.capabilities;
        if (isName(name, "account_descriptor"))
            return &message.accountDescriptor;
        if (isName(name, "offline_storage"))
            return &message.offlineStorage;
        if (isName(name, "client_update_type"))
            return &message.clientUpdateType;
        return nullptr;
    }
};

int toInt(JsonSlice slice)
{
    const qint64 number = slice.toInteger().value_or(0);
    constexpr qint64 max = std::numeric_limits<int>::max();
    return number >= -max && number <= max ? int(number) : 0;
}

// The text of a string, any other scalar as it is written.
QByteArray scalarText(JsonSlice slice) { return slice.toUtf8().value_or(slice.text().toByteArray()); }

std::optional<std::chrono::milliseconds> wait(JsonSlice slice)
{
    const auto number = slice.toInteger();
    if (!number || *number < 0)
        return std::nullopt;
    return std::chrono::milliseconds(qMin(*number, longestWaitMs));
}

} // namespace

SyncResult<ServerMessage> parseServerMessage(QByteArrayView frame)
{
    const auto parts = splitFrame(frame);
    if (const auto *error = errorOf(parts))
        return *error;
    const auto [header, rest] = std::get<FrameParts>(parts);
    Header found;
    const bool isObject = header.isValidUtf8()
            && findMembers(header, [&found](QByteArrayView name) { return found.member(textOf(name)); });
    if (!isObject)
        return SyncError(u"malformed frame: the header is not a JSON object"_s);
    const auto payloadSize = found.payloadSize.toInteger();
    if (found.payloadSize.exists() && !payloadSize)
        return SyncError(u"malformed frame: payload_size is not an integer"_s);
    const auto payload = framePayload(rest, payloadSize);
    if (const auto *error = errorOf(payload))
        return *error;

    ServerMessage &message = found.message;
    message.method = methodOf(textOf(found.method.text()));
    message.messageType = unquoted(found.messageType);
    message.payload = std::get<QByteArrayView>(payload);
    if (message.id.isObject() || message.id.isArray() || message.id.isNull())
        message.id = {};
    return message;
}

int parseStatusCode(JsonSlice status) { return toInt(findJsonMember(status.text(), "code")); }

Status parseStatus(JsonSlice status)
{
    JsonSlice code;
    JsonSlice text;
    JsonSlice errorCode;
    JsonSlice description;
    if (status.isObject()) {
        visitJsonObject(status.text(), [&](QByteArrayView name, JsonSlice value) {
            if (name == "code")
                code = value;
            else if (name == "status")
                text = value;
            else if (name == "errorCode")
                errorCode = value;
            else if (name == "description")
                description = value;
        });
    }
    return Status { toInt(code), text.toString().value_or(QString()), toInt(errorCode),
                    description.toString().value_or(QString()) };
}

BackoffPolicy parseBackoffPolicy(QByteArrayView payload)
{
    const auto body = JsonObjectView::parse(payload);
    const auto policy = body ? JsonObjectView::parse(body->value("backoff_policy").text()) : std::nullopt;
    if (!policy)
        return {};
    return BackoffPolicy { wait(policy->value("reconnect_min_ms")), wait(policy->value("reconnect_max_ms")) };
}

RestReply parseRestReply(const ServerMessage &message)
{
    RestReply reply;
    reply.status = message.httpStatus.exists() ? parseStatusCode(message.httpStatus) : 200;
    reply.body = message.payload.toByteArray();
    if (reply.isSuccess())
        return reply;
    if (const auto headers = JsonObjectView::parse(message.httpHeaders.text())) {
        for (const auto &[name, value] : headers->members()) {
            if (const auto values = value.isArray() ? parseJsonArray(value.text()) : std::nullopt) {
                for (const JsonSlice &one : *values)
                    reply.headers.emplace_back(name.toLower(), scalarText(one));
            } else {
                reply.headers.emplace_back(name.toLower(), scalarText(value));
            }
        }
    }
    return reply;
}

SyncError errorFromStatus(const Status &status, QLatin1StringView fallback, bool terminal)
{
    const QString message = !status.description.isEmpty() ? status.description
            : !status.text.isEmpty()                      ? status.text
                                                          : QString(fallback);
    return SyncError(message, status.code, status.errorCode, terminal);
}

} // namespace Twilio::Protocol
