#pragma once

#include "calls.h"
#include "promise.h"

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/syncpaginator.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlregistration.h>

namespace Twilio::Qml {

/*!
    \brief SyncPaginator in QML.

    Wraps the one of C++, which it owns; it belongs to the JavaScript engine itself.
*/
class PaginatorElement : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PaginatorElement)
    QML_NAMED_ELEMENT(SyncPaginator)
    QML_UNCREATABLE("A SyncPaginator comes from getItems()")
    //! An array of objects as get() gives them.
    Q_PROPERTY(QJSValue items READ items CONSTANT FINAL)
    Q_PROPERTY(bool hasNextPage READ hasNextPage CONSTANT FINAL)
    Q_PROPERTY(bool hasPrevPage READ hasPrevPage CONSTANT FINAL)

public:
    PaginatorElement(SyncClient *client, SyncPaginator *paginator);

    [[nodiscard]] QJSValue items() const;
    [[nodiscard]] bool hasNextPage() const;
    [[nodiscard]] bool hasPrevPage() const;
    Q_INVOKABLE QJSValue nextPage();
    Q_INVOKABLE QJSValue prevPage();

private:
    const QPointer<SyncClient> m_client;
    SyncPaginator *const m_paginator;
};

//! The Promise of a page that \a context has asked \a client for.
[[nodiscard]] QJSValue paginatorPromise(const QObject *context, SyncClient *client,
                                        const QFuture<SyncPaginator *> &future);

//! The Promise of the page that \a method of \a object reads; see valueCall().
template <typename Object, typename Method, typename... Values>
QJSValue pageCall(const QObject *context, SyncClient *client, Object *object, Method method,
                  SyncResult<Values>... arguments)
{
    const auto make = [&](const Values &...values) {
        return paginatorPromise(context, client, (object->*method)(values...));
    };
    return withArguments(context, make, std::move(arguments)...);
}

} // namespace Twilio::Qml
