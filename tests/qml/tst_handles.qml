import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// What documents, lists, maps and streams have in common, each of them declared.
SyncTestCase {
    id: testCase

    name: "Handles"

    property SyncClient mine
    property SyncClient others

    readonly property Component documents: Component { SyncDocument { } }
    readonly property Component lists: Component { SyncList { } }
    readonly property Component maps: Component { SyncMap { } }
    readonly property Component streams: Component { SyncStream { } }

    SignalSpy { id: statuses; signalName: "statusChanged" }

    function init() {
        mine = newClient("ann")
        others = newClient("ben")
    }

    function cleanup() {
        statuses.target = null
    }

    //! A row for each kind: its element, how a client opens one, and how it is removed.
    function kinds(): var {
        return [
            { tag: "SyncDocument", element: documents, prefix: "ET",
              open: (client, arg) => client.document(arg), remove: object => object.removeDocument(),
              write: object => object.set({ a: 1 }) },
            { tag: "SyncList", element: lists, prefix: "ES",
              open: (client, arg) => client.list(arg), remove: object => object.removeList(),
              write: object => object.push({ a: 1 }) },
            { tag: "SyncMap", element: maps, prefix: "MP",
              open: (client, arg) => client.map(arg), remove: object => object.removeMap(),
              write: object => object.set("a", { a: 1 }) },
            { tag: "SyncStream", element: streams, prefix: "TO",
              open: (client, arg) => client.stream(arg), remove: object => object.removeStream(),
              write: object => object.publishMessage({ a: 1 }) }
        ]
    }

    function test_opensOnceItHasClientAndName_data() { return kinds() }

    function test_opensOnceItHasClientAndName(data) {
        const object = createTemporaryObject(data.element, testCase)
        compare(object.status, Sync.Null)
        compare(object.client, null)
        compare(object.mode, SyncClient.OpenOrCreate)
        compare(object.ttl, null)
        compare(object.sid, "")
        compare(object.revision, "")
        compare(object.dateCreated, null)
        compare(object.dateUpdated, null)
        compare(object.dateExpires, null)
        compare(object.subscriptionState, Sync.Unsubscribed)
        const seen = []
        object.statusChanged.connect(() => seen.push(object.status))
        const subscriptions = []
        object.subscriptionStateChanged.connect(() => subscriptions.push(object.subscriptionState))

        const name = TestServer.uniqueName("handle")
        object.uniqueName = "another"
        object.ttl = 3600
        object.uniqueName = name
        object.client = mine
        tryCompare(object, "subscriptionState", Sync.Established)
        compare(seen, [Sync.Opening, Sync.Ready])
        compare(subscriptions[subscriptions.length - 1], Sync.Established)
        verify(subscriptions.every(state => [Sync.Pending, Sync.Subscribing, Sync.Established].includes(state)))
        compare(object.uniqueName, name)
        compare(object.client, mine)
        verify(object.error.isNull)
        compare(object.sid.slice(0, 2), data.prefix)
        if (data.tag !== "SyncStream") {
            verify(object.dateCreated instanceof Date)
            verify(object.dateUpdated instanceof Date)
            verify(object.revision.length > 0)
        }
        const lifetime = object.dateExpires - new Date()
        verify(lifetime > 3500 * 1000 && lifetime <= 3700 * 1000, `expires in ${lifetime} ms`)
    }

    function test_opensBySid_data() { return kinds() }

    function test_opensBySid(data) {
        const theirs = resolved(data.open(others, TestServer.uniqueName("handle")))
        const object = createTemporaryObject(data.element, testCase, { client: mine, sid: theirs.sid })
        tryCompare(object, "status", Sync.Ready)
        compare(object.uniqueName, theirs.uniqueName)
    }

    function test_modeSaysWhatMayHappen_data() { return kinds() }

    function test_modeSaysWhatMayHappen(data) {
        const name = TestServer.uniqueName("handle")
        const missing = createTemporaryObject(data.element, testCase, {
            client: mine, uniqueName: name, mode: SyncClient.OpenExisting
        })
        tryCompare(missing, "status", Sync.Failed)
        compare(missing.error.status, 404)
        compare(missing.error.code, 54300)
        verify(missing.error.message.length > 0)
        verify(!missing.error.terminal)
        const made = createTemporaryObject(data.element, testCase, {
            client: mine, uniqueName: name, mode: SyncClient.CreateNew
        })
        tryCompare(made, "status", Sync.Ready)
        const again = createTemporaryObject(data.element, testCase, {
            client: others, uniqueName: name, mode: SyncClient.CreateNew
        })
        tryCompare(again, "status", Sync.Failed)
        compare(again.error.status, 409)
        again.mode = SyncClient.OpenOrCreate
        again.uniqueName = TestServer.uniqueName("handle")
        tryCompare(again, "status", Sync.Ready)
        verify(again.error.isNull)
        compare(rejected(data.open(mine, { id: TestServer.uniqueName("none"), mode: SyncClient.OpenExisting })).status,
                404)
        compare(rejected(data.open(mine, { id: name, mode: "create_new" })).status, 409)
        compare(resolved(data.open(mine, { id: name, mode: SyncClient.OpenOrCreate })).sid, made.sid)
    }

    function test_ttlIsSetAndLifted_data() { return kinds() }

    function test_ttlIsSetAndLifted(data) {
        const object = resolved(data.open(mine, { ttl: 60 }))
        verify(object.dateExpires instanceof Date)
        compare(resolved(object.setTtl(0)), undefined)
        tryCompare(object, "dateExpires", null)
        compare(resolved(object.setTtl(3600)), undefined)
        tryVerify(() => object.dateExpires instanceof Date)
    }

    function test_pendingWritesAreCounted_data() { return kinds() }

    function test_pendingWritesAreCounted(data) {
        const object = resolved(data.open(mine))
        compare(object.pendingWrites, 0)
        compare(mine.pendingWrites, 0)
        const seen = []
        object.pendingWritesChanged.connect(() => seen.push(object.pendingWrites))
        const written = data.write(object)
        compare(mine.pendingWrites, 1)
        resolved(written)
        tryVerify(() => mine.pendingWrites === 0)
        compare(seen, [1, 0])
    }

    function test_closedHandleTakesNoCalls_data() { return kinds() }

    function test_closedHandleTakesNoCalls(data) {
        const object = resolved(data.open(mine))
        const same = resolved(data.open(mine, object.sid))
        object.close()
        compare(object.status, Sync.Closed)
        compare(object.subscriptionState, Sync.Unsubscribed)
        compare(rejected(data.write(object)).message, "handle closed")
        compare(rejected(object.setTtl(1)).message, "handle closed")
        compare(same.status, Sync.Ready)
        resolved(data.write(same))
    }

    function test_notOpenYetTakesNoCalls_data() { return kinds() }

    function test_notOpenYetTakesNoCalls(data) {
        const object = createTemporaryObject(data.element, testCase)
        refused(data.write(object), "handle not open: it names nothing yet")
        refused(data.remove(object), "handle not open: it names nothing yet")
    }

    function test_removalIsToldHereAndThere_data() { return kinds() }

    function test_removalIsToldHereAndThere(data) {
        const object = resolved(data.open(mine))
        const theirs = resolved(data.open(others, object.sid))
        tryCompare(theirs, "subscriptionState", Sync.Established)
        const seen = []
        object.removed.connect(isLocal => seen.push(`here ${isLocal}`))
        theirs.removed.connect(isLocal => seen.push(`there ${isLocal}`))
        compare(resolved(data.remove(object)), undefined)
        compare(object.status, Sync.Removed)
        tryCompare(theirs, "status", Sync.Removed)
        compare(seen.sort(), ["here true", "there false"])
        compare(rejected(data.write(theirs)).status, 404)
    }

    function test_pointedElsewhere_data() { return kinds() }

    function test_pointedElsewhere(data) {
        const first = resolved(data.open(others, TestServer.uniqueName("handle")))
        const second = resolved(data.open(others, TestServer.uniqueName("handle")))
        const object = createTemporaryObject(data.element, testCase, { client: mine, uniqueName: first.uniqueName })
        tryCompare(object, "sid", first.sid)
        statuses.target = object
        statuses.clear()
        object.uniqueName = second.uniqueName
        compare(object.sid, "")
        tryCompare(object, "sid", second.sid)
        compare(object.status, Sync.Ready)
        object.sid = first.sid
        tryCompare(object, "uniqueName", first.uniqueName)
        object.client = null
        tryCompare(object, "status", Sync.Null)
    }

    function test_clientThatGoesClosesItsHandles_data() { return kinds() }

    function test_clientThatGoesClosesItsHandles(data) {
        const client = clientComponent.createObject(testCase, { token: TestServer.token("cy") }) as SyncClient
        const object = createTemporaryObject(data.element, testCase, {
            client: client, uniqueName: TestServer.uniqueName("handle")
        })
        tryCompare(object, "status", Sync.Ready)
        client.destroy()
        tryCompare(object, "status", Sync.Closed)
        compare(object.error.message, "")
        compare(object.client, null)
        refused(data.write(object), "client destroyed")
    }

    function test_declaredBeforeThereIsAToken_data() { return kinds() }

    function test_declaredBeforeThereIsAToken(data) {
        const client = createTemporaryObject(clientComponent, testCase)
        const object = createTemporaryObject(data.element, testCase, {
            client: client, uniqueName: TestServer.uniqueName("handle")
        })
        compare(object.status, Sync.Null)
        client.token = TestServer.token("ann")
        tryCompare(object, "status", Sync.Ready)
    }

    function test_enumsHaveTheirNames() {
        compare([Sync.Null, Sync.Opening, Sync.Ready, Sync.Failed, Sync.Removed, Sync.Closed], [0, 1, 2, 3, 4, 5])
        compare([Sync.Unsubscribed, Sync.Pending, Sync.Subscribing, Sync.Established, Sync.SubscriptionFailed],
                [0, 1, 2, 3, 4])
    }
}
