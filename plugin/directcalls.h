#pragma once

#include "TwilioSync/api/syncdocuments.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/syncmaps.h"
#include "TwilioSync/api/syncstreams.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlregistration.h>

// SyncClient.documents, lists, maps and streams in QML. They wrap those of C++, as QML extends only what it
// made itself. Each method takes the id, a SID or unique name, and gives a Promise, which is rejected at once
// if an argument is wrong.
namespace Twilio::Qml {

class DocumentsElement : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DocumentsElement)
    QML_NAMED_ELEMENT(SyncDocuments)
    QML_UNCREATABLE("SyncClient.documents gives it")

public:
    explicit DocumentsElement(SyncClient *client);

    Q_INVOKABLE QJSValue get(const QJSValue &id = {});
    Q_INVOKABLE QJSValue set(const QJSValue &id = {}, const QJSValue &value = {},
                             const QJSValue &options = {});
    Q_INVOKABLE QJSValue update(const QJSValue &id = {}, const QJSValue &fields = {},
                                const QJSValue &options = {});
    Q_INVOKABLE QJSValue mutate(const QJSValue &id = {}, const QJSValue &function = {},
                                const QJSValue &options = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &id = {}, const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue remove(const QJSValue &id = {});

private:
    SyncClient *const m_client;
};

class ListsElement : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ListsElement)
    QML_NAMED_ELEMENT(SyncLists)
    QML_UNCREATABLE("SyncClient.lists gives it")

public:
    explicit ListsElement(SyncClient *client);

    Q_INVOKABLE QJSValue push(const QJSValue &id = {}, const QJSValue &value = {},
                              const QJSValue &options = {});
    Q_INVOKABLE QJSValue getItem(const QJSValue &id = {}, const QJSValue &itemIndex = {});
    Q_INVOKABLE QJSValue setItem(const QJSValue &id = {}, const QJSValue &itemIndex = {},
                                 const QJSValue &value = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue updateItem(const QJSValue &id = {}, const QJSValue &itemIndex = {},
                                    const QJSValue &fields = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue mutateItem(const QJSValue &id = {}, const QJSValue &itemIndex = {},
                                    const QJSValue &function = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue removeItem(const QJSValue &id = {}, const QJSValue &itemIndex = {});
    //! \a query is { from, pageSize, order }; gives a SyncPaginator.
    Q_INVOKABLE QJSValue getItems(const QJSValue &id = {}, const QJSValue &query = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &id = {}, const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue remove(const QJSValue &id = {});

private:
    SyncClient *const m_client;
};

class MapsElement : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MapsElement)
    QML_NAMED_ELEMENT(SyncMaps)
    QML_UNCREATABLE("SyncClient.maps gives it")

public:
    explicit MapsElement(SyncClient *client);

    Q_INVOKABLE QJSValue getItem(const QJSValue &id = {}, const QJSValue &key = {});
    Q_INVOKABLE QJSValue setItem(const QJSValue &id = {}, const QJSValue &key = {},
                                 const QJSValue &value = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue updateItem(const QJSValue &id = {}, const QJSValue &key = {},
                                    const QJSValue &fields = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue mutateItem(const QJSValue &id = {}, const QJSValue &key = {},
                                    const QJSValue &function = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue removeItem(const QJSValue &id = {}, const QJSValue &key = {});
    //! \a query is { from, pageSize, order }; gives a SyncPaginator.
    Q_INVOKABLE QJSValue getItems(const QJSValue &id = {}, const QJSValue &query = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &id = {}, const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue remove(const QJSValue &id = {});

private:
    SyncClient *const m_client;
};

class StreamsElement : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(StreamsElement)
    QML_NAMED_ELEMENT(SyncStreams)
    QML_UNCREATABLE("SyncClient.streams gives it")

public:
    explicit StreamsElement(SyncClient *client);

    Q_INVOKABLE QJSValue publishMessage(const QJSValue &id = {}, const QJSValue &value = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &id = {}, const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue remove(const QJSValue &id = {});

private:
    SyncClient *const m_client;
};

} // namespace Twilio::Qml
