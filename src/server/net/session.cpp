#include "server/net/session.h"

#include "server/dialects/v3/bodies.h"
#include "server/http/httpmessage.h"
#include "server/net/connection.h"
#include "server/net/credentials.h"
#include "server/net/hub.h"
#include "server/operations/errors.h"
#include "TwilioSync/core/logging.h"

#include <QtCore/qdatetime.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Twilio::Server {
namespace {

using Protocol::JsonObjectView;
using Protocol::JsonSlice;

// Timers count milliseconds in 31 bits; a token that lives longer is looked at again.
constexpr std::chrono::milliseconds longestWait = 24h * 7;

QByteArray upperStatusText(int status) { return httpStatusText(status).toUpper().replace(' ', '_'); }

QByteArray initRegistrations(const JsonSlice &registrations)
{
    QByteArray json;
    const auto array = Protocol::parseJsonArray(registrations.text());
    if (!array)
        return json;
    for (const JsonSlice &each : *array) {
        const auto registration = JsonObjectView::parse(each.text());
        if (!registration)
            continue;
        const auto member = [&](QByteArrayView name, QByteArrayView otherwise) {
            const JsonSlice value = registration->value(name);
            return Protocol::compactJson(value.exists() ? value.text() : otherwise);
        };
        if (!json.isEmpty())
            json += ',';
        json += "{\"notification_ctx_id\":\"" + randomId("") + "\",\"type\":" + member("type", "\"ers\"")
                + ",\"product\":" + member("product", "\"data_sync\"")
                + ",\"message_types\":" + member("message_types", "[]") + '}';
    }
    return json;
}

} // namespace

Session::Session(Hub &hub, const Credentials &credentials, Connection *connection)
    : m_hub(hub)
    , m_credentials(credentials)
    , m_connection(connection)
    , m_subscriptions(hub, *this)
    , m_awaited(this, [this] { goOn(); })
{
    m_connection->setParent(this);
    connect(m_connection, &Connection::received, this, &Session::onMessage);
    connect(m_connection, &Connection::receivedText, this,
            [this] { reject(u"a text message instead of a binary one"_s); });
    connect(m_connection, &Connection::drained, this, &Session::goOn);
    connect(m_connection, &Connection::closed, this, [this] {
        m_over = true;
        m_hub.drop(this);
        Q_EMIT ended();
    });

    m_initTimer.setSingleShot(true);
    connect(&m_initTimer, &QTimer::timeout, this, [this] { m_connection->abort("no init in time"); });
    m_initTimer.start(m_hub.options().initTimeout);
    connect(&m_pingTimer, &QTimer::timeout, this, [this] {
        // One that is not read from shows that it lives by reading.
        if (m_connection->isReadingPaused() && m_connection->lastTaken() > m_pingedAt)
            m_silentPings = 0;
        m_pingedAt = m_hub.now();
        if (++m_silentPings > m_hub.options().unansweredPings)
            m_connection->abort("no sign of life after " + QByteArray::number(m_hub.options().unansweredPings)
                                + " pings");
        else
            ping();
    });
    for (QTimer *timer : { &m_warningTimer, &m_expiryTimer }) {
        timer->setSingleShot(true);
        timer->setTimerType(Qt::PreciseTimer);
    }
    connect(&m_warningTimer, &QTimer::timeout, this, &Session::warnOfExpiry);
}

Session::~Session() { m_hub.drop(this); }

void Session::onMessage(const QByteArray &message)
{
    Counters &counters = m_hub.counters();
    ++counters.framesIn;
    counters.bytesIn += message.size();
    m_silentPings = 0;
    const auto parsed = parseClientFrame(message);
    onFrame(parsed);
    // Others get their turn; and nothing is made faster than it is read.
    if (++m_messagesThisTurn < m_hub.options().messagesATurn
        && m_deliveriesThisTurn < m_hub.options().deliveriesATurn && !mustWait())
        return;
    m_connection->setReadingPaused(true);
    QMetaObject::invokeMethod(this, &Session::goOn, Qt::QueuedConnection);
}

bool Session::mustWait()
{
    return m_awaited.areBehind() || m_connection->buffered() >= m_hub.options().outputShare();
}

