#pragma once

#include "promise.h"

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synchandle.h"

#include <QtQml/qqmlengine.h>

// Promises of documents, lists, maps and streams.
namespace Twilio::Qml {

/*!
    \brief A new object of the QML element \a name of this module, or nullptr.

    Only what the QML engine makes has the methods that give a Promise: it does not extend what C++ made.
*/
[[nodiscard]] QObject *createElement(QQmlEngine *engine, const QString &name);

/*!
    \brief Settles \a deferred with \a element once it is open, and hands it to the JavaScript engine.

    Until then \a element belongs to the engine object.
*/
template <typename Handle>
void resolveWhenOpen(const Deferred &deferred, Handle *element)
{
    const auto settle = [deferred, element] {
        switch (element->status()) {
        case Sync::Status::Null:
        case Sync::Status::Opening:
            return;
        case Sync::Status::Ready:
            QObject::disconnect(element, &Handle::statusChanged, deferred.engine(), nullptr);
            element->setParent(nullptr);
            QJSEngine::setObjectOwnership(element, QJSEngine::JavaScriptOwnership);
            deferred.resolve(deferred.engine()->newQObject(element));
            return;
        case Sync::Status::Failed:
        case Sync::Status::Removed:
        case Sync::Status::Closed: {
            const SyncError error = !element->error().isNull() ? element->error()
                    : element->client()                        ? SyncError(QStringLiteral("handle closed"))
                                        : SyncError(QStringLiteral("client destroyed"));
            // Later: the client may be going because the engine is, which runs no JavaScript any more
            QMetaObject::invokeMethod(
                    deferred.engine(), [deferred, error] { deferred.reject(error); }, Qt::QueuedConnection);
            element->deleteLater();
            return;
        }
        }
    };
    QObject::connect(element, &Handle::statusChanged, deferred.engine(), settle);
    settle();
}

/*!
    \brief The Promise of what \a client opens: an object of the QML element \a name.

    It shows the same remote object as the handle in \a future, which is shared, so nothing is asked twice:
    \a declare (element, opened) has it name what that does, and open.
*/
template <typename Handle, typename Declare>
QJSValue openedPromise(SyncClient *client, const QFuture<Handle *> &future, const QString &name,
                       Declare declare)
{
    QQmlEngine *engine = qmlEngine(client);
    if (!engine)
        return QJSValue(QJSValue::UndefinedValue);
    const Deferred deferred(engine, cancellationOf(future));
    whenFinished(
            engine, future,
            [deferred, engine, client = QPointer(client), name, declare,
             alive = keptAlive(engine, client)](const auto &result) {
                if (const SyncError *error = errorOf(result)) {
                    deferred.reject(*error);
                    return;
                }
                // What was opened is a child of the client and gone with it
                auto *element = client ? qobject_cast<Handle *>(createElement(engine, name)) : nullptr;
                if (!element) {
                    deferred.reject(SyncError(
                            client ? QStringLiteral("%1: the module Twilio.Sync is not available").arg(name)
                                   : QStringLiteral("client destroyed")));
                    return;
                }
                Handle *opened = std::get<Handle *>(result);
                element->setParent(engine);
                element->setClient(client);
                declare(element, opened);
                // The first handle stays until the second holds on to what they share
                QObject::connect(element, &Handle::statusChanged, opened, [element, opened] {
                    if (element->status() != Sync::Status::Opening)
                        opened->deleteLater();
                });
                resolveWhenOpen(deferred, element);
            });
    return deferred.promise();
}

//! As above, of a document, list, map or stream.
template <typename Handle>
QJSValue openedPromise(SyncClient *client, const QFuture<Handle *> &future, const QString &name)
{
    return openedPromise(client, future, name, [](Handle *element, const Handle *opened) {
        element->setMode(SyncClient::OpenMode::OpenExisting);
        if (opened->uniqueName().isEmpty()) // of another client it is still wanted by its name
            element->setSid(opened->sid());
        else
            element->setUniqueName(opened->uniqueName());
    });
}

} // namespace Twilio::Qml
