#pragma once

#include "promisemaker.h"

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/syncexception.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qfuture.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>

#include <functional>
#include <type_traits>
#include <utility>

// From QFuture to a JavaScript Promise.
namespace Twilio::Qml {

/*!
    \brief A JavaScript Promise together with the two functions that settle it.

    A value: copies settle the same promise, of which the first settling counts. Settling after the engine is
    gone does nothing.
*/
class Deferred
{
public:
    //! \a cancel is what the promise's cancel() does.
    explicit Deferred(QJSEngine *engine, std::function<void()> cancel = {});

    //! What the caller in JavaScript gets.
    [[nodiscard]] QJSValue promise() const { return m_parts.promise; }
    [[nodiscard]] QJSEngine *engine() const { return m_engine; }

    void resolve(const QJSValue &value = QJSValue(QJSValue::UndefinedValue)) const;
    //! Rejects with an Error that carries what \a error says.
    void reject(const SyncError &error) const;
    //! Rejects with \a reason as it is, for what JavaScript itself has thrown.
    void rejectWith(const QJSValue &reason) const;

private:
    void settle(const QJSValue &function, const QJSValue &value) const;

    QPointer<QJSEngine> m_engine;
    PromiseMaker::Parts m_parts;
};

//! Cancels \a future, for a Deferred of it.
template <typename T>
std::function<void()> cancellationOf(const QFuture<T> &future)
{
    return [future = QFuture<T>(future)]() mutable { future.cancel(); };
}

//! The engine whose JavaScript sees \a object, or nullptr.
[[nodiscard]] QJSEngine *engineOf(const QObject *object);

/*!
    \brief Keeps \a object, and the client it belongs to, from being collected as garbage while the values
   live.

    A call that is under way needs its object although no JavaScript may hold it any more.
*/
[[nodiscard]] QJSValueList keptAlive(QJSEngine *engine, const QObject *object);

//! An Error called "SyncError" with message, status, code, terminal and outcomeUnknown.
[[nodiscard]] QJSValue errorValue(QJSEngine *engine, const SyncError &error);

//! A promise in the engine of \a context that has been rejected already.
[[nodiscard]] QJSValue rejectedPromise(const QObject *context, const SyncError &error);

//! What the finished \a future holds. Never throws: a future cancelled without a reason is an error too.
template <typename T>
SyncResult<std::conditional_t<std::is_void_v<T>, Nothing, T>> resultOf(QFuture<T> future)
{
    try {
        future.waitForFinished(); // finished already: only throws what it holds
        if constexpr (std::is_void_v<T>) {
            if (!future.isCanceled())
                return Nothing();
        } else if (future.resultCount() > 0) {
            return future.result();
        }
    } catch (const SyncException &exception) {
        return exception.error();
    } catch (const std::exception &exception) {
        return SyncError(QString::fromUtf8(exception.what()));
    }
    return cancelledError();
}

/*!
    \brief Calls \a done with the result of \a future on the event loop, once, unless \a owner dies before.
*/
template <typename T, typename Done>
void whenFinished(QObject *owner, const QFuture<T> &future, Done done)
{
    auto *watcher = new QFutureWatcher<T>(owner);
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher,
                     [watcher, done = std::move(done)]() mutable {
                         const QFuture<T> finished = watcher->future();
                         watcher->deleteLater();
                         done(resultOf(finished));
                     });
    watcher->setFuture(future);
}

/*!
    \brief The Promise of \a future in the engine of \a context.

    It is settled on the event loop; its cancel() cancels the future. \a context is not collected as garbage
   before; if it is destroyed all the same, the future fails with it. \a convert (QJSEngine *, const T &) ->
   QJSValue makes the value it resolves to; for a future of nothing it is called with the engine alone.
*/
template <typename T, typename Convert>
QJSValue promiseFor(const QObject *context, const QFuture<T> &future, Convert convert)
{
    QJSEngine *engine = engineOf(context);
    if (!engine)
        return QJSValue(QJSValue::UndefinedValue);
    const Deferred deferred(engine, cancellationOf(future));
    whenFinished(
            engine, future,
            [deferred, convert = std::move(convert), alive = keptAlive(engine, context)](const auto &result) {
                if (const SyncError *error = errorOf(result))
                    deferred.reject(*error);
                else if constexpr (std::is_void_v<T>)
                    deferred.resolve(convert(deferred.engine()));
                else
                    deferred.resolve(convert(deferred.engine(), std::get<T>(result)));
            });
    return deferred.promise();
}

//! As above, with what QJSEngine::toScriptValue() makes of the result.
template <typename T>
QJSValue promiseFor(const QObject *context, const QFuture<T> &future)
{
    if constexpr (std::is_void_v<T>) {
        return promiseFor(context, future, [](QJSEngine *) { return QJSValue(QJSValue::UndefinedValue); });
    } else {
        return promiseFor(context, future,
                          [](QJSEngine *engine, const T &value) { return engine->toScriptValue(value); });
    }
}

} // namespace Twilio::Qml
