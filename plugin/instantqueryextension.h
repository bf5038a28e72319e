#pragma once

#include "TwilioSync/api/syncinstantquery.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncInstantQuery has in QML besides what it has in C++.

    Each method gives a Promise, which is rejected at once if an argument is wrong.
*/
class InstantQueryExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(InstantQueryExtension)

public:
    explicit InstantQueryExtension(QObject *query);

    //! Gives an object: values by their keys.
    Q_INVOKABLE QJSValue search(const QJSValue &expression = {});
    //! Gives a SyncLiveQuery.
    Q_INVOKABLE QJSValue subscribe();

private:
    SyncInstantQuery *const m_query;
};

//! The Promise of a live query of \a client, and of one for searches.
[[nodiscard]] QJSValue liveQueryPromise(SyncClient *client, const QFuture<SyncLiveQuery *> &future);
[[nodiscard]] QJSValue instantQueryPromise(SyncClient *client, const QFuture<SyncInstantQuery *> &future);

} // namespace Twilio::Qml
