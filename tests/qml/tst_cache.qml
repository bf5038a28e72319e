pragma ComponentBehavior: Bound

import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// A view that is there without a connection, and is brought up to date by changes of single rows.
SyncTestCase {
    id: testCase

    name: "Cache"
    visible: true
    when: windowShown
    width: 300
    height: 120

    readonly property Component cachedComponent: Component {
        SyncClient { url: TestServer.url }
    }
    readonly property Component viewComponent: Component {
        Item {
            id: page

            required property SyncClient client
            property alias tasks: tasks
            property alias view: view

            SyncList {
                id: tasks

                client: page.client
                valueRoles: ["title"]
                loadAll: true
            }
            Text { text: tasks.fromCache ? "as last seen" : "" }
            ListView {
                id: view

                width: 300
                height: 120 // less than all rows
                model: tasks
                delegate: Text {
                    required property string title

                    height: 30
                    text: title
                }
            }
        }
    }

    function cachedClient(folder, connects): SyncClient {
        const client = createTemporaryObject(cachedComponent, testCase, { cachePath: folder }) as SyncClient
        if (!connects)
            client.goOffline()
        client.token = TestServer.token("ann")
        return client
    }

    function titles(tasks): var {
        const all = []
        for (let row = 0; row < tasks.count; ++row)
            all.push(tasks.valueAt(row).title)
        return all
    }

    function test_viewWithoutAConnection() {
        const folder = TestServer.newFolder()
        const name = TestServer.uniqueName("cached")
        const other = newClient("bob")
        const remote = resolved(other.list(name))
        for (const title of ["a", "b", "c", "d", "e", "f", "g", "h"])
            resolved(remote.push({ title: title }))

        const first = cachedClient(folder, true)
        const seen = createTemporaryObject(viewComponent, testCase, { client: first })
        seen.tasks.uniqueName = name
        tryCompare(seen.tasks, "subscriptionState", Sync.Established)
        tryCompare(seen.tasks, "count", 8)
        compare(seen.tasks.fromCache, false)
        seen.destroy()
        first.destroy()
        TestServer.deleteWhatIsDue()

        const client = cachedClient(folder, false)
        const page = createTemporaryObject(viewComponent, testCase, { client: client })
        TestServer.watchModel(page.tasks)
        page.tasks.uniqueName = name
        tryCompare(page.tasks, "status", Sync.Ready)
        compare(page.tasks.fromCache, true)
        compare(client.connectionState, SyncClient.Disconnected)
        compare(titles(page.tasks), ["a", "b", "c", "d", "e", "f", "g", "h"])
        verify(page.tasks.complete)
        tryCompare(page.view, "count", 8)
        page.view.currentIndex = 4
        page.view.positionViewAtIndex(4, ListView.Beginning)
        const current = page.view.currentItem
        compare(current.text, "e")

        resolved(remote.remove(1))
        resolved(remote.set(4, { title: "E" }))
        resolved(remote.push({ title: "i" }))
        let resets = 0
        page.tasks.modelReset.connect(() => ++resets)
        client.goOnline()
        tryCompare(page.tasks, "fromCache", false)
        tryVerify(() => titles(page.tasks).join() === "a,c,d,E,f,g,h,i")
        compare(resets, 0)
        compare(page.view.currentItem, current) // the same delegate, where it was
        compare(page.view.currentIndex, 3)
        tryCompare(current, "text", "E")
    }

    function test_properties() {
        const folder = TestServer.newFolder()
        const client = cachedClient(folder, true)
        compare(client.cachePath, folder)
        compare(client.maximumCacheSize, 0)
        client.maximumCacheSize = 1000000
        compare(client.maximumCacheSize, 1000000)
        const map = resolved(client.map(TestServer.uniqueName("cached")))
        resolved(map.set("a", { n: 1 }))
        tryVerify(() => client.cacheSize > 0)
        resolved(client.clearCache())
    }

    function test_errors() {
        const client = createTemporaryObject(cachedComponent, testCase, { cachePath: TestServer.newFolder() })
        const errors = []
        client.cacheError.connect(error => errors.push(error.message))
        client.goOffline()
        client.token = "no token of Twilio's"
        tryCompare(errors, "length", 1)
        compare(errors[0], "cache: expected an access token with an identity and a Sync service, nothing is kept")
    }
}
