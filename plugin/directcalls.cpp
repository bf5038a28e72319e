#include "directcalls.h"

#include "calls.h"
#include "openarguments.h"
#include "paginator.h"

#include "TwilioSync/api/syncclient.h"

namespace Twilio::Qml {
namespace {

QJSValue jsonValue(QJSEngine *engine, const SyncValue &value) { return parseJson(engine, value.toJson()); }

} // namespace

DocumentsElement::DocumentsElement(SyncClient *client) : QObject(client), m_client(client) { }

QJSValue DocumentsElement::get(const QJSValue &id)
{
    return valueCall(m_client, m_client->documents(), &SyncDocuments::get, jsonValue,
                     stringArgument(id, u"id"));
}

QJSValue DocumentsElement::set(const QJSValue &id, const QJSValue &value, const QJSValue &options)
{
    return valueCall(m_client, m_client->documents(), &SyncDocuments::set, jsonValue,
                     stringArgument(id, u"id"), objectArgument(value, u"value"),
                     writeOptionsArgument(options));
}

QJSValue DocumentsElement::update(const QJSValue &id, const QJSValue &fields, const QJSValue &options)
{
    return valueCall(m_client, m_client->documents(), &SyncDocuments::update, jsonValue,
                     stringArgument(id, u"id"), objectArgument(fields, u"fields"),
                     writeOptionsArgument(options));
}

QJSValue DocumentsElement::mutate(const QJSValue &id, const QJSValue &function, const QJSValue &options)
{
    return mutateCall(m_client, m_client->documents(), &SyncDocuments::mutate, jsonValue, function, options,
                      stringArgument(id, u"id"));
}

QJSValue DocumentsElement::setTtl(const QJSValue &id, const QJSValue &ttl)
{
    return voidCall(m_client, m_client->documents(), &SyncDocuments::setTtl, stringArgument(id, u"id"),
                    secondsArgument(ttl));
}

QJSValue DocumentsElement::remove(const QJSValue &id)
{
    return voidCall(m_client, m_client->documents(), &SyncDocuments::remove, stringArgument(id, u"id"));
}

ListsElement::ListsElement(SyncClient *client) : QObject(client), m_client(client) { }

QJSValue ListsElement::push(const QJSValue &id, const QJSValue &value, const QJSValue &options)
{
    return valueCall(m_client, m_client->lists(), &SyncLists::push, toItem, stringArgument(id, u"id"),
                     objectArgument(value, u"value"), pushOptionsArgument(options));
}

QJSValue ListsElement::getItem(const QJSValue &id, const QJSValue &itemIndex)
{
    return valueCall(m_client, m_client->lists(), &SyncLists::getItem, toItem, stringArgument(id, u"id"),
                     itemIndexArgument(itemIndex));
}

QJSValue ListsElement::setItem(const QJSValue &id, const QJSValue &itemIndex, const QJSValue &value,
                               const QJSValue &options)
{
    return valueCall(m_client, m_client->lists(), &SyncLists::setItem, toItem, stringArgument(id, u"id"),
                     itemIndexArgument(itemIndex), objectArgument(value, u"value"),
                     writeOptionsArgument(options));
}

QJSValue ListsElement::updateItem(const QJSValue &id, const QJSValue &itemIndex, const QJSValue &fields,
                                  const QJSValue &options)
{
    return valueCall(m_client, m_client->lists(), &SyncLists::updateItem, toItem, stringArgument(id, u"id"),
                     itemIndexArgument(itemIndex), objectArgument(fields, u"fields"),
                     writeOptionsArgument(options));
}

QJSValue ListsElement::mutateItem(const QJSValue &id, const QJSValue &itemIndex, const QJSValue &function,
                                  const QJSValue &options)
{
    return mutateCall(m_client, m_client->lists(), &SyncLists::mutateItem, toItem, function, options,
                      stringArgument(id, u"id"), itemIndexArgument(itemIndex));
}

QJSValue ListsElement::removeItem(const QJSValue &id, const QJSValue &itemIndex)
{
    return voidCall(m_client, m_client->lists(), &SyncLists::removeItem, stringArgument(id, u"id"),
                    itemIndexArgument(itemIndex));
}

QJSValue ListsElement::getItems(const QJSValue &id, const QJSValue &query)
{
    return pageCall(m_client, m_client, m_client->lists(), &SyncLists::getItems, stringArgument(id, u"id"),
                    listQueryArgument(query));
}

QJSValue ListsElement::setTtl(const QJSValue &id, const QJSValue &ttl)
{
    return voidCall(m_client, m_client->lists(), &SyncLists::setTtl, stringArgument(id, u"id"),
                    secondsArgument(ttl));
}

QJSValue ListsElement::remove(const QJSValue &id)
{
    return voidCall(m_client, m_client->lists(), &SyncLists::remove, stringArgument(id, u"id"));
}

MapsElement::MapsElement(SyncClient *client) : QObject(client), m_client(client) { }

QJSValue MapsElement::getItem(const QJSValue &id, const QJSValue &key)
{
    return valueCall(m_client, m_client->maps(), &SyncMaps::getItem, toItem, stringArgument(id, u"id"),
                     stringArgument(key, u"key"));
}

QJSValue MapsElement::setItem(const QJSValue &id, const QJSValue &key, const QJSValue &value,
                              const QJSValue &options)
{
    return valueCall(m_client, m_client->maps(), &SyncMaps::setItem, toItem, stringArgument(id, u"id"),
                     stringArgument(key, u"key"), objectArgument(value, u"value"),
                     writeOptionsArgument(options));
}

QJSValue MapsElement::updateItem(const QJSValue &id, const QJSValue &key, const QJSValue &fields,
                                 const QJSValue &options)
{
    return valueCall(m_client, m_client->maps(), &SyncMaps::updateItem, toItem, stringArgument(id, u"id"),
                     stringArgument(key, u"key"), objectArgument(fields, u"fields"),
                     writeOptionsArgument(options));
}

QJSValue MapsElement::mutateItem(const QJSValue &id, const QJSValue &key, const QJSValue &function,
                                 const QJSValue &options)
{
    return mutateCall(m_client, m_client->maps(), &SyncMaps::mutateItem, toItem, function, options,
                      stringArgument(id, u"id"), stringArgument(key, u"key"));
}

QJSValue MapsElement::removeItem(const QJSValue &id, const QJSValue &key)
{
    return voidCall(m_client, m_client->maps(), &SyncMaps::removeItem, stringArgument(id, u"id"),
                    stringArgument(key, u"key"));
}

QJSValue MapsElement::getItems(const QJSValue &id, const QJSValue &query)
{
    return pageCall(m_client, m_client, m_client->maps(), &SyncMaps::getItems, stringArgument(id, u"id"),
                    mapQueryArgument(query));
}

QJSValue MapsElement::setTtl(const QJSValue &id, const QJSValue &ttl)
{
    return voidCall(m_client, m_client->maps(), &SyncMaps::setTtl, stringArgument(id, u"id"),
                    secondsArgument(ttl));
}

QJSValue MapsElement::remove(const QJSValue &id)
{
    return voidCall(m_client, m_client->maps(), &SyncMaps::remove, stringArgument(id, u"id"));
}

StreamsElement::StreamsElement(SyncClient *client) : QObject(client), m_client(client) { }

QJSValue StreamsElement::publishMessage(const QJSValue &id, const QJSValue &value)
{
    return valueCall(m_client, m_client->streams(), &SyncStreams::publishMessage, messageValue,
                     stringArgument(id, u"id"), objectArgument(value, u"value"));
}

QJSValue StreamsElement::setTtl(const QJSValue &id, const QJSValue &ttl)
{
    return voidCall(m_client, m_client->streams(), &SyncStreams::setTtl, stringArgument(id, u"id"),
                    secondsArgument(ttl));
}

QJSValue StreamsElement::remove(const QJSValue &id)
{
    return voidCall(m_client, m_client->streams(), &SyncStreams::remove, stringArgument(id, u"id"));
}

} // namespace Twilio::Qml
