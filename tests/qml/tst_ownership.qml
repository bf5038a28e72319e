import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// What only views, models and handles hold: they live as long as those do, and no longer.
SyncTestCase {
    id: testCase

    name: "Ownership"

    property SyncClient mine

    function init() { mine = newClient("ann") }

    //! Garbage is collected a few times, with what is due in between.
    function collect() {
        for (let i = 0; i < 3; ++i) {
            TestServer.deleteWhatIsDue()
            gc()
            wait(0)
        }
    }

    //! Calls \a use with the list \a name; in a function of its own, as the promise would live in the caller's frame.
    function withList(name, use) { mine.list(name).then(use) }

    //! The name of a new list with two rows.
    function someList(): string {
        const name = TestServer.uniqueName("owned")
        const list = resolved(mine.list(name))
        resolved(list.push({ title: "one" }))
        resolved(list.push({ title: "two" }))
        return name
    }

    Component {
        id: sortedComponent
        SyncSortFilterModel { }
    }
    Component {
        id: viewComponent
        ListView {
            width: 100
            height: 100
            delegate: Item { height: 10 }
        }
    }
    Component {
        id: repeaterComponent
        Item {
            property alias model: repeater.model
            readonly property int count: repeater.count

            Repeater {
                id: repeater
                Item { }
            }
        }
    }
    Component {
        id: mapComponent
        SyncMap { }
    }

    function test_modelOfASortedModel() {
        const sorted = createTemporaryObject(sortedComponent, testCase)
        const name = TestServer.uniqueName("owned")
        let isSet = false
        withList(name, list => {
            sorted.model = list
            isSet = true
        })
        tryVerify(() => isSet)
        collect()
        compare(mine.metrics.objects, 1)
        resolved(resolved(mine.list(name)).push({ title: "one" }))
        tryCompare(sorted, "count", 1)
    }

    function test_modelOfAView_data(): var {
        return [{ tag: "ListView", component: viewComponent }, { tag: "Repeater", component: repeaterComponent }]
    }

    function test_modelOfAView(data) {
        const view = createTemporaryObject(data.component, testCase)
        const name = someList()
        withList(name, list => { view.model = list })
        tryCompare(view, "count", 2)
        collect()
        compare(view.count, 2)
        resolved(resolved(mine.list(name)).push({ title: "three" }))
        tryCompare(view, "count", 3)
    }

    function test_sortedModelOfAView() {
        const view = createTemporaryObject(viewComponent, testCase)
        const name = someList()
        withList(name, list => {
            const sorted = sortedComponent.createObject(null) as SyncSortFilterModel
            sorted.model = list
            view.model = sorted
        })
        tryCompare(view, "count", 2)
        collect()
        compare(view.count, 2)
    }

    // Whoever lets go of the model lets the garbage have it.
    function test_goesWithTheLast() {
        const view = createTemporaryObject(viewComponent, testCase)
        withList(someList(), list => { view.model = list })
        tryCompare(view, "count", 2)
        collect()
        compare(mine.metrics.objects, 1)
        view.model = null
        tryVerify(() => {
            collect()
            return mine.metrics.objects === 0
        })
    }

    function test_clientOfAHandle() {
        const map = createTemporaryObject(mapComponent, testCase, { uniqueName: TestServer.uniqueName("owned") })
        const connect = () => {
            const client = clientComponent.createObject(null) as SyncClient
            client.token = TestServer.token("ben")
            map.client = client
        }
        connect()
        tryCompare(map, "status", Sync.Ready)
        collect()
        compare(map.status, Sync.Ready)
        verify(map.client)
        compare(resolved(map.set("k", { a: 1 })).value.a, 1)
    }
}
