#include "mapextension.h"

#include "calls.h"
#include "openarguments.h"
#include "paginator.h"
#include "values.h"

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

QJSValue toItem(QJSEngine *engine, const SyncMapItem &item) { return itemValue(engine, item); }

} // namespace

MapExtension::MapExtension(QObject *map) : QObject(map), m_map(qobject_cast<SyncMap *>(map)) { }

QJSValue MapExtension::get(const QJSValue &key)
{
    ArgumentCheck check;
    const QString target = check(stringArgument(key, u"key"));
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return promiseFor(m_map, m_map->get(target), toItem);
}

QJSValue MapExtension::set(const QJSValue &key, const QJSValue &value, const QJSValue &options)
{
    ArgumentCheck check;
    const QString target = check(stringArgument(key, u"key"));
    const SyncValue content = check(objectArgument(value, u"value"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return promiseFor(m_map, m_map->set(target, content, write), toItem);
}

QJSValue MapExtension::update(const QJSValue &key, const QJSValue &fields, const QJSValue &options)
{
    ArgumentCheck check;
    const QString target = check(stringArgument(key, u"key"));
    const SyncValue content = check(objectArgument(fields, u"fields"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return promiseFor(m_map, m_map->update(target, content, write), toItem);
}

QJSValue MapExtension::mutate(const QJSValue &key, const QJSValue &function, const QJSValue &options)
{
    ArgumentCheck check;
    const QString target = check(stringArgument(key, u"key"));
    const QJSValue callable = check(functionArgument(function, u"mutator"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return mutatePromise(
            m_map, callable,
            [this, target, write](const Mutator &mutator) { return m_map->mutate(target, mutator, write); },
            toItem);
}

QJSValue MapExtension::remove(const QJSValue &key)
{
    ArgumentCheck check;
    const QString target = check(stringArgument(key, u"key"));
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return promiseFor(m_map, m_map->remove(target));
}

QJSValue MapExtension::setItemTtl(const QJSValue &key, const QJSValue &ttl)
{
    ArgumentCheck check;
    const QString target = check(stringArgument(key, u"key"));
    const qint64 seconds = check(secondsArgument(ttl));
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return promiseFor(m_map, m_map->setItemTtl(target, seconds));
}

QJSValue MapExtension::getItems(const QJSValue &query)
{
    ArgumentCheck check;
    MapQuery checked;
    if (!isMissing(query)) {
        if (!isPlainObject(query))
            return rejectedPromise(m_map,
                                   wrongArgument(u"query", u"an object { from, pageSize, order }", query));
        if (const QJSValue from = query.property(u"from"_s); !isMissing(from))
            checked.from = check(stringArgument(from, u"from"));
        checked.pageSize = check(pageSizeArgument(query.property(u"pageSize"_s)));
        checked.order = check(orderArgument(query.property(u"order"_s)));
    }
    if (check.failed())
        return rejectedPromise(m_map, check.error());
    return paginatorPromise(m_map, m_map->client(), m_map->getItems(checked));
}

QJSValue MapExtension::setTtl(const QJSValue &ttl) { return setTtlOf(m_map, ttl); }

QJSValue MapExtension::removeMap() { return promiseFor(m_map, m_map->removeMap()); }

} // namespace Twilio::Qml
