#include "server/testing/control.h"

#include "server/data/kinds.h"
#include "server/data/service.h"
#include "server/net/connection.h"
#include "server/net/figures.h"
#include "server/net/gateway.h"
#include "server/net/session.h"
#include "server/operations/seeder.h"
#include "server/testing/burst.h"
#include "server/testing/faultinjector.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>

#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

QByteArray jsonText(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

QJsonObject failure(const QString &message) { return { { u"error"_s, message } }; }

SessionFilter filterOf(const QJsonObject &body)
{
    SessionFilter filter;
    if (body.contains("identity"_L1))
        filter.identity = body.value("identity"_L1).toString();
    if (body.contains("conn"_L1))
        filter.connection = body.value("conn"_L1).toInteger();
    return filter;
}

FaultTarget targetOf(const QJsonObject &body)
{
    return { body.value("method"_L1).toString().toUtf8().toUpper(), body.value("path"_L1).toString().toUtf8(),
             body.value("identity"_L1).toString() };
}

std::optional<BackoffPolicy> backoffOf(const QJsonObject &body)
{
    if (!body.value("backoff"_L1).isObject())
        return std::nullopt;
    const QJsonObject policy = body.value("backoff"_L1).toObject();
    BackoffPolicy backoff;
    backoff.minMs = policy.value("reconnect_min_ms"_L1).toInteger(backoff.minMs);
    backoff.maxMs = policy.value("reconnect_max_ms"_L1).toInteger(backoff.maxMs);
    return backoff;
}

std::optional<Hooks::Stage> stageOf(const QString &name)
{
    using Stage = Hooks::Stage;
    static const std::array stages {
        std::pair { "http"_L1, Stage::Http },
        std::pair { "transport"_L1, Stage::Transport },
        std::pair { "init"_L1, Stage::Init },
        std::pair { "update"_L1, Stage::Update },
    };
    for (const auto &[text, stage] : stages) {
        if (name == text)
            return stage;
    }
    return std::nullopt;
}

// What throttle and fail have in common.
AnswerFault answerFault(const QJsonObject &body, Hooks::Stage stage, AnswerInstead defaults)
{
    defaults.status = body.value("status"_L1).toInt(defaults.status);
    defaults.code = body.value("code"_L1).toInt(defaults.code);
    if (body.contains("message"_L1))
        defaults.message = body.value("message"_L1).toString().toUtf8();
    if (body.value("retryAfter"_L1).isDouble())
        defaults.retryAfter = body.value("retryAfter"_L1).toInteger();
    defaults.backoff = backoffOf(body);
    return { stage, body.value("count"_L1).toInt(1), defaults, targetOf(body) };
}

// What a number in a request may be, by its name.
struct NumberBounds
{
    QLatin1StringView name;
    qint64 least;
    qint64 most;
};

constexpr qint64 longestMs = 3'600'000;
constexpr std::array numberBounds {
    NumberBounds { "count"_L1, 0, 2'000'000 },
    NumberBounds { "bytes"_L1, 0, 16'384 },
    NumberBounds { "after"_L1, 0, 1'000'000 },
    NumberBounds { "status"_L1, 100, 599 },
    NumberBounds { "code"_L1, 0, 999'999 },
    NumberBounds { "errorCode"_L1, 0, 999'999 },
    NumberBounds { "retryAfter"_L1, 0, 86'400 },
    NumberBounds { "ms"_L1, 0, longestMs },
    NumberBounds { "windowMs"_L1, 0, longestMs },
    NumberBounds { "downMs"_L1, 0, longestMs },
    NumberBounds { "waitMs"_L1, 0, longestMs },
    NumberBounds { "reconnect_min_ms"_L1, 0, longestMs },
    NumberBounds { "reconnect_max_ms"_L1, 0, longestMs },
    NumberBounds { "conn"_L1, 0, Q_INT64_C(1) << 53 },
};

// The first number of \a body, or of an object in it, that is none or out of bounds.
std::optional<QString> wrongNumber(const QJsonObject &body)
{
    for (const auto &[name, least, most] : numberBounds) {
        const QJsonValue value = body.value(name);
        const bool isText = name == "status"_L1 && value.isString(); // of a close frame
        if (value.isUndefined() || value.isNull() || isText)
            continue;
        const double number = value.toDouble(-1);
        if (!value.isDouble() || number != std::floor(number) || number < double(least)
            || number > double(most))
            return u"%1: expected a whole number from %2 to %3"_s.arg(name).arg(least).arg(most);
    }
    const QJsonValue backoff = body.value("backoff"_L1);
    return backoff.isObject() ? wrongNumber(backoff.toObject()) : std::nullopt;
}

int acknowledgements(const QList<Session *> &sessions)
{
    int sum = 0;
    for (const Session *session : sessions)
        sum += session->acknowledgements();
    return sum;
}

QList<Session *> initialized(QList<Session *> sessions)
{
    sessions.removeIf([](const Session *session) { return !session->isInitialized(); });
    return sessions;
}

} // namespace

Control::Action Control::actionOf(const QByteArray &name)
{
    static const QHash<QByteArray, Action> actions {
        { "kick", &Control::kick },
        { "kill-all", &Control::kick },
        { "throttle", &Control::throttle },
        { "fail", &Control::fail },
        { "drop-next-reply", &Control::dropNextReply },
        { "delay", &Control::delay },
        { "duplicate-events", &Control::duplicateEvents },
        { "reorder", &Control::reorder },
        { "interrupt-replay", &Control::interruptReplay },
        { "restart", &Control::restart },
        { "token-about-to-expire", &Control::tokenAboutToExpire },
        { "token-expired", &Control::tokenExpired },
        { "ping", &Control::ping },
        { "garbage", &Control::garbage },
        { "revoke", &Control::revoke },
        { "publish-burst", &Control::publishBurst },
        { "seed", &Control::seed },
        { "stats", &Control::stats },
        { "clear-faults", &Control::clearFaults },
        { "reset", &Control::reset },
    };
    return actions.value(name, nullptr);
}

Control::Control(FaultInjector &injector) : m_injector(injector), m_gateway(injector.gateway()) { }

void Control::addRoutes(Router &router)
{
    router.add("POST", "/_control/{name}",
               [this](const HttpRequest &request, const QList<QByteArray> &variables,
                      const HttpAnswer &answer) { handle(variables.first(), request, answer); });
    router.add("GET", "/_control/stats",
               [this](const HttpRequest &request, const QList<QByteArray> &, const HttpAnswer &answer) {
                   handle("stats", request, answer);
               });
}

void Control::handle(const QByteArray &name, const HttpRequest &request, const HttpAnswer &answer)
{
    const Action action = actionOf(name);
    if (!action) {
        answer({ 404, jsonText(failure(u"unknown control"_s)) });
        return;
    }
    QJsonObject arguments;
    if (!request.body.trimmed().isEmpty()) {
        const QJsonDocument document = QJsonDocument::fromJson(request.body);
        if (!document.isObject()) {
            answer({ 400, "{\"ok\":false,\"error\":\"the body is not a JSON object\"}" });
            return;
        }
        arguments = document.object();
    }
    if (const auto wrong = wrongNumber(arguments)) {
        answer({ 400, jsonText({ { u"ok"_s, false }, { u"error"_s, *wrong } }) });
        return;
    }
    if (name == "kill-all")
        arguments = {};
    (this->*action)(arguments, [answer](QJsonObject result) {
        const bool ok = !result.contains("error"_L1);
        result.insert("ok"_L1, ok);
        answer({ ok ? 200 : 400, jsonText(result) });
    });
}

void Control::kick(const QJsonObject &body, const Answer &answer)
{
    answer({ { u"kicked"_s, m_gateway.kick(filterOf(body)) } });
}

void Control::throttle(const QJsonObject &body, const Answer &answer)
{
    const auto stage = stageOf(body.value("scope"_L1).toString(u"http"_s));
    if (!stage) {
        answer(failure(u"scope: expected http, transport, init or update"_s));
        return;
    }
    AnswerInstead defaults;
    if (*stage != Hooks::Stage::Http) {
        defaults.code = 51202;
        defaults.message = "Too many requests";
    }
    m_injector.faults().add(answerFault(body, *stage, defaults));
    answer({});
}

void Control::fail(const QJsonObject &body, const Answer &answer)
{
    AnswerInstead defaults;
    defaults.status = 503;
    defaults.code = 20503;
    defaults.message = "Service Unavailable";
    m_injector.faults().add(answerFault(body, Hooks::Stage::Http, defaults));
    answer({});
}

void Control::dropNextReply(const QJsonObject &body, const Answer &answer)
{
    m_injector.faults().add(
            DropFault { body.value("count"_L1).toInt(1), body.value("close"_L1).toBool(), targetOf(body) });
    answer({});
}

void Control::delay(const QJsonObject &body, const Answer &answer)
{
    DelayFault fault;
    fault.delay = std::chrono::milliseconds(body.value("ms"_L1).toInteger());
    fault.identity = body.value("identity"_L1).toString();
    const QString scope = body.value("scope"_L1).toString(u"all"_s);
    if (scope == "reply"_L1)
        fault.kind = FrameKind::Reply;
    else if (scope == "event"_L1)
        fault.kind = FrameKind::Event;
    else if (scope == "control"_L1)
        fault.kind = FrameKind::Control;
    else if (scope != "all"_L1) {
        answer(failure(u"scope: expected all, reply, event or control"_s));
        return;
    }
    m_injector.faults().setDelay(fault);
    answer({});
}

void Control::duplicateEvents(const QJsonObject &body, const Answer &answer)
{
    m_injector.faults().setDuplicate(body.value("count"_L1).toInt(1));
    answer({});
}

void Control::reorder(const QJsonObject &body, const Answer &answer)
{
    m_injector.faults().setReorder({ body.value("count"_L1).toInt(1),
                                     std::chrono::milliseconds(body.value("windowMs"_L1).toInteger(50)) });
    answer({});
}

void Control::interruptReplay(const QJsonObject &body, const Answer &answer)
{
    m_injector.faults().setInterrupt(
            { body.value("count"_L1).toInt(1), qsizetype(body.value("after"_L1).toInteger(1)) });
    answer({});
}

void Control::restart(const QJsonObject &body, const Answer &answer)
{
    const bool crash = body.value("mode"_L1).toString() == "crash"_L1;
    if (const qint64 down = body.value("downMs"_L1).toInteger(); down > 0)
        m_injector.refuseFor(std::chrono::milliseconds(down));
    if (body.value("wipe"_L1).toBool())
        m_injector.wipe();
    if (crash || body.value("forget"_L1).toBool())
        m_gateway.credentials().forgetContinuations();
    const QList<Session *> chosen = m_gateway.sessions(filterOf(body));
    const FrameStatus status {
        body.value("code"_L1).toInt(308), body.value("status"_L1).toString(u"OFFLOAD"_s).toUtf8(),
        body.value("errorCode"_L1).toInt(),
        body.value("description"_L1).toString(u"Connection is being moved"_s).toUtf8()
    };
    for (Session *session : chosen) {
        if (crash)
            session->connection().abort({});
        else
            session->sayClose(status, backoffOf(body));
    }
    answer({ { u"connections"_s, chosen.size() } });
}

void Control::tokenAboutToExpire(const QJsonObject &body, const Answer &answer)
{
    const QList<Session *> chosen = initialized(m_gateway.sessions(filterOf(body)));
    for (Session *session : chosen)
        session->warnOfExpiry();
    answer({ { u"connections"_s, chosen.size() } });
}

void Control::tokenExpired(const QJsonObject &body, const Answer &answer)
{
    const QList<Session *> chosen = initialized(m_gateway.sessions(filterOf(body)));
    for (Session *session : chosen)
        session->expire();
    answer({ { u"connections"_s, chosen.size() } });
}

void Control::ping(const QJsonObject &body, const Answer &answer)
{
    const SessionFilter filter = filterOf(body);
    const QList<Session *> chosen = initialized(m_gateway.sessions(filter));
    const int before = acknowledgements(chosen);
    for (Session *session : chosen)
        session->ping();
    const auto wait = std::chrono::milliseconds(body.value("waitMs"_L1).toInteger(300));
    QTimer::singleShot(wait, this, [this, filter, before, answer, pinged = chosen.size()] {
        const int after = acknowledgements(initialized(m_gateway.sessions(filter)));
        answer({ { u"pinged"_s, pinged }, { u"acknowledged"_s, after - before } });
    });
}

void Control::garbage(const QJsonObject &body, const Answer &answer)
{
    const QByteArray bytes = body.value("text"_L1).toString(u"TWILSOCK V3.0 9\r\nnot json!\r\n"_s).toUtf8();
    const QList<Session *> chosen = m_gateway.sessions(filterOf(body));
    for (Session *session : chosen)
        session->connection().sendAtOnce({ bytes });
    answer({ { u"connections"_s, chosen.size() } });
}

void Control::revoke(const QJsonObject &body, const Answer &answer)
{
    qsizetype revoked = 0;
    for (Session *session : m_gateway.sessions(filterOf(body)))
        revoked += session->subscriptions().revoke(body.value("sid"_L1).toString().toUtf8());
    answer({ { u"revoked"_s, revoked } });
}

void Control::publishBurst(const QJsonObject &body, const Answer &answer)
{
    Burst::start(m_injector, this, body, answer);
}

void Control::seed(const QJsonObject &body, const Answer &answer)
{
    Seeder seeder(m_gateway.hub().data());
    const auto kind = kindFromName(body.value("kind"_L1).toString(u"list"_s).toUtf8());
    if (kind != ObjectKind::List && kind != ObjectKind::Map) {
        answer(failure(u"kind: expected list or map"_s));
        return;
    }
    std::optional<QString> name;
    if (body.value("uniqueName"_L1).isString())
        name = body.value("uniqueName"_L1).toString();
    const QString service = body.value("service"_L1).toString(QLatin1StringView(defaultServiceSid));
    const auto created = seeder.createCollection(service, *kind, name);
    if (const auto *error = errorOf(created)) {
        answer(failure(error->message()));
        return;
    }
    const QByteArray sid = std::get<QByteArray>(created);
    const qint64 count = body.value("count"_L1).toInteger();
    const qint64 bytes = body.value("bytes"_L1).toInteger(32);
    const QString prefix = body.value("prefix"_L1).toString(u"key"_s);
    for (qint64 i = 0; i < count; ++i) {
        const QByteArray item = "{\"n\":" + QByteArray::number(i) + ",\"pad\":\""
                + QByteArray(qMax<qint64>(0, bytes - 16), 'x') + "\"}";
        const auto put = seeder.putItem(sid, prefix + QString::number(i).rightJustified(7, u'0'), item);
        if (const auto *error = errorOf(put)) {
            answer(failure(error->message()));
            return;
        }
    }
    answer({ { u"sid"_s, QString::fromLatin1(sid) }, { u"count"_s, count } });
}

void Control::stats(const QJsonObject &, const Answer &answer)
{
    QJsonArray connections;
    for (Session *session : m_gateway.sessions())
        connections.append(QJsonObject { { u"conn"_s, session->connection().number() },
                                         { u"identity"_s, session->identity() },
                                         { u"subscriptions"_s, session->subscriptions().all().size() },
                                         { u"pings"_s, session->pingsSent() },
                                         { u"acks"_s, session->acknowledgements() },
                                         { u"buffered"_s, session->connection().buffered() } });
    QJsonObject figures = figuresOf(m_gateway);
    figures.insert("internalErrors"_L1, 0);
    figures.insert("connections"_L1, connections);
    answer(figures);
}

void Control::clearFaults(const QJsonObject &, const Answer &answer)
{
    m_injector.faults().clear();
    answer({});
}

void Control::reset(const QJsonObject &, const Answer &answer)
{
    m_injector.reset();
    answer({});
}

} // namespace Twilio::Server
