#pragma once

#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qfuture.h>
#include <QtCore/qstring.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>

#include <memory>

// Calling back into JavaScript: mutators and token providers.
namespace Twilio::Qml {

//! What a function of JavaScript did.
struct CallOutcome
{
    //! What it returned, or what it threw, which may be anything.
    QJSValue value;
    bool threw = false;
};

//! Calls functions; unlike QJSValue::call() tells an Error returned from one thrown.
class GuardedCall
{
public:
    explicit GuardedCall(QJSEngine *engine);
    [[nodiscard]] CallOutcome operator()(const QJSValue &function, const QJSValueList &arguments = {}) const;

private:
    QJSValue m_guard;
};

//! One GuardedCall of \a function.
[[nodiscard]] CallOutcome callFunction(QJSEngine *engine, const QJSValue &function,
                                       const QJSValueList &arguments = {});

//! The text of something thrown or rejected with.
[[nodiscard]] QString reasonText(const QJSValue &reason);

//! A mutator of JavaScript as the library calls it.
struct JsMutator
{
    Mutator mutate;
    //! What the function threw, undefined if it did not; filled when \c mutate throws.
    std::shared_ptr<QJSValue> thrown;
};

//! \a function gets a copy of the current value; null or undefined from it aborts.
[[nodiscard]] JsMutator jsMutator(QJSEngine *engine, const QJSValue &function);

/*!
    \brief Calls \a provider, which returns a token or a Promise of one.

    The future fails with what was thrown or rejected, and if the engine dies first.
*/
[[nodiscard]] QFuture<QString> askForToken(QJSEngine *engine, const QJSValue &provider);

} // namespace Twilio::Qml