void Session::waitFor(Connection &reader)
{
    if (&reader != m_connection)
        m_awaited.add(reader);
}

void Session::goOn()
{
    m_subscriptions.goOn();
    if (m_over || !m_connection->isReadingPaused())
        return;
    if (mustWait()) {
        m_connection->notifyWhenDrained();
        return;
    }
    m_messagesThisTurn = 0;
    m_deliveriesThisTurn = 0;
    m_connection->setReadingPaused(false);
}

void Session::onFrame(const SyncResult<ClientFrame> &parsed)
{
    if (m_over)
        return;
    if (const auto *error = errorOf(parsed)) {
        reject(error->message());
        return;
    }
    const auto &frame = std::get<ClientFrame>(parsed);
    qCDebug(lcServer) << "connection" << m_connection->number() << "received" << frame.method << frame.id
                      << frame.payload.size() << "bytes of payload";
    if (frame.method == "init") {
        onInit(frame);
    } else if (frame.method == "reply") {
        ++m_acknowledgements;
    } else if (frame.method == "close") {
        m_over = true;
        m_hub.drop(this);
        m_connection->closeAfterSending(0ms);
    } else if (frame.method == "telemetry.v1") {
        // Not confirmed at init, and nobody waits for an answer.
    } else if (frame.method == "ping") {
        m_connection->send(FrameKind::Reply, replyFrame(frame.id, {}));
    } else if (!m_claims) {
        m_connection->send(
                FrameKind::Reply,
                replyFrame(frame.id, { 401, "UNAUTHORIZED", 51208, "Session is not initialized" }));
    } else if (frame.method == "update") {
        onUpdate(frame);
    } else if (frame.method == "message") {
        onCall(frame);
    } else if (frame.method == "put_notification_ctx" || frame.method == "delete_notification_ctx") {
        m_connection->send(FrameKind::Reply, replyFrame(frame.id, {}));
    } else {
        reject(u"unknown method "_s + QString::fromUtf8(frame.method));
    }
}

void Session::reject(const QString &why)
{
    if (m_over)
        return;
    ++m_hub.counters().rejected;
    qCWarning(lcServer, "connection %lld refused: %s", m_connection->number(), qUtf8Printable(why));
    sayClose({ 406, "NOT_ACCEPTABLE_MESSAGE", 51214, "Not acceptable message" });
}

void Session::refuseToken(const QByteArray &id, const TokenRefusal &refusal)
{
    qCInfo(lcServer, "connection %lld: token refused: %s", m_connection->number(),
           refusal.description.constData());
    m_connection->send(FrameKind::Reply,
                       replyFrame(id, { 401, "UNAUTHORIZED", refusal.errorCode, refusal.description }));
}

void Session::throttle(const QByteArray &id, const AnswerInstead &answer)
{
    const QByteArray text = upperStatusText(answer.status);
    m_connection->send(FrameKind::Reply,
                       replyFrame(id, { answer.status, text, answer.code, answer.message }, {},
                                  backoffPayload(answer.backoff)));
}

void Session::onInit(const ClientFrame &frame)
{
    const auto checked = m_credentials.check(frame.header.value("token").toString().value_or(QString()));
    const auto *claims = std::get_if<TokenClaims>(&checked);
    const HookedCall call { "INIT", {}, claims ? claims->identity : QString() };
    if (const auto answer = m_hub.hooks().takeAnswer(Hooks::Stage::Init, call)) {
        throttle(frame.id, *answer);
        return;
    }
    if (const auto *refusal = std::get_if<TokenRefusal>(&checked)) {
        refuseToken(frame.id, *refusal);
        m_over = true;
        m_connection->closeAfterSending(m_hub.options().closeGrace);
        return;
    }
    // A second init on a live connection starts over: what it was subscribed to may not be its own any more.
    if (m_claims && (m_claims->identity != claims->identity || m_claims->serviceSid != claims->serviceSid)) {
        m_subscriptions.forgetQueued();
        m_hub.drop(this);
    }
    m_claims = *claims;
    m_hub.services().use(claims->serviceSid);
    m_connection->setIdentity(claims->identity);
    m_connection->send(FrameKind::Reply, replyFrame(frame.id, {}, initReplyFields(frame)));
    m_hub.welcome(this);
    ++m_hub.counters().inits;
    m_initTimer.stop();
    if (m_hub.options().pingInterval.count() > 0)
        m_pingTimer.start(m_hub.options().pingInterval);
    armToken();
    qCInfo(lcServer) << "connection" << m_connection->number() << "is" << claims->identity << "of"
                     << claims->serviceSid;
}

