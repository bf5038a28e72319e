#include "mapextension.h"

#include "calls.h"
#include "openarguments.h"
#include "paginator.h"

namespace Twilio::Qml {

MapExtension::MapExtension(QObject *map) : QObject(map), m_map(qobject_cast<SyncMap *>(map)) { }

QJSValue MapExtension::get(const QJSValue &key)
{
    return valueCall(m_map, m_map, &SyncMap::get, toItem, stringArgument(key, u"key"));
}

QJSValue MapExtension::set(const QJSValue &key, const QJSValue &value, const QJSValue &options)
{
    return valueCall(m_map, m_map, &SyncMap::set, toItem, stringArgument(key, u"key"),
                     objectArgument(value, u"value"), writeOptionsArgument(options));
}

QJSValue MapExtension::update(const QJSValue &key, const QJSValue &fields, const QJSValue &options)
{
    return valueCall(m_map, m_map, &SyncMap::update, toItem, stringArgument(key, u"key"),
                     objectArgument(fields, u"fields"), writeOptionsArgument(options));
}

QJSValue MapExtension::mutate(const QJSValue &key, const QJSValue &function, const QJSValue &options)
{
    return mutateCall(m_map, m_map, &SyncMap::mutate, toItem, function, options, stringArgument(key, u"key"));
}

QJSValue MapExtension::remove(const QJSValue &key)
{
    return voidCall(m_map, m_map, &SyncMap::remove, stringArgument(key, u"key"));
}

QJSValue MapExtension::setItemTtl(const QJSValue &key, const QJSValue &ttl)
{
    return voidCall(m_map, m_map, &SyncMap::setItemTtl, stringArgument(key, u"key"), secondsArgument(ttl));
}

QJSValue MapExtension::getItems(const QJSValue &query)
{
    return pageCall(m_map, m_map->client(), m_map, &SyncMap::getItems, mapQueryArgument(query));
}

QJSValue MapExtension::setTtl(const QJSValue &ttl)
{
    return voidCall(m_map, m_map, &SyncMap::setTtl, secondsArgument(ttl));
}

QJSValue MapExtension::removeMap() { return voidCall(m_map, m_map, &SyncMap::removeMap); }

} // namespace Twilio::Qml
