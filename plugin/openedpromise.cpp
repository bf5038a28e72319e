#include "openedpromise.h"

#include "TwilioSync/core/scripthold.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qurl.h>
#include <QtCore/qvariant.h>
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
    // Compiled once for each engine. Not findChild(): see PromiseMaker
    const QByteArray property = "_twilioSync" + name.toLatin1();
    auto *component = engine->property(property.constData()).value<QQmlComponent *>();
    if (!component) {
        component = new QQmlComponent(engine, engine);
        component->setData(u"import Twilio.Sync\n%1 {}"_s.arg(name).toUtf8(), QUrl());
        if (component->isError()) {
            delete component;
            return nullptr;
        }
        engine->setProperty(property.constData(), QVariant::fromValue(component));
    }
    return component->create();
}

} // namespace Twilio::Qml
