#pragma once

#include "TwilioSync/api/syncmapentry.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncMapEntry has in QML besides what it has in C++; each method gives a Promise.
*/
class MapEntryExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MapEntryExtension)

public:
    explicit MapEntryExtension(QObject *entry);

    Q_INVOKABLE QJSValue set(const QJSValue &value = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue update(const QJSValue &fields = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue remove();

private:
    SyncMapEntry *const m_entry;
};

} // namespace Twilio::Qml
