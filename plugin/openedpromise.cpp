#include "openedpromise.h"

#include "onceperengine.h"

#include "TwilioSync/core/scripthold.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qurl.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlcomponent.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {
namespace {

// A value of the engine's that refers to the object.
ScriptHold holdFor(QObject *object)
{
    QJSEngine *const engine = qjsEngine(object);
    if (!engine || QJSEngine::objectOwnership(object) != QJSEngine::JavaScriptOwnership)
        return nullptr;
    return std::make_shared<QJSValue>(engine->newQObject(object));
}

[[maybe_unused]] const bool holds = [] {
    setScriptHolder(&holdFor);
    return true;
}();

} // namespace

QObject *createElement(QQmlEngine *engine, const QString &name)
{
    auto *component =
            oncePerEngine<QQmlComponent>(engine, name.toLatin1(), [engine, &name]() -> QQmlComponent * {
                auto compiled = std::make_unique<QQmlComponent>(engine, engine);
                compiled->setData(u"import Twilio.Sync\n%1 {}"_s.arg(name).toUtf8(), QUrl());
                return compiled->isError() ? nullptr : compiled.release();
            });
    return component ? component->create() : nullptr;
}

} // namespace Twilio::Qml
