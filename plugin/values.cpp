#include "values.h"

#include "onceperengine.h"

#include <QtCore/qhash.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qstringlist.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

/*!
    \brief Makes objects of JavaScript of gadgets, by a function for each kind: an engine that is handed the
   names of properties, and the JSON text twice, makes strings of them each time, and soon collects garbage.
*/
class GadgetMaker : public QObject
{
    Q_OBJECT

public:
    static GadgetMaker *of(QJSEngine *engine)
    {
        return oncePerEngine<GadgetMaker>(engine, "GadgetMaker",
                                          [engine] { return new GadgetMaker(engine); });
    }

    template <typename Gadget>
    QJSValue make(const Gadget &gadget)
    {
        const QMetaObject &meta = Gadget::staticMetaObject;
        QJSValueList arguments { QString::fromUtf8(gadget.json()) };
        for (int i = 0; i < meta.propertyCount(); ++i) {
            if (const QMetaProperty property = meta.property(i); !isOfText(property))
                arguments.append(m_engine->toScriptValue(property.readOnGadget(&gadget)));
        }
        return makerOf(meta).call(arguments);
    }

private:
    explicit GadgetMaker(QJSEngine *engine) : QObject(engine), m_engine(engine) { }

    static bool isOfText(const QMetaProperty &property)
    {
        const QByteArrayView name(property.name());
        return name == QByteArrayView("value") || name == QByteArrayView("json");
    }

    QJSValue makerOf(const QMetaObject &meta)
    {
        QJSValue &maker = m_makers[&meta];
        if (!maker.isUndefined())
            return maker;
        QStringList parameters { u"$text"_s };
        QStringList members;
        for (int i = 0; i < meta.propertyCount(); ++i) {
            const QString name = QString::fromLatin1(meta.property(i).name());
            if (!isOfText(meta.property(i))) {
                parameters.append(name);
                members.append(u"%1: %1"_s.arg(name));
            } else {
                members.append(name == u"value" ? u"value: $parsed"_s : u"json: $text"_s);
            }
        }
        maker = m_engine->evaluate(u"(function(%1) {"
                                   "    let $parsed;"
                                   "    try { $parsed = JSON.parse($text); } catch (error) { }"
                                   "    return { %2 };"
                                   "})"_s.arg(parameters.join(u", "), members.join(u", ")));
        return maker;
    }

    QJSEngine *const m_engine;
    QHash<const QMetaObject *, QJSValue> m_makers;
};

} // namespace

QJSValue itemValue(QJSEngine *engine, const SyncListItem &item)
{
    return GadgetMaker::of(engine)->make(item);
}

QJSValue itemValue(QJSEngine *engine, const SyncMapItem &item) { return GadgetMaker::of(engine)->make(item); }

QJSValue messageValue(QJSEngine *engine, const SyncStreamMessage &message)
{
    return GadgetMaker::of(engine)->make(message);
}

} // namespace Twilio::Qml

#include "values.moc"
