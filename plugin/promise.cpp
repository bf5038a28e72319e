#include "promise.h"

#include "TwilioSync/api/syncclient.h"

#include <QtQml/qqml.h>
#include <QtQml/qqmlengine.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

Deferred::Deferred(QJSEngine *engine, std::function<void()> cancel)
    : m_engine(engine)
    , m_parts(PromiseMaker::of(engine)->make(std::move(cancel)))
{ }

void Deferred::settle(const QJSValue &function, const QJSValue &value) const
{
    if (!m_engine)
        return;
    PromiseMaker::of(m_engine)->settled(m_parts.number);
    function.call({ value });
}

void Deferred::resolve(const QJSValue &value) const { settle(m_parts.resolve, value); }

void Deferred::reject(const SyncError &error) const
{
    if (m_engine)
        settle(m_parts.reject, errorValue(m_engine, error));
}

void Deferred::rejectWith(const QJSValue &reason) const { settle(m_parts.reject, reason); }

QJSEngine *engineOf(const QObject *object)
{
    if (!object)
        return nullptr;
    if (QJSEngine *engine = qjsEngine(object))
        return engine;
    return qmlEngine(object);
}

QJSValueList keptAlive(QJSEngine *engine, const QObject *object)
{
    // Not newQObject(): that would hand what belongs to C++ to the garbage collector.
    const auto hold = [engine](const QObject *held) {
        return engine->toScriptValue(const_cast<QObject *>(held));
    };
    QJSValueList values { hold(object) };
    if (const auto *client = object->property("client").value<SyncClient *>())
        values.append(hold(client));
    return values;
}

QJSValue errorValue(QJSEngine *engine, const SyncError &error)
{
    return PromiseMaker::of(engine)->error(
            { error.message(), error.status(), error.code(), error.isTerminal(), error.isOutcomeUnknown() });
}

QJSValue rejectedPromise(const QObject *context, const SyncError &error)
{
    QJSEngine *engine = engineOf(context);
    if (!engine)
        return QJSValue(QJSValue::UndefinedValue);
    const Deferred deferred(engine);
    deferred.reject(error);
    return deferred.promise();
}

} // namespace Twilio::Qml
