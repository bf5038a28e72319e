#include "promisemaker.h"

#include "onceperengine.h"

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

PromiseMaker *PromiseMaker::of(QJSEngine *engine)
{
    return oncePerEngine<PromiseMaker>(engine, "PromiseMaker", [engine] { return new PromiseMaker(engine); });
}

PromiseMaker::PromiseMaker(QJSEngine *engine) : QObject(engine)
{
    QJSEngine::setObjectOwnership(this, QJSEngine::CppOwnership);
    // As little as possible is made for each: what the garbage collector marks grows with the calls under
    // way.
    m_make = engine->evaluate(u"(function(maker) {"
                              "    let resolve, reject;"
                              "    const keepBoth = (yes, no) => { resolve = yes; reject = no; };"
                              "    const cancelOf = (number) => () => { maker.cancel(number); };"
                              "    return (number) => {"
                              "        const promise = new Promise(keepBoth);"
                              "        Object.defineProperty(promise, 'cancel', { value: cancelOf(number) });"
                              "        const parts = [promise, resolve, reject];"
                              "        resolve = reject = undefined;"
                              "        return parts;"
                              "    };"
                              "})"_s)
                     .call({ engine->newQObject(this) });
    // "name" is inherited and read-only in this engine: it can be defined, not assigned
    m_error = engine->evaluate(
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
}

PromiseMaker::Parts PromiseMaker::make(std::function<void()> cancel)
{
    const quint64 number = ++m_lastNumber;
    if (cancel)
        m_cancels.emplace(number, std::move(cancel));
    const QJSValue parts = m_make.call({ double(number) });
    return { parts.property(0), parts.property(1), parts.property(2), number };
}

void PromiseMaker::cancel(double number)
{
    if (const auto cancel = m_cancels.take(quint64(number)))
        cancel();
}

} // namespace Twilio::Qml
