#include "mapentryextension.h"

#include "calls.h"

namespace Twilio::Qml {

MapEntryExtension::MapEntryExtension(QObject *entry)
    : QObject(entry)
    , m_entry(qobject_cast<SyncMapEntry *>(entry))
{ }

QJSValue MapEntryExtension::set(const QJSValue &value, const QJSValue &options)
{
    return valueCall(m_entry, m_entry, &SyncMapEntry::set, toItem, objectArgument(value, u"value"),
                     writeOptionsArgument(options));
}

QJSValue MapEntryExtension::update(const QJSValue &fields, const QJSValue &options)
{
    return valueCall(m_entry, m_entry, &SyncMapEntry::update, toItem, objectArgument(fields, u"fields"),
                     writeOptionsArgument(options));
}

QJSValue MapEntryExtension::remove() { return voidCall(m_entry, m_entry, &SyncMapEntry::remove); }

} // namespace Twilio::Qml
