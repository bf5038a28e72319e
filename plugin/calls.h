#pragma once

#include "argumentcheck.h"
#include "arguments.h"
#include "javascript.h"
#include "promise.h"

// What the methods of the four kinds of object have in common.
namespace Twilio::Qml {

//! Largest integer that JavaScript holds exactly, and so the largest item index it can name.
inline constexpr qint64 maxSafeInteger = 9'007'199'254'740'991;

//! Seconds that have to be given.
[[nodiscard]] inline SyncResult<qint64> secondsArgument(const QJSValue &value)
{
    return integerArgument(value, u"ttl", 0, maxTtlSeconds, u"seconds");
}

//! The index of an item of a list.
[[nodiscard]] inline SyncResult<qint64> itemIndexArgument(const QJSValue &value,
                                                          QStringView name = u"itemIndex")
{
    return integerArgument(value, name, 0, maxSafeInteger);
}

//! setTtl(), the same for all.
template <typename Handle>
QJSValue setTtlOf(Handle *handle, const QJSValue &ttl)
{
    ArgumentCheck check;
    const qint64 seconds = check(secondsArgument(ttl));
    if (check.failed())
        return rejectedPromise(handle, check.error());
    return promiseFor(handle, handle->setTtl(seconds));
}

/*!
    \brief The Promise of a mutate() call: \a start (const Mutator &) -> QFuture<T> makes it, \a convert its
   value.

    What the function of JavaScript threw is what the promise is rejected with.
*/
template <typename Start, typename Convert>
QJSValue mutatePromise(const QObject *context, const QJSValue &function, Start start, Convert convert)
{
    QJSEngine *engine = engineOf(context);
    if (!engine)
        return QJSValue(QJSValue::UndefinedValue);
    const JsMutator mutator = jsMutator(engine, function);
    const auto future = start(mutator.mutate);
    const Deferred deferred(engine, cancellationOf(future));
    whenFinished(engine, future,
                 [deferred, mutator, convert, alive = keptAlive(engine, context)](const auto &result) {
                     if (!errorOf(result))
                         deferred.resolve(convert(deferred.engine(), std::get<0>(result)));
                     else if (!mutator.thrown->isUndefined())
                         deferred.rejectWith(*mutator.thrown);
                     else
                         deferred.reject(*errorOf(result));
                 });
    return deferred.promise();
}

} // namespace Twilio::Qml
