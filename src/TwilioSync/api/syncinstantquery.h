#pragma once

#include "TwilioSync/api/synclivequery.h"

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace Twilio {

class InstantQueryPrivate;

/*!
    \brief Searches an index as often as wanted, without following what it finds. \sa SyncLiveQuery
*/
class TWILIOSYNC_EXPORT SyncInstantQuery : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncInstantQuery)
    Q_PROPERTY(Twilio::SyncClient *client READ client WRITE setClient NOTIFY clientChanged FINAL)
    Q_PROPERTY(QString indexName READ indexName WRITE setIndexName NOTIFY indexNameChanged FINAL)

public:
    explicit SyncInstantQuery(QObject *parent = nullptr);
    ~SyncInstantQuery() override;

    [[nodiscard]] SyncClient *client() const;
    void setClient(SyncClient *client);
    [[nodiscard]] QString indexName() const;
    void setIndexName(const QString &name);

    //! Values by their keys that \a expression wants now. Fails as SyncLiveQuery does.
    QFuture<QVariantMap> search(const QString &expression);
    //! A live query of the last expression that search() has found something out about; fails with 400 /
    //! 54507 if there is none. It has the client as parent.
    QFuture<Twilio::SyncLiveQuery *> subscribe();
    //! What the last search() has found.
    Q_INVOKABLE QVariantMap getItems() const;

Q_SIGNALS:
    void clientChanged();
    void indexNameChanged();
    //! A search has ended well; before its future.
    void searchResult(const QVariantMap &items);

private:
    friend class InstantQueryPrivate;
    const std::unique_ptr<InstantQueryPrivate> d;
};

} // namespace Twilio
