import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncMap"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    property SyncClient others
    property var theirs: null
    property string mapName

    Component {
        id: viewComponent

        ListView {
            id: view

            property alias map: syncMap
            property SyncClient client
            property string mapName

            width: 300
            height: 400
            model: SyncMap {
                id: syncMap

                client: view.client
                uniqueName: view.mapName
                valueRoles: ["score"]
            }
            delegate: Text {
                required property string itemKey
                required property int score

                height: 20
                text: `${itemKey}=${score}`
            }

            function texts(): var {
                const shown = []
                for (let row = 0; row < count; ++row)
                    shown.push(itemAtIndex(row)?.text ?? "-")
                return shown
            }
        }
    }

    function init() {
        mapName = TestServer.uniqueName("map")
        mine = newClient("ann")
        others = newClient("ben")
        theirs = resolved(others.map(mapName))
    }

    function cleanup() {
        theirs = null
    }

    // Delegates are made when the view is laid out, which is after the model has changed
    function shows(view, expected) {
        tryVerify(() => String(view.texts()) === String(expected), 5000, `shows ${expected}`)
        compare(view.count, expected.length)
    }

    function openView() {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, mapName: mapName })
        TestServer.watchModel(view.map)
        tryCompare(view.map, "status", Sync.Ready)
        tryCompare(view.map, "subscriptionState", Sync.Established)
        return view
    }

    function test_rowsAreOrderedByKey() {
        const view = openView()
        for (const key of ["pear", "apple", "plum"])
            resolved(theirs.set(key, { score: key.length }))
        tryVerify(() => view.count === 3)
        shows(view, ["apple=5", "pear=4", "plum=4"])
        resolved(theirs.update("pear", { score: 9 }))
        tryVerify(() => view.texts()[1] === "pear=9")
        resolved(theirs.remove("apple"))
        tryVerify(() => view.count === 2)
        shows(view, ["pear=9", "plum=4"])
    }

    function test_promisesOfAnItem() {
        const map = openView().map
        const item = resolved(map.set("ann", { zebra: 1, ant: 2 }, { ttl: 3600 }))
        compare(item.key, "ann")
        compare(JSON.stringify(item.value), '{"zebra":1,"ant":2}')
        verify(item.dateExpires instanceof Date)
        compare(resolved(map.get("ann")).value, item.value)
        compare(resolved(map.update("ann", { ant: 3 })).value, { zebra: 1, ant: 3 })
        compare(resolved(map.mutate("ann", value => ({ sum: value.zebra + value.ant }))).value, { sum: 4 })
        tryVerify(() => map.valueOf("ann")?.sum === 4)
        compare(map.rowOf("ann"), 0)
        compare(resolved(map.setItemTtl("ann", 0)), undefined)
        compare(resolved(map.remove("ann")), undefined)
        tryVerify(() => map.rowOf("ann") === -1)
        compare(map.valueOf("ann"), undefined)
        compare(rejected(map.get("ann")).status, 404)
    }

    function test_updateAndMutateCreateWhatIsMissing() {
        const map = openView().map
        compare(resolved(map.update("new", { score: 1 })).value, { score: 1 })
        compare(resolved(map.mutate("other", value => { value.score = 2; return value })).value, { score: 2 })
    }

    function test_signalsTellEveryChangeOnce() {
        const map = openView().map
        const seen = []
        map.itemAdded.connect((item, isLocal) => seen.push(`added ${item.key} ${item.value.score} ${isLocal}`))
        map.itemUpdated.connect((item, isLocal, previous) =>
            seen.push(`updated ${item.key} ${previous.score} to ${item.value.score} ${isLocal}`))
        map.itemRemoved.connect((itemKey, isLocal, previous) =>
            seen.push(`removed ${itemKey} ${previous.score} ${isLocal}`))
        resolved(theirs.set("ann", { score: 1 }))
        tryCompare(seen, "length", 1)
        resolved(map.set("ann", { score: 2 }))
        tryCompare(seen, "length", 2)
        resolved(theirs.remove("ann"))
        tryCompare(seen, "length", 3)
        compare(seen, ["added ann 1 false", "updated ann 1 to 2 true", "removed ann 2 false"])
    }

    function test_wrongArgumentsAreRefused_data() {
        const key = "key: expected a non-empty string, got "
        return [
            { tag: "set number", call: map => map.set(1, {}), message: key + "1" },
            { tag: "set empty", call: map => map.set("", {}), message: key + "an empty string" },
            { tag: "set value", call: map => map.set("a", null), message: "value: expected a JSON object, got null" },
            { tag: "get", call: map => map.get(), message: key + "undefined" },
            { tag: "update", call: map => map.update("a", 1), message: "fields: expected a JSON object, got 1" },
            { tag: "mutate", call: map => map.mutate("a"), message: "mutator: expected a function, got undefined" },
            { tag: "remove", call: map => map.remove(null), message: key + "null" },
            { tag: "setItemTtl", call: map => map.setItemTtl("a", "1"),
              message: "ttl: expected 0 to 31536000 seconds, got the string '1'" },
            { tag: "from", call: map => map.getItems({ from: 3 }),
              message: "from: expected a non-empty string, got 3" }
        ]
    }

    function test_wrongArgumentsAreRefused(data) {
        refused(data.call(openView().map), data.message)
    }

    function test_pages() {
        for (const key of ["a", "b", "c"])
            resolved(theirs.set(key, { score: 0 }))
        let page = resolved(theirs.getItems({ pageSize: 2, order: Qt.DescendingOrder }))
        compare(page.items.map(item => item.key), ["c", "b"])
        page = resolved(page.nextPage())
        compare(page.items.map(item => item.key), ["a"])
        compare(rejected(page.nextPage()).name, "SyncError")
        compare(resolved(theirs.getItems({ from: "b" })).items.map(item => item.key), ["b", "c"])
    }

    function test_removedForEverybody() {
        const map = openView().map
        let removed = 0
        map.removed.connect(isLocal => { if (!isLocal) ++removed })
        compare(resolved(theirs.removeMap()), undefined)
        tryCompare(map, "status", Sync.Removed)
        compare(removed, 1)
    }
}
