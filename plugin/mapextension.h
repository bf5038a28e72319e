#pragma once

#include "TwilioSync/api/syncmap.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncMap has in QML besides what it has in C++.

    Each method gives a Promise, which is rejected at once if an argument is wrong.
*/
class MapExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MapExtension)

public:
    explicit MapExtension(QObject *map);

    Q_INVOKABLE QJSValue get(const QJSValue &key = {});
    Q_INVOKABLE QJSValue set(const QJSValue &key = {}, const QJSValue &value = {},
                             const QJSValue &options = {});
    Q_INVOKABLE QJSValue update(const QJSValue &key = {}, const QJSValue &fields = {},
                                const QJSValue &options = {});
    Q_INVOKABLE QJSValue mutate(const QJSValue &key = {}, const QJSValue &function = {},
                                const QJSValue &options = {});
    Q_INVOKABLE QJSValue remove(const QJSValue &key = {});
    Q_INVOKABLE QJSValue setItemTtl(const QJSValue &key = {}, const QJSValue &ttl = {});
    //! \a query is { from, pageSize, order }; gives a SyncPaginator.
    Q_INVOKABLE QJSValue getItems(const QJSValue &query = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue removeMap();

private:
    SyncMap *const m_map;
};

} // namespace Twilio::Qml
