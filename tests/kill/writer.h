#pragma once

#include "ledger.h"
#include "shared/rawclient.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qrandom.h>

//! The objects that are written to.
struct Targets
{
    QByteArray list;
    QByteArray map;
    QByteArray document;
    //! Written to over HTTP alone.
    QByteArray burst;
};

//! What an event says, as Ledger understands it.
inline QByteArray meaningOf(const QString &type, const QJsonObject &event)
{
    const QString data =
            type.startsWith(u"document") ? QStringLiteral("document_data") : QStringLiteral("item_data");
    if (type.endsWith(u"_removed"))
        return "removed " + event.value(QStringLiteral("item_key")).toString().toUtf8();
    return QJsonDocument(event.value(data).toObject()).toJson(QJsonDocument::Compact);
}

/*!
    \brief A client that writes as fast as it is answered, several writes at a time, and notes every answer
    and every event it gets.
*/
class Writer : public QObject
{
    Q_OBJECT

public:
    Writer(int number, const Targets &targets, Ledger &ledger, quint32 seed)
        : m_number(number)
        , m_targets(targets)
        , m_ledger(ledger)
        , m_random(seed)
    {
        connect(&m_client, &RawClient::received, this, &Writer::receive);
    }

    bool open(const QUrl &url, const QString &token);
    void start()
    {
        constexpr int window = 12;
        for (int i = 0; i < window; ++i)
            writeOne();
    }
    //! True once everything that the server had sent is read.
    bool drained() { return m_client.waitForClosed(); }

    [[nodiscard]] int acknowledged() const { return m_acknowledged; }
    [[nodiscard]] int events() const { return m_events; }
    //! Writes without an answer: they may have happened or not.
    [[nodiscard]] qsizetype open() const { return m_inFlight.size(); }

Q_SIGNALS:
    void answered();

private:
    struct Write
    {
        QByteArray object;
        QByteArray meaning;
    };

    void writeOne()
    {
        const QByteArray serial = QByteArray::number(++m_serial);
        const QByteArray data = "{\"n\":" + serial + ",\"w\":" + QByteArray::number(m_number) + '}';
        const QByteArray key = 'k' + QByteArray::number(m_random.bounded(20));
        const QByteArray item = "/v3/Maps/" + m_targets.map + "/Items/" + key;
        const int what = m_random.bounded(10);
        if (what < 4)
            send("POST", "/v3/Lists/" + m_targets.list + "/Items", data, { m_targets.list, data });
        else if (what < 8)
            send("PUT", item, data, { m_targets.map, data });
        else if (what < 9)
            send("DELETE", item, data, { m_targets.map, "removed " + key });
        else
            send("POST", "/v3/Documents/" + m_targets.document, data, { m_targets.document, data });
    }
    void send(const char *method, const QByteArray &path, const QByteArray &data, const Write &write)
    {
        const QString id = QStringLiteral("W%1").arg(m_serial);
        m_inFlight.insert(id, write);
        m_client.sendFrame({ { QStringLiteral("method"), QStringLiteral("message") },
                             { QStringLiteral("id"), id },
                             { QStringLiteral("http_request"),
                               QJsonObject { { QStringLiteral("host"), QStringLiteral("cds.us1.twilio.com") },
                                             { QStringLiteral("method"), QString::fromLatin1(method) },
                                             { QStringLiteral("path"), QString::fromLatin1(path) } } } },
                           "{\"data\":" + data + '}');
    }
    void receive()
    {
        const RawClient::Frame frame = m_client.unread().last();
        if (frame.text(QStringLiteral("method")) == u"notification") {
            const QString type = frame.body.value(QStringLiteral("event_type")).toString();
            const auto learn = [&](const QJsonObject &event) {
                if (!event.contains(QStringLiteral("id")))
                    return;
                ++m_events;
                m_ledger.learn(objectOf(type, event), event.value(QStringLiteral("id")).toInteger(),
                               meaningOf(type, event));
            };
            learn(frame.body.value(QStringLiteral("event")).toObject());
            const QJsonArray events = frame.body.value(QStringLiteral("events")).toArray();
            for (const auto &event : events)
                learn(event.toObject());
            return;
        }
        const auto it = m_inFlight.constFind(frame.text(QStringLiteral("id")));
        if (it == m_inFlight.constEnd())
            return;
        if (frame.httpStatus() == 200 || frame.httpStatus() == 201) {
            ++m_acknowledged;
            m_ledger.learn(it->object, frame.body.value(QStringLiteral("last_event_id")).toInteger(),
                           it->meaning);
        }
        m_inFlight.erase(it);
        writeOne();
        Q_EMIT answered();
    }
    static QByteArray objectOf(const QString &type, const QJsonObject &event)
    {
        const QString kind = type.left(type.indexOf(u'_'));
        return event.value(kind + QStringLiteral("_sid")).toString().toLatin1();
    }

    const int m_number;
    const Targets m_targets;
    Ledger &m_ledger;
    QRandomGenerator m_random;
    RawClient m_client;
    QHash<QString, Write> m_inFlight;
    int m_serial = 0;
    int m_acknowledged = 0;
    int m_events = 0;
};
