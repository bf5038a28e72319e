#include "promise.h"

#include "TwilioSync/api/syncclient.h"

#include <QtQml/qqml.h>
#include <QtQml/qqmlengine.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

Deferred::Deferred(QJSEngine *engine) : m_engine(engine)
{
    const QJSValue parts = engine->evaluate(u"(function() {"
                                            "    const parts = {};"
                                            "    parts.promise = new Promise(function(resolve, reject) {"
                                            "        parts.resolve = resolve;"
                                            "        parts.reject = reject;"
                                            "    });"
                                            "    return parts;"
                                            "})()"_s);
    m_promise = parts.property(u"promise"_s);
    m_resolve = parts.property(u"resolve"_s);
    m_reject = parts.property(u"reject"_s);
}

void Deferred::resolve(const QJSValue &value) const
{
    if (m_engine)
        m_resolve.call({ value });
}

void Deferred::reject(const SyncError &error) const
{
    if (m_engine)
        m_reject.call({ errorValue(m_engine, error) });
}

void Deferred::rejectWith(const QJSValue &reason) const
{
    if (m_engine)
        m_reject.call({ reason });
}

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
    // "name" is inherited and read-only in this engine: it can be defined, not assigned
    const QJSValue make = engine->evaluate(
            u"(function(message, status, code, terminal, outcomeUnknown) {"
            "    const error = new Error(message);"
            "    Object.defineProperty(error, 'name',"
            "                          { value: 'SyncError', configurable: true, writable: true });"
            "    error.status = status;"
            "    error.code = code;"
            "    error.terminal = terminal;"
            "    error.outcomeUnknown = outcomeUnknown;"
            "    return error;"
            "})"_s);
    return make.call(
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
