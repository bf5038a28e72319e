#include "values.h"

#include "arguments.h"

#include <QtCore/qmetaobject.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

template <typename Gadget>
QJSValue gadgetValue(QJSEngine *engine, const Gadget &gadget)
{
    const QMetaObject &meta = Gadget::staticMetaObject;
    QJSValue object = engine->newObject();
    for (int i = 0; i < meta.propertyCount(); ++i) {
        const QMetaProperty property = meta.property(i);
        const QString name = QString::fromLatin1(property.name());
        const bool isValue = name == u"value";
        object.setProperty(name,
                           isValue ? parseJson(engine, gadget.json())
                                   : engine->toScriptValue(property.readOnGadget(&gadget)));
    }
    return object;
}

} // namespace

QJSValue itemValue(QJSEngine *engine, const SyncListItem &item) { return gadgetValue(engine, item); }

QJSValue itemValue(QJSEngine *engine, const SyncMapItem &item) { return gadgetValue(engine, item); }

QJSValue messageValue(QJSEngine *engine, const SyncStreamMessage &message)
{
    return gadgetValue(engine, message);
}

} // namespace Twilio::Qml
