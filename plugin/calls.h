#pragma once

#include "argumentcheck.h"
#include "arguments.h"
#include "javascript.h"
#include "promise.h"
#include "values.h"

#include <tuple>

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

//! An item as JavaScript sees it.
inline constexpr auto toItem = [](QJSEngine *engine, const auto &item) { return itemValue(engine, item); };

//! \a make of the values in \a arguments; the promise is rejected at once if one is wrong.
template <typename Make, typename... Values>
QJSValue withArguments(const QObject *context, Make make, SyncResult<Values>... arguments)
{
    ArgumentCheck check;
    const std::tuple<Values...> values { check(std::move(arguments))... };
    return check.failed() ? rejectedPromise(context, check.error()) : std::apply(make, values);
}

/*!
    \brief The Promise of what \a method of \a object does with \a arguments; \a convert makes its value.

    \a context is what JavaScript sees of \a object.
*/
template <typename Object, typename Method, typename Convert, typename... Values>
QJSValue valueCall(const QObject *context, Object *object, Method method, Convert convert,
                   SyncResult<Values>... arguments)
{
    const auto make = [&](const Values &...values) {
        return promiseFor(context, (object->*method)(values...), convert);
    };
    return withArguments(context, make, std::move(arguments)...);
}

//! As valueCall(), of nothing.
template <typename Object, typename Method, typename... Values>
QJSValue voidCall(const QObject *context, Object *object, Method method, SyncResult<Values>... arguments)
{
    const auto make = [&](const Values &...values) {
        return promiseFor(context, (object->*method)(values...));
    };
    return withArguments(context, make, std::move(arguments)...);
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

/*!
    \brief As valueCall(), of \a function (a mutator) and \a options, which come after what \a names name.
*/
template <typename Object, typename Method, typename Convert, typename... Names>
QJSValue mutateCall(const QObject *context, Object *object, Method method, Convert convert,
                    const QJSValue &function, const QJSValue &options, SyncResult<Names>... names)
{
    ArgumentCheck check;
    const std::tuple<Names...> target { check(std::move(names))... };
    const QJSValue callable = check(functionArgument(function, u"mutator"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(context, check.error());
    const auto start = [&](const Mutator &mutator) {
        return std::apply([&](const Names &...name) { return (object->*method)(name..., mutator, write); },
                          target);
    };
    return mutatePromise(context, callable, start, convert);
}

} // namespace Twilio::Qml
