#include "mapentryextension.h"

#include "calls.h"
#include "openarguments.h"
#include "values.h"

namespace Twilio::Qml {
namespace {

QJSValue toItem(QJSEngine *engine, const SyncMapItem &item) { return itemValue(engine, item); }

} // namespace

MapEntryExtension::MapEntryExtension(QObject *entry)
    : QObject(entry)
    , m_entry(qobject_cast<SyncMapEntry *>(entry))
{ }

QJSValue MapEntryExtension::set(const QJSValue &value, const QJSValue &options)
{
    ArgumentCheck check;
    const SyncValue content = check(objectArgument(value, u"value"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_entry, check.error());
    return promiseFor(m_entry, m_entry->set(content, write), toItem);
}

QJSValue MapEntryExtension::update(const QJSValue &fields, const QJSValue &options)
{
    ArgumentCheck check;
    const SyncValue content = check(objectArgument(fields, u"fields"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_entry, check.error());
    return promiseFor(m_entry, m_entry->update(content, write), toItem);
}

QJSValue MapEntryExtension::remove() { return promiseFor(m_entry, m_entry->remove()); }

} // namespace Twilio::Qml
