import QtQuick
import Twilio.Sync
import Twilio.Sync.LocalServer

// Every element with every property that can be set, every signal and every method.
Item {
    id: root

    function openAll() {
        client.document().then(object => console.log(object.sid))
        client.list("tasks").then(object => console.log(object.sid))
        client.map({ id: "map", mode: "open_existing", ttl: 60 }).then(object => console.log(object.sid))
        client.stream({ mode: SyncClient.CreateNew }).catch(error => console.log(error.message, error.status))
        client.updateToken("token").then(() => client.shutdown())
    }

    function write() {
        document.set({ a: 1 }, { ttl: 60 }).then(value => console.log(value.a))
        document.update({ b: 2 })
        document.mutate(value => { value.count += 1; return value })
        document.setTtl(0)
        document.removeDocument()
        list.push({ title: "Milk" }, { ttl: 60 }).then(item => console.log(item.index, item.value.title))
        list.get(0)
        list.set(0, { title: "Bread" })
        list.update(0, { done: true })
        list.mutate(0, value => value)
        list.remove(0)
        list.setItemTtl(0, 60)
        list.getItems({ from: 0, pageSize: 10, order: Qt.DescendingOrder }).then(page => page.nextPage())
        list.setTtl(60)
        list.removeList()
        list.close()
        console.log(list.valueAt(0), list.rowOf(3))
        map.set("key", { a: 1 })
        map.get("key")
        map.update("key", { a: 1 })
        map.mutate("key", value => value)
        map.remove("key")
        map.setItemTtl("key", 60)
        map.getItems({ from: "key", pageSize: 10, order: "asc" }).then(page => page.prevPage())
        map.setTtl(60)
        map.removeMap()
        console.log(map.valueOf("key"), map.rowOf("key"))
        stream.publishMessage({ a: 1 }).then(message => console.log(message.sid, message.value))
        stream.setTtl(60)
        stream.removeStream()
    }

    LocalSyncServer {
        id: server

        port: 0
        secret: "0123456789abcdef0123456789abcdef"
        databasePath: ""
        Component.onCompleted: listen()
    }

    SyncClient {
        id: client

        url: server.url
        region: "us1"
        allowInsecure: false
        logLevel: "warn"
        token: server.createToken("ann", 3600)
        tokenProvider: () => Promise.resolve(server.createToken("ann", 3600))
        onConnectionStateChanged: state => console.log(state === SyncClient.Connected, connectionStateName)
        onConnectionError: error => console.log(error.message, error.status, error.code, error.terminal)
        onTokenAboutToExpire: console.log("about to expire")
        onTokenExpired: console.log("expired")
    }

    SyncDocument {
        id: document

        client: client
        uniqueName: "document"
        mode: SyncClient.OpenOrCreate
        ttl: 3600
        onUpdated: (value, isLocal, previousValue) => console.log(value, isLocal, previousValue)
        onRemoved: (isLocal, previousValue) => console.log(isLocal, previousValue)
        onValueChanged: console.log(value.a, revision, dateCreated, dateUpdated, dateExpires)
    }

    SyncList {
        id: list

        client: client
        uniqueName: "list"
        order: Qt.DescendingOrder
        pageSize: 20
        loadAll: true
        valueRoles: ["title", { name: "done", type: "bool", default: false }]
        onItemAdded: (item, isLocal) => console.log(item.index, item.value, item.revision, isLocal)
        onItemUpdated: (item, isLocal, previousValue) => console.log(item.dateUpdated, isLocal, previousValue)
        onItemRemoved: (itemIndex, isLocal, previousValue) => console.log(itemIndex, isLocal, previousValue)
        onRemoved: isLocal => console.log(isLocal)
        onStatusChanged: console.log(status === Sync.Ready, error.message, count, complete)
        onWriteBackFailed: (itemIndex, role, error) => console.log(itemIndex, role, error.message)
        onSubscriptionStateChanged: console.log(subscriptionState === Sync.Established)
    }

    SyncMap {
        id: map

        client: client
        sid: "MP00000000000000000000000000000000"
        onWriteBackFailed: (itemKey, role, error) => console.log(itemKey, role, error.message)
        onItemAdded: (item, isLocal) => console.log(item.key, item.value, item.revision, isLocal)
        onItemUpdated: (item, isLocal, previousValue) => console.log(item.dateUpdated, isLocal, previousValue)
        onItemRemoved: (itemKey, isLocal, previousValue) => console.log(itemKey, isLocal, previousValue)
    }

    SyncStream {
        id: stream

        client: client
        uniqueName: "stream"
        onMessagePublished: (message, isLocal) => console.log(message.sid, message.value, isLocal)
        onRemoved: isLocal => console.log(isLocal)
    }

    SyncSortFilterModel {
        id: sorted

        model: list
        sortRole: "title"
        sortOrder: Qt.DescendingOrder
        filterRole: "title"
        filterText: "milk"
        filterFunction: task => !task.done
        onCountChanged: console.log(count, get(0), mapToSource(0), mapFromSource(0), canFetchMore())
        onSortRoleChanged: fetchMore()
        onFilterTextChanged: invalidateFilter()
    }

    ListView {
        anchors.fill: parent
        model: sorted
        delegate: Text {
            required property int itemIndex
            required property string title
            required property bool done
            required property var value

            text: `${itemIndex}: ${title} ${done} ${value.title}`
        }
    }
}
