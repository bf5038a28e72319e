pragma ComponentBehavior: Bound

import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// What is not saved yet, in a view, while the server is away.
SyncTestCase {
    id: testCase

    name: "Outbox"
    visible: true
    when: windowShown
    width: 300
    height: 300

    readonly property Component viewComponent: Component {
        ListView {
            id: view

            width: 300
            height: 300
            delegate: Text {
                required property var writeId
                required property string operation
                required property string objectName
                required property var itemKey
                required property var value
                required property int state
                required property int attempts

                text: `${operation} ${itemKey} ${JSON.stringify(value)}`
            }
        }
    }

    function textsOf(view): var {
        const texts = []
        for (let row = 0; row < view.count; ++row)
            texts.push(view.itemAtIndex(row).text)
        return texts
    }

    function test_viewShowsWhatWaitsAndCancels() {
        if (!TestServer.embedded)
            skip("the server cannot be stopped from here")
        const client = newClient("ann")
        const map = resolved(client.map(TestServer.uniqueName("outbox")))
        tryCompare(map, "subscriptionState", Sync.Established)
        const order = []
        map.itemAdded.connect(item => order.push(item.key))
        const view = createTemporaryObject(viewComponent, testCase, { model: client.outbox })
        TestServer.watchModel(client.outbox)
        TestServer.stop()
        tryCompare(client, "connectionStateName", "connecting")
        const writes = ["c", "b", "a"].map((key, n) => map.set(key, { n: n }))
        const cancelled = writes[1]
        compare(client.pendingWrites, 3)
        tryCompare(view, "count", 3)
        view.forceLayout()
        compare(textsOf(view), ['set c {"n":0}', 'set b {"n":1}', 'set a {"n":2}'])
        compare(view.itemAtIndex(0).state, SyncOutbox.Waiting)
        compare(view.itemAtIndex(0).objectName, map.uniqueName)
        compare(view.itemAtIndex(0).attempts, 0)
        verify(client.outbox.cancel(view.itemAtIndex(1).writeId))
        compare(rejected(cancelled).message, "cancelled")
        tryCompare(view, "count", 2)
        view.forceLayout()
        compare(textsOf(view), ['set c {"n":0}', 'set a {"n":2}'])
        TestServer.start()
        tryCompare(view, "count", 0, 20000)
        compare(resolved(writes[0]).value, { n: 0 })
        compare(resolved(writes[2]).value, { n: 2 })
        compare(order, ["c", "a"])
        compare(client.pendingWrites, 0)
    }

    function test_orderIsAProperty() {
        const client = newClient("ann")
        const list = resolved(client.list(TestServer.uniqueName("ordered")))
        verify(!list.orderedWrites)
        list.orderedWrites = true
        verify(list.orderedWrites)
        const items = resolved(Promise.all([1, 2, 3, 4, 5].map(n => list.push({ n: n }))))
        compare(items.map(item => item.value.n), [1, 2, 3, 4, 5])
        compare(items.map(item => item.index), [0, 1, 2, 3, 4])
    }

    function test_goesOfflineAndWaits() {
        const client = newClient("bob")
        tryCompare(client, "online", true)
        const list = resolved(client.list(TestServer.uniqueName("offline")))
        client.goOffline()
        tryCompare(client, "connectionStateName", "disconnected")
        compare(client.online, false)
        const pushed = list.push({ n: 1 })
        const waiting = client.waitForPendingWrites()
        compare(client.pendingWrites, 1)
        client.goOnline()
        compare(resolved(waiting), undefined)
        compare(client.pendingWrites, 0)
        compare(resolved(pushed).index, 0)
        tryCompare(client, "online", true)
    }
}
