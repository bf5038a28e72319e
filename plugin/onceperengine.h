#pragma once

#include <QtCore/qvariant.h>
#include <QtQml/qjsengine.h>

namespace Twilio::Qml {

/*!
    \brief What \a make gives for \a engine, whose child it is: made once, found again by \a name.

    A nullptr is not kept, the next call makes it again.
*/
template <typename T, typename Make>
T *oncePerEngine(QJSEngine *engine, const QByteArray &name, Make make)
{
    // Not findChild(): an engine with many calls under way has many children.
    const QByteArray property = "_twilioSync" + name;
    if (auto *known = engine->property(property.constData()).value<T *>())
        return known;
    T *made = make();
    if (made)
        engine->setProperty(property.constData(), QVariant::fromValue(made));
    return made;
}

} // namespace Twilio::Qml
