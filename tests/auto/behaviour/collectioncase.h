#pragma once

#include "shared/clientfixture.h"
#include "shared/rawclient.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qregularexpression.h>

//! List or map, for the cases that are alike for both.
enum class Kind : quint8 { List, Map };
Q_DECLARE_METATYPE(Kind)

//! One item with all its fields, for comparisons.
inline QString lineOf(const QString &key, const QString &revision, const QVariantMap &value,
                      const QDateTime &created, const QDateTime &updated, const QDateTime &expires)
{
    const auto text = [](const QDateTime &date) {
        return date.isValid() ? date.toUTC().toString(Qt::ISODateWithMs) : QStringLiteral("never");
    };
    const QByteArray json = QJsonDocument(QJsonObject::fromVariantMap(value)).toJson(QJsonDocument::Compact);
    return QStringList(
                   { key, QString::fromUtf8(json), revision, text(created), text(updated), text(expires) })
            .join(u' ');
}

inline QString lineOf(const QString &key, const Twilio::SyncItem &item)
{
    return lineOf(key, item.revision(), item.value(), item.dateCreated(), item.dateUpdated(),
                  item.dateExpires());
}
inline QString lineOf(const Twilio::SyncListItem &item)
{
    return lineOf(QString::number(item.index()), item);
}
inline QString lineOf(const Twilio::SyncMapItem &item) { return lineOf(item.key(), item); }

//! What \a model shows, a line for each row.
inline QStringList rowsOf(const Twilio::SyncCollection &model)
{
    using Model = Twilio::SyncCollection;
    QStringList lines;
    for (int row = 0; row < model.count(); ++row) {
        const auto read = [&](int role) { return model.data(model.index(row), role); };
        lines.append(lineOf(read(Model::ItemKeyRole).toString(), read(Model::RevisionRole).toString(),
                            read(Model::ValueRole).toMap(), read(Model::DateCreatedRole).toDateTime(),
                            read(Model::DateUpdatedRole).toDateTime(),
                            read(Model::DateExpiresRole).toDateTime()));
    }
    return lines;
}

//! Keys or indexes of the rows of \a model.
inline QStringList keysOf(const Twilio::SyncCollection &model)
{
    QStringList keys;
    for (int row = 0; row < model.count(); ++row)
        keys.append(model.data(model.index(row), Twilio::SyncCollection::ItemKeyRole).toString());
    return keys;
}

/*!
    \brief The clients A and B of the behaviour cases, and a look at what the service holds that goes past
   both.
*/
class CollectionCase : public QObject
{
    Q_OBJECT

protected:
    using SyncClient = Twilio::SyncClient;
    using SyncCollection = Twilio::SyncCollection;
    using SyncList = Twilio::SyncList;
    using SyncMap = Twilio::SyncMap;

    //! Opens a list or map, whichever \c Collection is, without waiting for more.
    template <typename Collection>
    static QFuture<Collection *> call(SyncClient &client, const Twilio::OpenOptions &options)
    {
        if constexpr (std::is_same_v<Collection, SyncList>)
            return client.list(options);
        else
            return client.map(options);
    }
    //! The same, subscribed and with all its rows, which are checked from now on.
    template <typename Collection>
    static Collection *open(SyncClient &client, const QString &id)
    {
        auto *const collection = valueOfCall(call<Collection>(client, { .id = id }));
        if (collection)
            follow(*collection);
        return collection;
    }
    static void follow(SyncCollection &collection)
    {
        new ModelCheck(&collection);
        collection.setLoadAll(true);
        waitFor([&] {
            return collection.subscriptionState() == Twilio::Sync::SubscriptionState::Established
                    && collection.isComplete();
        });
    }
    //! All items of \a collection as the service has them now.
    QStringList served(const SyncCollection &collection)
    {
        const bool isList = collection.sid().startsWith(QStringLiteral("ES"));
        const auto frame = m_reader->rest(
                QStringLiteral("GET"),
                (isList ? QStringLiteral("/v3/Lists/%1/Items") : QStringLiteral("/v3/Maps/%1/Items"))
                        .arg(collection.sid()),
                {}, { { QStringLiteral("HideExpired"), QStringLiteral("true") } });
        const auto date = [](const QJsonValue &text) {
            return QDateTime::fromString(text.toString(), Qt::ISODateWithMs);
        };
        QStringList lines;
        const QJsonArray items = frame.body.value(QStringLiteral("items")).toArray();
        for (const QJsonValue &value : items) {
            const QJsonObject item = value.toObject();
            lines.append(lineOf(item.value(isList ? QStringLiteral("index") : QStringLiteral("key"))
                                        .toVariant()
                                        .toString(),
                                item.value(QStringLiteral("revision")).toString(),
                                item.value(QStringLiteral("data")).toObject().toVariantMap(),
                                date(item.value(QStringLiteral("date_created"))),
                                date(item.value(QStringLiteral("date_updated"))),
                                date(item.value(QStringLiteral("date_expires")))));
        }
        return lines;
    }

    ServerFixture m_server;
    std::unique_ptr<SyncClient> m_alice; // A of the cases
    std::unique_ptr<SyncClient> m_bob; // B
    std::unique_ptr<RawClient> m_reader;

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_alice = makeClient(m_server);
        m_bob = makeClient(m_server, QStringLiteral("bob"));
        m_reader = std::make_unique<RawClient>();
        QVERIFY(m_reader->open(m_server.url(), m_server.token(QStringLiteral("reader"))));
    }
    void cleanup()
    {
        m_alice.reset();
        m_bob.reset();
        m_reader.reset();
    }
};

//! The rows of \a collection are the items of the service, in every field.
#define VERIFY_SHOWS_SERVICE(collection) QTRY_COMPARE(rowsOf(*(collection)), served(*(collection)))
