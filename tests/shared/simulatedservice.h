#pragma once

#include "server/dialects/v3/calls.h"
#include "server/dialects/v3/events.h"
#include "server/net/clientframe.h"
#include "server/net/serverframes.h"
#include "server/net/subscriptioncall.h"
#include "simulatednetwork.h"
#include "virtualtime.h"

#include <functional>
#include <optional>
#include <vector>

/*!
    \brief The service on a SimulatedNetwork: the local server's data and frames, without its sockets.

    Accepts every token. Sessions live as long as their links. Protocol: protocol.md, sections 4, 6, 8 and 9.
*/
class SimulatedService : public QObject
{
    Q_OBJECT

public:
    //! One change, in the order of the service.
    struct Change
    {
        QByteArray objectSid;
        Twilio::Server::V3::Event event;
        bool removesObject;
    };

    SimulatedService(const VirtualTime &time, SimulatedNetwork &network) : m_network(network)
    {
        data.setClock([&time, begin = time.now()] { return startOfTime + time.now() - begin; });
        connect(&data, &Twilio::Server::SyncData::changed, this,
                [this](const Twilio::Server::Change &change) {
                    changes.push_back({ change.object.sid, Twilio::Server::V3::eventOf(change),
                                        change.removesObject() });
                    if (m_inCall)
                        m_pending.push_back(change);
                    else
                        deliver(change);
                });
        network.received = [this](SimulatedLink &link, const QByteArray &frame) { receive(link, frame); };
    }

    //! A call of somebody who is not connected here.
    Twilio::Server::RestReply call(const QByteArray &method, const QByteArray &path,
                                   const QByteArray &body = {},
                                   const Twilio::Server::NameValueList &params = {})
    {
        return calls.handle({ method, path, params, {}, "cds.us1.twilio.com", body }, caller);
    }

    Twilio::Server::SyncData data;
    Twilio::Server::Operations operations { data };
    Twilio::Server::V3::Calls calls { operations };
    //! Everything that has happened.
    std::vector<Change> changes;
    //! Events replayed at a time; more are interrupted.
    qsizetype replayLimit = 1000;
    //! Asked for each call of a client; an answer is given instead of ours, and nothing is done.
    std::function<std::optional<Twilio::Server::RestReply>(const Twilio::Server::RestRequest &)> refusal;
    //! As refusal, a 429 of the gateway, which is about the whole session.
    std::function<std::optional<Twilio::Server::BackoffPolicy>()> throttle;
    //! Asked for each call that has been applied: what becomes of its reply.
    enum class Fate : quint8 { Sent, Lost, LostWithConnection };
    std::function<Fate(const SimulatedLink &, const Twilio::Server::RestRequest &)> fateOfReply;
    const Twilio::Server::Caller caller { QStringLiteral("alice"),
                                          QStringLiteral("IS00000000000000000000000000000001"),
                                          QStringLiteral("AC00000000000000000000000000000001") };

private:
    static constexpr qint64 startOfTime = 1'700'000'000'123; // 2023-11-14T22:13:20.123Z

    void receive(SimulatedLink &link, const QByteArray &message)
    {
        using namespace Twilio::Server;
        const auto parsed = parseClientFrame(message);
        const auto *frame = std::get_if<ClientFrame>(&parsed);
        if (!frame)
            qFatal("SimulatedService: cannot read %s", message.constData());
        if (frame->method == "init") {
            link.isInitialized = true;
            send(link, replyFrame(frame->id, {}, ",\"capabilities\":[],\"continuation_token\":\"c\""));
        } else if (frame->method == "message" && link.isInitialized) {
            answer(link, *frame);
        }
    }

    void answer(SimulatedLink &link, const Twilio::Server::ClientFrame &frame)
    {
        using namespace Twilio::Server;
        const RestRequest request = parseRestRequest(frame);
        const auto reply = [&](const RestReply &with) {
            send(link, restReplyFrame(frame.id, with, headerValue(request, "twilio-request-id")));
        };
        if (const auto backoff = throttle ? throttle() : std::nullopt) {
            send(link,
                 replyFrame(frame.id, { 429, "TOO_MANY_REQUESTS", 51202, "Too many requests" }, {},
                            backoffPayload(backoff)));
            return;
        }
        if (const auto refused = refusal ? refusal(request) : std::nullopt) {
            reply(*refused);
            return;
        }
        if (isSubscriptionCall(request)) {
            const auto parsed = parseSubscriptionCall(request, {});
            if (const auto *wrong = std::get_if<RestReply>(&parsed)) {
                reply(*wrong);
                return;
            }
            reply(subscriptionReply({}));
            begin(link, std::get<SubscriptionCall>(parsed));
            return;
        }
        m_inCall = true;
        const RestReply made = calls.handle(request, caller);
        m_inCall = false;
        const Fate fate = fateOfReply ? fateOfReply(link, request) : Fate::Sent;
        if (fate == Fate::Sent)
            reply(made); // then the events of it
        for (const Twilio::Server::Change &change : std::exchange(m_pending, {}))
            deliver(change);
        if (fate == Fate::LostWithConnection)
            m_network.cut(m_network.linkOf(link.client));
    }

    void begin(SimulatedLink &link, const Twilio::Server::SubscriptionCall &call)
    {
        using namespace Twilio::Server;
        for (const SubscriptionEntry &entry : call.entries) {
            const QByteArray outcome =
                    "{\"object_sid\":\"" + entry.objectSid + "\",\"object_type\":\"" + entry.objectType + '"';
            if (call.action == SubscriptionCall::Action::Cancel) {
                link.subscriptions.remove(entry.objectSid);
                send(link, outcomeFrame("subscription_canceled", outcome + '}', call.correlationId));
                continue;
            }
            const auto found =
                    operations.replay(caller, { entry.objectSid, *entry.kind }, entry.cursor, replayLimit);
            const auto *const replay = std::get_if<Replay>(&found);
            if (!replay) {
                send(link,
                     outcomeFrame(
                             "subscription_failed",
                             outcome + ",\"error\":{\"status\":404,\"code\":54150,\"message\":\"gone\"}}",
                             call.correlationId));
                continue;
            }
            // Not before it has come back for the rest, or it would miss the middle.
            if (replay->interrupted)
                link.subscriptions.remove(entry.objectSid);
            else
                link.subscriptions.insert(entry.objectSid);
            for (const V3::Event &event : V3::eventsOf(replay->changes))
                send(link, replayFrame({ event }, call.correlationId));
            send(link,
                 outcomeFrame("subscription_established",
                              outcome + ",\"replay_status\":\""
                                      + (replay->interrupted ? QByteArray("interrupted") : "completed")
                                      + "\",\"last_event_id\":" + QByteArray::number(*replay->lastEventId)
                                      + '}',
                              call.correlationId));
        }
    }

    void deliver(const Twilio::Server::Change &change)
    {
        const auto &object = change.object;
        const QByteArray frame =
                Twilio::Server::liveEventFrame(object.kind, Twilio::Server::V3::eventOf(change));
        for (const SimulatedLinkPtr &link : m_network.links()) {
            if (link->subscriptions.contains(object.sid))
                link->down.push_back({ frame, true });
            if (change.removesObject())
                link->subscriptions.remove(object.sid);
        }
    }

    static void send(SimulatedLink &link, const QByteArray &frame) { link.down.push_back({ frame, false }); }

    SimulatedNetwork &m_network;
    std::vector<Twilio::Server::Change> m_pending;
    bool m_inCall = false;
};