QByteArray Session::initReplyFields(const ClientFrame &frame)
{
    QList<QByteArray> confirmed;
    if (const auto asked = Protocol::parseJsonArray(frame.header.value("capabilities").text())) {
        for (const char *const name : { "client_update", "offline_storage", "account_descriptor" }) {
            const QByteArray known = name;
            for (const JsonSlice &capability : *asked) {
                if (capability.toUtf8() == known && !confirmed.contains(known))
                    confirmed.append(known);
            }
        }
    }
    QByteArray fields = ",\"capabilities\":[";
    for (qsizetype i = 0; i < confirmed.size(); ++i)
        fields += QByteArray(i > 0 ? "," : "") + '"' + confirmed[i] + '"';
    fields += ']';
    const auto [members, endpoint] = m_credentials.continuation(
            frame.header.value("continuation_token").toUtf8().value_or(QByteArray()), *m_claims);
    fields += members;
    m_endpoint = endpoint;
    fields += ",\"init_registrations\":[" + initRegistrations(frame.header.value("registrations")) + ']';
    if (confirmed.contains("offline_storage"))
        fields += ",\"offline_storage\":{\"data_sync\":{\"storage_id\":\""
                + m_credentials.storageId(*m_claims) + "\"}}";
    if (confirmed.contains("account_descriptor"))
        fields += ",\"account_descriptor\":{\"account_sid\":" + Protocol::quoteJson(m_claims->accountSid)
                + ",\"instance_sids\":{\"data_sync\":" + Protocol::quoteJson(m_claims->serviceSid)
                + "},\"identity\":" + Protocol::quoteJson(m_claims->identity) + '}';
    return fields;
}

void Session::onUpdate(const ClientFrame &frame)
{
    const HookedCall call { "UPDATE", {}, m_claims->identity };
    if (const auto answer = m_hub.hooks().takeAnswer(Hooks::Stage::Update, call)) {
        throttle(frame.id, *answer);
        return;
    }
    const auto checked = m_credentials.check(frame.header.value("token").toString().value_or(QString()));
    if (const auto *refusal = std::get_if<TokenRefusal>(&checked)) {
        refuseToken(frame.id, *refusal);
        return;
    }
    const auto &claims = std::get<TokenClaims>(checked);
    const bool otherInstance = claims.serviceSid != m_claims->serviceSid;
    if (otherInstance || claims.identity != m_claims->identity) {
        refuseToken(
                frame.id,
                { 51215, "Can't update token, new token was issued for other identity/instance/product." });
        // Both SDKs leave when they read the reply. One that stays is shown out (protocol.md 5.3), but later:
        // JS would see a close frame right behind the reply first, and come back with the other token.
        if (otherInstance)
            QTimer::singleShot(m_hub.options().closeGrace, this, [this] {
                sayClose({ 308, "UPDATE_IS_FORBIDDEN", 51232,
                           "Token from update is unauthorised or different from initial" });
            });
        return;
    }
    m_claims->expiresAtMs = claims.expiresAtMs;
    m_connection->send(FrameKind::Reply, replyFrame(frame.id, {}));
    armToken();
}

void Session::armToken()
{
    const auto left = std::chrono::milliseconds(
            std::max<qint64>(0, m_claims->expiresAtMs - QDateTime::currentMSecsSinceEpoch()));
    m_expiryTimer.disconnect(this);
    if (left > longestWait) {
        m_warningTimer.stop();
        connect(&m_expiryTimer, &QTimer::timeout, this, &Session::armToken);
        m_expiryTimer.start(longestWait - m_hub.options().expiryWarning);
        return;
    }
    // A little later than at once: the init reply goes first.
    m_warningTimer.start(std::max<std::chrono::milliseconds>(10ms, left - m_hub.options().expiryWarning));
    connect(&m_expiryTimer, &QTimer::timeout, this, &Session::expire);
    m_expiryTimer.start(left);
}

