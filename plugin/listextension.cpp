#include "listextension.h"

#include "calls.h"
#include "openarguments.h"
#include "paginator.h"
#include "values.h"

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

QJSValue toItem(QJSEngine *engine, const SyncListItem &item) { return itemValue(engine, item); }

} // namespace

ListExtension::ListExtension(QObject *list) : QObject(list), m_list(qobject_cast<SyncList *>(list)) { }

QJSValue ListExtension::push(const QJSValue &value, const QJSValue &options)
{
    ArgumentCheck check;
    const SyncValue content = check(objectArgument(value, u"value"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return promiseFor(m_list, m_list->push(content, write), toItem);
}

QJSValue ListExtension::get(const QJSValue &itemIndex)
{
    ArgumentCheck check;
    const qint64 target = check(itemIndexArgument(itemIndex, u"itemIndex"));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return promiseFor(m_list, m_list->get(target), toItem);
}

QJSValue ListExtension::set(const QJSValue &itemIndex, const QJSValue &value, const QJSValue &options)
{
    ArgumentCheck check;
    const qint64 target = check(itemIndexArgument(itemIndex, u"itemIndex"));
    const SyncValue content = check(objectArgument(value, u"value"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return promiseFor(m_list, m_list->set(target, content, write), toItem);
}

QJSValue ListExtension::update(const QJSValue &itemIndex, const QJSValue &fields, const QJSValue &options)
{
    ArgumentCheck check;
    const qint64 target = check(itemIndexArgument(itemIndex, u"itemIndex"));
    const SyncValue content = check(objectArgument(fields, u"fields"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return promiseFor(m_list, m_list->update(target, content, write), toItem);
}

QJSValue ListExtension::mutate(const QJSValue &itemIndex, const QJSValue &function, const QJSValue &options)
{
    ArgumentCheck check;
    const qint64 target = check(itemIndexArgument(itemIndex, u"itemIndex"));
    const QJSValue callable = check(functionArgument(function, u"mutator"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return mutatePromise(
            m_list, callable,
            [this, target, write](const Mutator &mutator) { return m_list->mutate(target, mutator, write); },
            toItem);
}

QJSValue ListExtension::remove(const QJSValue &itemIndex)
{
    ArgumentCheck check;
    const qint64 target = check(itemIndexArgument(itemIndex, u"itemIndex"));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return promiseFor(m_list, m_list->remove(target));
}

QJSValue ListExtension::setItemTtl(const QJSValue &itemIndex, const QJSValue &ttl)
{
    ArgumentCheck check;
    const qint64 target = check(itemIndexArgument(itemIndex, u"itemIndex"));
    const qint64 seconds = check(secondsArgument(ttl));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return promiseFor(m_list, m_list->setItemTtl(target, seconds));
}

QJSValue ListExtension::getItems(const QJSValue &query)
{
    ArgumentCheck check;
    ListQuery checked;
    if (!isMissing(query)) {
        if (!isPlainObject(query))
            return rejectedPromise(m_list,
                                   wrongArgument(u"query", u"an object { from, pageSize, order }", query));
        if (const QJSValue from = query.property(u"from"_s); !isMissing(from))
            checked.from = check(itemIndexArgument(from, u"from"));
        checked.pageSize = check(pageSizeArgument(query.property(u"pageSize"_s)));
        checked.order = check(orderArgument(query.property(u"order"_s)));
    }
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    return paginatorPromise(m_list, m_list->client(), m_list->getItems(checked));
}

QJSValue ListExtension::setTtl(const QJSValue &ttl) { return setTtlOf(m_list, ttl); }

QJSValue ListExtension::removeList() { return promiseFor(m_list, m_list->removeList()); }

} // namespace Twilio::Qml
