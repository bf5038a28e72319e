#include "TwilioSync/api/syncinstantquery.h"

#include "TwilioSync/api/calltracker_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/core/jsonreader.h"

#include <QtCore/qpointer.h>

#include <optional>

namespace Twilio {

class InstantQueryPrivate
{
public:
    QPointer<SyncClient> client;
    QString indexName;
    //! Of the last search that ended well.
    std::optional<QString> expression;
    QVariantMap items;
    //! Of the last search.
    quint64 search = 0;
    CallTracker calls;
};

SyncInstantQuery::SyncInstantQuery(QObject *parent)
    : QObject(parent)
    , d(std::make_unique<InstantQueryPrivate>())
{ }

SyncInstantQuery::~SyncInstantQuery()
{
    d->calls.beginToEnd();
    d->calls.failAll(SyncError(QStringLiteral("handle closed")));
}

SyncClient *SyncInstantQuery::client() const { return d->client; }

void SyncInstantQuery::setClient(SyncClient *client)
{
    if (d->client == client)
        return;
    d->client = client;
    Q_EMIT clientChanged();
}

QString SyncInstantQuery::indexName() const { return d->indexName; }

void SyncInstantQuery::setIndexName(const QString &name)
{
    if (d->indexName == name)
        return;
    d->indexName = name;
    Q_EMIT indexNameChanged();
}

QFuture<QVariantMap> SyncInstantQuery::search(const QString &expression)
{
    if (!d->client)
        return failedFuture<QVariantMap>(SyncError(QStringLiteral("query: no client has been set")));
    if (d->indexName.isEmpty())
        return failedFuture<QVariantMap>(
                SyncError(QStringLiteral("indexName: expected a name, got an empty string")));
    ClientPrivate *const client = ClientPrivate::of(d->client);
    if (const auto refused = client->refusal())
        return failedFuture<QVariantMap>(*refused);
    d->items.clear();
    d->calls.setNotifier(&client->session->notifier());
    auto [future, done, cancelled] = d->calls.begin<QVariantMap>();
    client->session->queries().search(
            d->indexName, expression, false,
            [self = QPointer(this), expression, number = ++d->search, done = done,
             notifier = QPointer(&client->session->notifier())](
                    const SyncResult<Protocol::QueryResult> &result) {
                const auto *error = errorOf(result);
                const bool isLast = self && number == self->d->search;
                if (error) {
                    if (isLast)
                        self->d->expression.reset();
                    done(*error);
                    return;
                }
                QVariantMap items;
                for (const Protocol::QueryItem &item : std::get<Protocol::QueryResult>(result).items)
                    items.insert(QString::fromUtf8(item.key),
                                 readJsonObject(item.json).value_or(QVariantMap()));
                if (isLast) {
                    self->d->expression = expression;
                    self->d->items = items;
                }
                if (self && notifier)
                    notifier->post(self, [self, items] { Q_EMIT self->searchResult(items); });
                done(items);
            },
            cancelled);
    return future;
}

QFuture<SyncLiveQuery *> SyncInstantQuery::subscribe()
{
    if (!d->client)
        return failedFuture<SyncLiveQuery *>(SyncError(QStringLiteral("query: no client has been set")));
    if (!d->expression)
        return failedFuture<SyncLiveQuery *>(
                SyncError(QStringLiteral("Invalid query: nothing has been searched for"), 400, 54507));
    return d->client->liveQuery(d->indexName, *d->expression);
}

QVariantMap SyncInstantQuery::getItems() const { return d->items; }

} // namespace Twilio
