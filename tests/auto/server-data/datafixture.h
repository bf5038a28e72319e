#pragma once

#include "server/dialects/v3/calls.h"
#include "server/dialects/v3/events.h"
#include "server/operations/services.h"
#include "shared/eventually.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

#include <memory>

// SyncData with a clock that stands still, one caller, and all events it has told.
class DataFixture
{
public:
    struct Told
    {
        QString service;
        Twilio::Server::ObjectRef object;
        Twilio::Server::V3::Event event;
        bool removesObject;
    };

    DataFixture()
    {
        data->setClock([this] { return now; });
        QObject::connect(data.get(), &Twilio::Server::SyncData::commitFailed, data.get(),
                         [this](const Twilio::SyncError &error) { failure = error; });
        QObject::connect(data.get(), &Twilio::Server::SyncData::changed, data.get(),
                         [this](const Twilio::Server::Change &change) {
                             events.append({ change.service, change.object,
                                             Twilio::Server::V3::eventOf(change), change.removesObject() });
                         });
    }

    Twilio::Server::RestReply call(const QByteArray &method, const QByteArray &path,
                                   const QByteArray &body = {},
                                   const Twilio::Server::NameValueList &params = {},
                                   const Twilio::Server::NameValueList &headers = {})
    {
        return calls->handle({ method, path, params, headers, "cds.us1.twilio.com", body }, caller);
    }
    // A conditional write.
    Twilio::Server::RestReply callIf(const QByteArray &revision, const QByteArray &method,
                                     const QByteArray &path, const QByteArray &body = {})
    {
        return call(method, path, body, {}, { { "if-match", revision } });
    }

    // Const, lest operator[] of a temporary gives a reference into it.
    static const QJsonObject json(const Twilio::Server::RestReply &reply) { return json(reply.body); }
    static const QJsonObject json(const QByteArray &text) { return QJsonDocument::fromJson(text).object(); }

    // The path of a new object: "/v3/Lists/ES…".
    QByteArray create(const QByteArray &collection, const QByteArray &body = "{}")
    {
        const auto reply = call("POST", "/v3/" + collection, body);
        return "/v3/" + collection + '/' + json(reply)[u"sid"].toString().toLatin1();
    }
    static QByteArray sidOf(const QByteArray &path) { return path.mid(path.lastIndexOf('/') + 1); }

    // "404 54100 Document not found", or "200" if there is no error code.
    static QByteArray brief(const Twilio::Server::RestReply &reply)
    {
        const QJsonObject body = json(reply);
        if (!body.contains(u"code"))
            return QByteArray::number(reply.status);
        return QByteArray::number(reply.status) + ' ' + QByteArray::number(body[u"code"].toInt()) + ' '
                + body[u"message"].toString().toUtf8();
    }

    // Makes everything so far durable. False if that is not possible.
    bool commit()
    {
        data->commit();
        return eventually([this] { return data->isDurable(data->ticket()) || !failure.isNull(); })
                && failure.isNull();
    }

    Twilio::SyncResult<Twilio::Server::Replay> replay(const Twilio::Server::ObjectRef &object,
                                                      std::optional<qint64> cursor, qsizetype limit) const
    {
        return operations->replay(caller, object, cursor, limit);
    }
    // The same as text.
    QList<Twilio::Server::V3::Event> replayed(const Twilio::Server::ObjectRef &object,
                                              std::optional<qint64> cursor = -1) const
    {
        const auto found = replay(object, cursor, 100'000);
        const auto *const replay = std::get_if<Twilio::Server::Replay>(&found);
        return replay ? Twilio::Server::V3::eventsOf(replay->changes) : QList<Twilio::Server::V3::Event>();
    }

    QStringList serviceSids()
    {
        const auto page = services->page({ {}, "100" });
        QStringList sids;
        for (const Twilio::Server::Service *service : std::get<Twilio::Server::ServicePage>(page).services)
            sids << service->sid;
        return sids;
    }

    QByteArrayList eventTypes() const
    {
        QByteArrayList types;
        for (const Told &told : events)
            types << told.event.type;
        return types;
    }

    qint64 now = 1'700'000'000'123; // 2023-11-14T22:13:20.123Z
    Twilio::Server::Caller caller { QStringLiteral("alice"),
                                    QStringLiteral("IS00000000000000000000000000000001"),
                                    QStringLiteral("AC00000000000000000000000000000001") };
    QList<Told> events;
    //! What commitFailed() has told.
    Twilio::SyncError failure;
    std::unique_ptr<Twilio::Server::SyncData> data = std::make_unique<Twilio::Server::SyncData>();
    std::unique_ptr<Twilio::Server::Operations> operations =
            std::make_unique<Twilio::Server::Operations>(*data);
    std::unique_ptr<Twilio::Server::Services> services = std::make_unique<Twilio::Server::Services>(*data);
    std::unique_ptr<Twilio::Server::V3::Calls> calls =
            std::make_unique<Twilio::Server::V3::Calls>(*operations);
};