Caller Session::caller() const
{
    return { m_claims->identity, m_claims->serviceSid, m_claims->accountSid, false, {}, m_endpoint };
}

void Session::onCall(const ClientFrame &frame)
{
    ++m_hub.counters().requests;
    const RestRequest request = parseRestRequest(frame);
    const HookedCall call { request.method, request.path, m_claims->identity };
    Hooks &hooks = m_hub.hooks();
    if (const auto answer = hooks.takeAnswer(Hooks::Stage::Transport, call)) {
        throttle(frame.id, *answer);
        return;
    }
    RestReply reply;
    std::optional<SubscriptionCall> subscriptionCall;
    if (const auto answer = hooks.takeAnswer(Hooks::Stage::Http, call)) {
        reply = V3::errorReply(SyncError(QString::fromUtf8(answer->message), answer->status, answer->code));
        if (answer->retryAfter)
            reply.headers.append({ "retry-after", QByteArray::number(*answer->retryAfter) });
    } else if (auto tooMany = limited(request)) {
        reply = std::move(*tooMany);
    } else if (isSubscriptionCall(request)) {
        auto parsed = parseSubscriptionCall(request, m_hub.options());
        if (auto *refused = std::get_if<RestReply>(&parsed)) {
            reply = std::move(*refused);
        } else {
            subscriptionCall = std::get<SubscriptionCall>(std::move(parsed));
            reply = subscriptionReply(m_hub.options());
        }
    } else {
        reply = m_hub.handle(request, caller());
    }
    ++m_hub.counters().byStatus[reply.status];
    const Hooks::Loss loss = hooks.takeLoss(call);
    if (loss == Hooks::Loss::None)
        m_connection->send(FrameKind::Reply,
                           restReplyFrame(frame.id, reply, headerValue(request, "twilio-request-id")));
    // The reply goes first, then the events of the change, then what a new subscriber has missed.
    m_hub.releaseEvents(this);
    if (subscriptionCall)
        m_subscriptions.apply(*subscriptionCall);
    if (loss == Hooks::Loss::Connection)
        m_connection->abort({});
}

std::optional<RestReply> Session::limited(const RestRequest &request)
{
    if (!m_hub.options().enforceRateLimits)
        return std::nullopt;
    auto wait = m_requests.take(1, m_hub.now());
    if (!wait)
        wait = m_hub.rateLimiter().take(m_claims->serviceSid, m_claims->identity, request, m_hub.now());
    if (!wait)
        return std::nullopt;
    RestReply reply = V3::errorReply(Errors::rateLimited());
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait);
    reply.headers.append({ "retry-after", QByteArray::number(seconds.count()) });
    return reply;
}

void Session::sendEvent(const QByteArray &frame) { m_connection->send(FrameKind::Event, frame); }

void Session::ping()
{
    ++m_pingsSent;
    m_connection->send(FrameKind::Control, pingFrame());
}

void Session::warnOfExpiry()
{
    const qint64 left = m_claims ? m_claims->expiresAtMs - QDateTime::currentMSecsSinceEpoch() : 0;
    m_connection->send(FrameKind::Control, tokenAboutToExpireFrame(std::max<qint64>(0, left)));
}

void Session::expire()
{
    qCInfo(lcServer, "connection %lld: token expired", m_connection->number());
    sayClose({ 410, "TOKEN_EXPIRED", 51207, "Token expired" });
}

void Session::sayClose(const FrameStatus &status, const std::optional<BackoffPolicy> &backoff)
{
    if (m_over)
        return;
    m_over = true;
    m_connection->send(FrameKind::Control, closeFrame(status, backoff));
    m_connection->closeAfterSending(m_hub.options().closeGrace);
    m_hub.drop(this);
    for (QTimer *timer : { &m_initTimer, &m_pingTimer, &m_warningTimer, &m_expiryTimer })
        timer->stop();
}

} // namespace Twilio::Server
