pragma ComponentBehavior: Bound

import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// What mutate() made before a restart, of a value that is another by then, and pushes that are known by a field.
SyncTestCase {
    id: testCase

    name: "Conflict"

    readonly property Component keepingComponent: Component {
        SyncClient {
            property int asked: 0
            property var answer: () => false

            url: TestServer.url
            persistentWrites: true
            onConflict: (write, theirs) => {
                ++asked
                answer(write, theirs)
            }
        }
    }
    readonly property Component listComponent: Component {
        SyncList { optimistic: true }
    }

    function keepingClient(folder, connects): SyncClient {
        const client = createTemporaryObject(keepingComponent, testCase, { cachePath: folder })
        if (!connects)
            client.goOffline()
        client.token = TestServer.token("ann")
        return client
    }

    function test_settled_data() {
        return [
            { tag: "retry", answer: (write, theirs) => write.retry({ n: theirs.n + 1 }), n: 41 },
            { tag: "overwrite", answer: write => write.overwrite(), n: 1 },
            { tag: "drop", answer: write => write.drop(), n: 40 }
        ]
    }

    function test_settled(data) {
        const folder = TestServer.newFolder()
        const name = TestServer.uniqueName("conflict")
        const remote = resolved(newClient("bob").list(name))
        resolved(remote.push({ n: 0 }))
        const first = keepingClient(folder, true)
        const seen = createTemporaryObject(listComponent, testCase, { client: first, uniqueName: name })
        tryCompare(seen, "subscriptionState", Sync.Established)
        tryCompare(seen, "count", 1)
        first.goOffline()
        seen.mutate(0, value => ({ n: value.n + 1 }))
        tryVerify(() => seen.valueAt(0).n === 1)
        tryVerify(() => first.outbox.data(first.outbox.index(0, 0), SyncOutbox.StateRole) === SyncOutbox.Waiting)
        seen.destroy()
        first.destroy()
        TestServer.deleteWhatIsDue()
        resolved(remote.set(0, { n: 40 }))

        const client = keepingClient(folder, true)
        const later = { write: null, theirs: null }
        client.answer = (write, theirs) => {
            later.write = write
            later.theirs = theirs
        }
        const list = createTemporaryObject(listComponent, testCase, { client: client, uniqueName: name })
        TestServer.watchModel(list)
        tryCompare(client, "asked", 1)
        const write = later.write
        compare(write.operation, "mutate")
        compare(write.objectName, name)
        compare(write.itemKey, 0)
        compare(write.value.n, 1)
        compare(later.theirs.n, 40)
        verify(write.writeId > 0)
        tryCompare(list, "count", 1)
        tryVerify(() => list.valueAt(0).n === 1)
        verify(data.answer(write, later.theirs))
        verify(!data.answer(write, later.theirs))
        tryCompare(client, "pendingWrites", 0)
        tryVerify(() => remote.valueAt(0).n === data.n)
        tryVerify(() => list.valueAt(0).n === data.n)
        compare(client.asked, 1)
    }

    function test_knownByAField() {
        const client = newClient("ann")
        const list = resolved(client.list(TestServer.uniqueName("once")))
        compare(resolved(list.push({ id: "a" }, { once: "id" })).index, 0)
        compare(resolved(client.lists.push(list.sid, { id: "b" }, { once: "id", ttl: 60 })).index, 1)
        compare(rejected(list.push({ id: "c" }, { once: "name" })).message,
                "once: expected the name of a field of the value, got name")
        compare(rejected(list.push({ id: "c" }, { once: 7 })).message, "once: expected a non-empty string, got 7")
        compare(rejected(list.push({ id: "c" }, "id")).message,
                "options: expected an object { ttl, once }, got the string 'id'")
    }

    function test_age() {
        const client = createTemporaryObject(keepingComponent, testCase, { maximumWriteAge: 3600 })
        compare(client.maximumWriteAge, 3600)
    }
}
