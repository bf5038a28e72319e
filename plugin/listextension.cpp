#include "listextension.h"

#include "calls.h"
#include "openarguments.h"
#include "paginator.h"

namespace Twilio::Qml {

ListExtension::ListExtension(QObject *list) : QObject(list), m_list(qobject_cast<SyncList *>(list)) { }

QJSValue ListExtension::push(const QJSValue &value, const QJSValue &options)
{
    return valueCall(m_list, m_list, &SyncList::push, toItem, objectArgument(value, u"value"),
                     pushOptionsArgument(options));
}

QJSValue ListExtension::get(const QJSValue &itemIndex)
{
    return valueCall(m_list, m_list, &SyncList::get, toItem, itemIndexArgument(itemIndex));
}

QJSValue ListExtension::set(const QJSValue &itemIndex, const QJSValue &value, const QJSValue &options)
{
    return valueCall(m_list, m_list, &SyncList::set, toItem, itemIndexArgument(itemIndex),
                     objectArgument(value, u"value"), writeOptionsArgument(options));
}

QJSValue ListExtension::update(const QJSValue &itemIndex, const QJSValue &fields, const QJSValue &options)
{
    return valueCall(m_list, m_list, &SyncList::update, toItem, itemIndexArgument(itemIndex),
                     objectArgument(fields, u"fields"), writeOptionsArgument(options));
}

QJSValue ListExtension::mutate(const QJSValue &itemIndex, const QJSValue &function, const QJSValue &options)
{
    return mutateCall(m_list, m_list, &SyncList::mutate, toItem, function, options,
                      itemIndexArgument(itemIndex));
}

QJSValue ListExtension::remove(const QJSValue &itemIndex)
{
    return voidCall(m_list, m_list, &SyncList::remove, itemIndexArgument(itemIndex));
}

QJSValue ListExtension::setItemTtl(const QJSValue &itemIndex, const QJSValue &ttl)
{
    return voidCall(m_list, m_list, &SyncList::setItemTtl, itemIndexArgument(itemIndex),
                    secondsArgument(ttl));
}

QJSValue ListExtension::getItems(const QJSValue &query)
{
    return pageCall(m_list, m_list->client(), m_list, &SyncList::getItems, listQueryArgument(query));
}

QJSValue ListExtension::setTtl(const QJSValue &ttl)
{
    return voidCall(m_list, m_list, &SyncList::setTtl, secondsArgument(ttl));
}

QJSValue ListExtension::removeList() { return voidCall(m_list, m_list, &SyncList::removeList); }

} // namespace Twilio::Qml
