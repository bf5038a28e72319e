#include "TwilioSync/transport/twilsockchannel_p.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/clientmessage.h"
#include "TwilioSync/protocol/hex.h"

#include <algorithm>
#include <charconv>

namespace Twilio {

using namespace Qt::StringLiterals;
using namespace Protocol;

namespace {

// protocol.md 11.1
constexpr int updateForbiddenCode = 51232;

SyncError errorOf(const Status &status, bool terminal = false)
{
    return errorFromStatus(status, "no reason given"_L1, terminal);
}

QString text(const std::optional<JsonObjectView> &object, QByteArrayView name)
{
    return object ? object->value(name).toString().value_or(QString()) : QString();
}

} // namespace

void TwilsockChannelPrivate::handleFrame(const QByteArray &frame)
{
    m_lastHeard = options.clock();
    m_counters.bytesReceived += frame.size();
    if (state != ChannelState::Initializing && !isSessionUp(state))
        return; // we are hanging up
    const auto parsed = parseServerMessage(frame);
    if (const auto *error = std::get_if<SyncError>(&parsed)) {
        qCWarning(lcChannel) << "frame of" << frame.size() << "bytes dropped:" << error->message();
        return;
    }
    const auto &message = std::get<ServerMessage>(parsed);
    if (message.method != Method::Reply && message.id.exists())
        send(encodeAcknowledgement(message.id));

    switch (message.method) {
    case Method::Notification:
        Q_EMIT q->notificationReceived({ frame, message.messageType, message.payload });
        break;
    case Method::Reply:
        handleReply(message);
        break;
    case Method::ClientUpdate:
        if (message.clientUpdateType.text() == "\"token_about_to_expire\"")
            Q_EMIT q->tokenAboutToExpire();
        break;
    case Method::Close:
        handleClose(message);
        break;
    case Method::Ping:
    case Method::Unknown:
        break;
    }
}

void TwilsockChannelPrivate::handleReply(const ServerMessage &message)
{
    const auto number = numberOf(message.id);
    const int code = parseStatusCode(message.status);
    if (!number || code == 0) {
        qCWarning(lcChannel) << "reply dropped:" << (number ? "no status" : "not the id of anything we sent");
        return;
    }
    if (*number == m_initNumber) {
        handleInitReply(message, parseStatus(message.status));
        return;
    }
    if (!m_updates.empty() && m_updates.front().number == *number) {
        handleUpdateReply(parseStatus(message.status), parseBackoffPolicy(message.payload));
        return;
    }
    const auto done = m_requests.takeAnswered(*number, m_counters.roundTrips);
    if (!done) {
        qCDebug(lcChannel) << "late reply to" << *number << "ignored";
        return;
    }
    if (isSuccess(code)) {
        m_throttling.progressed();
        (*done)(parseRestReply(message));
        return;
    }
    // Other refusals are this request's business, the connection goes on (protocol.md 16, number 38).
    if (code == 429)
        post({ .input = ChannelInput::TooManyRequests, .policy = parseBackoffPolicy(message.payload) });
    (*done)(errorOf(parseStatus(message.status)));
}

// protocol.md 5.2
void TwilsockChannelPrivate::handleInitReply(const ServerMessage &message, const Status &status)
{
    if (state != ChannelState::Initializing)
        return;
    if (status.isSuccess()) {
        m_continuationToken = message.continuationToken.isString()
                ? message.continuationToken.text().toByteArray()
                : QByteArray();
        const auto descriptor = JsonObjectView::parse(message.accountDescriptor.text());
        const auto instances =
                descriptor ? JsonObjectView::parse(descriptor->value("instance_sids").text()) : std::nullopt;
        const auto storages = JsonObjectView::parse(message.offlineStorage.text());
        const auto storage =
                storages ? JsonObjectView::parse(storages->value("data_sync").text()) : std::nullopt;
        account = { text(descriptor, "account_sid"), text(instances, "data_sync"),
                    text(descriptor, "identity"), text(storage, "storage_id").toUtf8() };
        post({ .input = ChannelInput::InitAccepted });
    } else if (status.code == 401 || status.code == 403) {
        post({ .input = ChannelInput::TokenRefused,
               .error = errorOf(status, true),
               .tokenExpired = status.errorCode == tokenExpiredCode,
               .sayGoodbye = true });
    } else {
        post({ .input = status.code == 429 ? ChannelInput::TooManyRequests : ChannelInput::Reconnect,
               .error = errorOf(status),
               .policy = parseBackoffPolicy(message.payload),
               .sayGoodbye = status.code != 500 });
    }
}

// protocol.md 5.3
void TwilsockChannelPrivate::handleClose(const ServerMessage &message)
{
    const Status status = parseStatus(message.status);
    const bool isExpired = status.code == 410;
    const bool isForbidden = status.code == 308 && status.errorCode == updateForbiddenCode;
    if (isExpired || isForbidden || status.code == 401)
        post({ .input = ChannelInput::TokenRefused,
               .error = errorOf(status, true),
               .tokenExpired = isExpired });
    else if (status.code == 406 || status.code == 417)
        post({ .input = ChannelInput::Unusable, .error = errorOf(status, true) });
    else
        post({ .input = ChannelInput::Reconnect,
               .error = errorOf(status),
               .policy = parseBackoffPolicy(message.payload) });
}

// TM and 32 hex digits, as the service's own: 16 for the channel, 16 for the message.
QByteArray TwilsockChannelPrivate::idOf(quint64 number) const
{
    QByteArray id(m_idPrefix.size() + 16, Qt::Uninitialized);
    std::copy(m_idPrefix.cbegin(), m_idPrefix.cend(), id.data());
    putHex(id.data() + m_idPrefix.size(), 16, number);
    return id;
}

std::optional<quint64> TwilsockChannelPrivate::numberOf(JsonSlice id) const
{
    const QByteArrayView text = id.text();
    if (text.size() != m_idPrefix.size() + 18 || !text.sliced(1).startsWith(m_idPrefix))
        return std::nullopt;
    quint64 number = 0;
    const char *const end = text.data() + text.size() - 1;
    const auto [rest, error] = std::from_chars(end - 16, end, number, 16);
    return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

} // namespace Twilio
