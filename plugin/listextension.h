#pragma once

#include "TwilioSync/api/synclist.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncList has in QML besides what it has in C++.

    Each method gives a Promise, which is rejected at once if an argument is wrong.
*/
class ListExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ListExtension)

public:
    explicit ListExtension(QObject *list);

    Q_INVOKABLE QJSValue push(const QJSValue &value = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue get(const QJSValue &itemIndex = {});
    Q_INVOKABLE QJSValue set(const QJSValue &itemIndex = {}, const QJSValue &value = {},
                             const QJSValue &options = {});
    Q_INVOKABLE QJSValue update(const QJSValue &itemIndex = {}, const QJSValue &fields = {},
                                const QJSValue &options = {});
    Q_INVOKABLE QJSValue mutate(const QJSValue &itemIndex = {}, const QJSValue &function = {},
                                const QJSValue &options = {});
    Q_INVOKABLE QJSValue remove(const QJSValue &itemIndex = {});
    Q_INVOKABLE QJSValue setItemTtl(const QJSValue &itemIndex = {}, const QJSValue &ttl = {});
    //! \a query is { from, pageSize, order }; gives a SyncPaginator.
    Q_INVOKABLE QJSValue getItems(const QJSValue &query = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue removeList();

private:
    SyncList *const m_list;
};

} // namespace Twilio::Qml
