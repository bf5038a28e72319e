#pragma once

#include "eventually.h"
#include "TwilioSync/subscriptions/subscriptionregistry.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qstringlist.h>
#include <QtTest/qtest.h>

#include <functional>
#include <utility>

//! A remote object that writes down what it is told.
class LoggingSubscriber : public Twilio::Subscriber
{
public:
    [[nodiscard]] std::optional<qint64> replayCursor() const override { return cursor; }
    void subscriptionChanged(Twilio::Sync::SubscriptionState state, const Twilio::SyncError &error) override
    {
        static const QStringList names { QStringLiteral("Unsubscribed"), QStringLiteral("Pending"),
                                         QStringLiteral("Subscribing"), QStringLiteral("Established"),
                                         QStringLiteral("Failed") };
        const QString line =
                names.at(int(state)) + (error.isNull() ? QString() : QStringLiteral(": ") + error.message());
        if (log.isEmpty() || log.constLast() != line)
            log.append(line);
        if (onPending && state == Twilio::Sync::SubscriptionState::Pending)
            std::exchange(onPending, nullptr)();
    }
    void replayed(qint64 lastEventId) override
    {
        cursor = lastEventId;
        if (onReplayed)
            std::exchange(onReplayed, nullptr)();
    }
    void objectGone() override { log.append(QStringLiteral("gone")); }

    std::optional<qint64> cursor = 4;
    QStringList log;
    //! Called once, while it is being told.
    std::function<void()> onPending = {};
    std::function<void()> onReplayed = {};
};

//! What a registry asked of the service, which answers when it is told to.
struct SubscriptionRequest
{
    QJsonObject body;
    Twilio::Callback<Twilio::RestReply> done;

    [[nodiscard]] QString action() const { return body.value(QStringLiteral("action")).toString(); }
    [[nodiscard]] qint64 correlationId() const
    {
        return body.value(QStringLiteral("correlation_id")).toInteger();
    }
    [[nodiscard]] QJsonArray entries() const { return body.value(QStringLiteral("requests")).toArray(); }
    [[nodiscard]] QJsonObject first() const { return entries().at(0).toObject(); }
    [[nodiscard]] QStringList sids() const
    {
        QStringList all;
        const QJsonArray requests = entries();
        for (const QJsonValue &entry : requests)
            all.append(entry.toObject().value(QStringLiteral("object_sid")).toString());
        return all;
    }
};

/*!
    \brief A connected registry with short delays; the test is the service.
*/
class RegistryFixture
{
protected:
    using EventType = Twilio::Protocol::EventType;

    //! A new registry that asks for \a batchSize objects at a time.
    void restart(int batchSize = 10)
    {
        using namespace std::chrono_literals;
        m_registry.reset();
        m_requests.clear();
        m_object = {};
        m_registry = std::make_unique<Twilio::SubscriptionRegistry>(
                [this](const QByteArray &body, Twilio::Callback<Twilio::RestReply> done) {
                    m_requests.push_back({ QJsonDocument::fromJson(body).object(), std::move(done) });
                },
                Twilio::SubscriptionRegistry::Options { 5ms, 100ms, batchSize });
        m_registry->connected();
    }
    //! The request with this number, waited for; a copy, as answers may bring further ones.
    SubscriptionRequest request(int number)
    {
        if (!eventually([&] { return int(m_requests.size()) > number; }, 5000))
            qFatal("request %d did not come", number);
        return m_requests[std::size_t(number)];
    }
    void reply(int number,
               const QByteArray &terms = "{\"estimated_delivery_in_ms\":60000,\"max_batch_size\":1000}")
    {
        request(number).done(Twilio::RestReply { 200, terms, {} });
    }
    void outcome(EventType type, std::optional<qint64> correlationId, int status = 0,
                 bool interrupted = false, const QByteArray &sid = "ES1")
    {
        Twilio::Protocol::Event event;
        event.sid = sid;
        event.lastEventId = 9;
        event.errorStatus = status;
        event.errorMessage = "no";
        event.replayInterrupted = interrupted;
        m_registry->outcome(type, event, correlationId);
    }
    void establish(int number)
    {
        outcome(EventType::SubscriptionEstablished, request(number).correlationId());
    }
    //! Establishes everything that request \a number asked for.
    void establishAll(int number)
    {
        const SubscriptionRequest sent = request(number);
        const QStringList sids = sent.sids();
        for (const QString &sid : sids)
            outcome(EventType::SubscriptionEstablished, sent.correlationId(), 0, false, sid.toUtf8());
    }

    std::vector<SubscriptionRequest> m_requests;
    std::unique_ptr<Twilio::SubscriptionRegistry> m_registry;
    LoggingSubscriber m_object;
};
