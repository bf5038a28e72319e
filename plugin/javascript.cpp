#include "javascript.h"

#include "arguments.h"
#include "promise.h"

#include "TwilioSync/core/settle.h"

#include <QtCore/qpointer.h>

#include <optional>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

constexpr QStringView tokenExpected = u"a non-empty string or a Promise of one";

//! Waits for a Promise of JavaScript; settles its callback once, at the latest when the engine dies.
class PromiseReader : public QObject
{
    Q_OBJECT

public:
    PromiseReader(QJSEngine *engine, Callback<QString> done) : QObject(engine), m_done(std::move(done)) { }

    ~PromiseReader() override
    {
        if (m_done)
            m_done(SyncError(u"tokenProvider: the QML engine was destroyed"_s));
    }

    Q_INVOKABLE void resolved(const QJSValue &value)
    {
        if (value.isString() && !value.toString().isEmpty())
            finish(value.toString());
        else
            finish(wrongArgument(u"tokenProvider", tokenExpected, value));
    }

    Q_INVOKABLE void rejected(const QJSValue &reason)
    {
        finish(SyncError(u"tokenProvider: %1"_s.arg(reasonText(reason))));
    }

private:
    void finish(SyncResult<QString> result)
    {
        if (const auto done = std::exchange(m_done, {}))
            done(std::move(result));
        deleteLater();
    }

    Callback<QString> m_done;
};

} // namespace

GuardedCall::GuardedCall(QJSEngine *engine)
    : m_guard(engine->evaluate(u"(function(f) {"
                               "    const args = Array.prototype.slice.call(arguments, 1);"
                               "    try {"
                               "        return { value: f.apply(undefined, args), threw: false };"
                               "    } catch (e) {"
                               "        return { value: e, threw: true };"
                               "    }"
                               "})"_s))
{ }

CallOutcome GuardedCall::operator()(const QJSValue &function, const QJSValueList &arguments) const
{
    const QJSValue outcome = m_guard.call(QJSValueList { function } + arguments);
    return { outcome.property(u"value"_s), outcome.property(u"threw"_s).toBool() };
}

CallOutcome callFunction(QJSEngine *engine, const QJSValue &function, const QJSValueList &arguments)
{
    return GuardedCall(engine)(function, arguments);
}

QString reasonText(const QJSValue &reason)
{
    const QJSValue message = reason.property(u"message"_s);
    return message.isString() ? message.toString() : reason.toString();
}

JsMutator jsMutator(QJSEngine *engine, const QJSValue &function)
{
    auto thrown = std::make_shared<QJSValue>();
    auto mutate = [engine = QPointer(engine), function,
                   thrown](const SyncValue &current) -> std::optional<SyncValue> {
        if (!engine)
            throw SyncException(SyncError(u"mutator: the QML engine was destroyed"_s));
        const CallOutcome outcome = callFunction(engine, function, { parseJson(engine, current.toJson()) });
        if (outcome.threw) {
            *thrown = outcome.value;
            throw SyncException(SyncError(reasonText(outcome.value)));
        }
        if (isMissing(outcome.value))
            return std::nullopt;
        const auto next = objectArgument(outcome.value, u"result of the mutator");
        if (const SyncError *error = errorOf(next))
            throw SyncException(*error);
        return std::get<SyncValue>(next);
    };
    return { std::move(mutate), std::move(thrown) };
}

QFuture<QString> askForToken(QJSEngine *engine, const QJSValue &provider)
{
    auto [future, done] = makeCall<QString>();
    const CallOutcome outcome = callFunction(engine, provider);
    auto *reader = new PromiseReader(engine, std::move(done));
    const QJSValue then = outcome.value.property(u"then"_s);
    if (outcome.threw) {
        reader->rejected(outcome.value);
    } else if (then.isCallable()) {
        QJSEngine::setObjectOwnership(reader, QJSEngine::CppOwnership);
        const QJSValue self = engine->newQObject(reader);
        const QJSValue attached = then.callWithInstance(
                outcome.value, { self.property(u"resolved"_s), self.property(u"rejected"_s) });
        if (attached.isError())
            reader->rejected(attached);
    } else {
        reader->resolved(outcome.value);
    }
    return future;
}

} // namespace Twilio::Qml

#include "javascript.moc"
