import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// A field that is missing or null: what a delegate has declared gets its default.
SyncTestCase {
    id: testCase

    name: "RoleTypes"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    readonly property var names: ["title", "done", "count", "ratio", "when", "tint"]
    readonly property var declared: [
        { name: "title", type: "string" }, { name: "done", type: "bool" }, { name: "count", type: "int" },
        { name: "ratio", type: "real" }, { name: "when", type: "date" }, { name: "tint", type: "color" }
    ]
    readonly property var full: ({ title: "Milk", done: true, count: 3, ratio: 0.5,
                                   when: "2024-05-01T09:30:00.000Z", tint: "#ff0000" })
    readonly property var nulls: ({ title: null, done: null, count: null, ratio: null, when: null, tint: null })
    readonly property string shownFull: "Milk true 3 0.5 2024-05-01T09:30:00.000Z #ff0000"
    readonly property string shownNothing: " false 0 0 none #000000"

    Component {
        id: viewComponent

        ListView {
            width: 300
            height: 200
            cacheBuffer: 0
            delegate: Item {
                required property string title
                required property bool done
                required property int count
                required property real ratio
                required property date when
                required property color tint
                readonly property string day: isNaN(when.getTime()) ? "none" : when.toISOString()
                readonly property string shown: `${title} ${done} ${count} ${ratio} ${day} ${tint}`

                width: 300
                height: 40
            }
        }
    }

    Component {
        id: titleComponent

        ListView {
            width: 300
            height: 400
            delegate: Item {
                required property string title

                width: 300
                height: 40
            }
        }
    }

    function init() {
        mine = newClient("ann")
        mine.paceWrites = false
    }

    function listOf(values): var {
        const list = resolved(mine.list())
        tryCompare(list, "subscriptionState", Sync.Established)
        for (const value of values)
            resolved(list.push(value))
        tryCompare(list, "count", values.length)
        return list
    }

    function view(component, list): var {
        const shown = createTemporaryObject(component, testCase, { model: list })
        tryVerify(() => shown.itemAtIndex(0) !== null)
        return shown
    }

    function ways(): var {
        return [{ tag: "learnt", roles: names }, { tag: "declared", roles: declared }]
    }

    function test_updates_data() { return ways() }

    function test_updates(data) {
        const list = listOf([full])
        list.valueRoles = data.roles
        const rows = view(viewComponent, list)
        compare(rows.itemAtIndex(0).shown, shownFull)
        for (const [value, shown] of [[{}, shownNothing], [full, shownFull], [nulls, shownNothing],
                                      [full, shownFull], [{ title: "Tea" }, "Tea" + shownNothing]]) {
            resolved(list.set(0, value))
            tryCompare(rows.itemAtIndex(0), "shown", shown)
        }
    }

    function test_rows_data() {
        const rows = []
        for (const way of ways()) {
            for (const reuse of [false, true]) {
                for (const proxy of [false, true])
                    rows.push({ tag: way.tag + (reuse ? ", reused" : "") + (proxy ? ", sorted" : ""),
                                roles: way.roles, reuse: reuse, proxy: proxy })
            }
        }
        return rows
    }

    Component {
        id: sortedComponent

        SyncSortFilterModel { }
    }

    function test_rows(data) {
        const values = Array.from({ length: 40 }, (_, n) => [full, {}, nulls][n % 3])
        const list = listOf(values)
        list.valueRoles = data.roles
        const model = data.proxy ? createTemporaryObject(sortedComponent, testCase, { model: list }) : list
        const rows = view(viewComponent, model)
        rows.reuseItems = data.reuse
        for (const row of [0, 10, 39, 20, 0, 39]) {
            rows.positionViewAtIndex(row, ListView.Contain)
            tryVerify(() => rows.itemAtIndex(row) !== null)
            for (let i = 0; i < 40; ++i) {
                if (rows.itemAtIndex(i) !== null)
                    compare(rows.itemAtIndex(i).shown, i % 3 === 0 ? shownFull : shownNothing, `row ${i}`)
            }
        }
    }

    function test_declaredDefault() {
        const list = listOf([{ done: false }, {}, nulls])
        list.valueRoles = [{ name: "title", type: "string", default: "untitled" },
                           { name: "done", default: true }, "count"]
        compare(list.valueRoles, [{ name: "title", type: "string", default: "untitled" },
                                  { name: "done", default: true }, "count"])
        const rows = view(titleComponent, list)
        tryVerify(() => rows.itemAtIndex(2) !== null)
        for (let i = 0; i < 3; ++i)
            compare(rows.itemAtIndex(i).title, "untitled")
        const sorted = createTemporaryObject(sortedComponent, testCase, { model: list })
        compare([0, 1, 2].map(i => sorted.get(i).done), [false, true, true])
        compare(list.valueAt(2).done, null)
    }

    function test_whatIsOfAnotherTypeIsConvertedOrDefault() {
        const list = listOf([{ title: 5 }, { title: { a: 1 } }, { title: true }])
        list.valueRoles = [{ name: "title", type: "string" }]
        const rows = view(titleComponent, list)
        tryVerify(() => rows.itemAtIndex(2) !== null)
        compare([0, 1, 2].map(i => rows.itemAtIndex(i).title), ["5", "", "true"])
    }

    function test_wrongDeclarationsAreTold_data() {
        return [
            { tag: "type", roles: [{ name: "a", type: "number" }],
              error: "valueRoles: type of a: expected one of string, bool, int, real, double, date, color, url, list, object, var, got number" },
            { tag: "default", roles: [{ name: "a", type: "int", default: "x" }],
              error: "valueRoles: default of a: expected a value of type int, got x" },
            { tag: "name", roles: [{ type: "int" }],
              error: "valueRoles: expected names or { name, type, default }" },
            { tag: "number", roles: [5], error: "valueRoles: expected names or { name, type, default }" }
        ]
    }

    function test_wrongDeclarationsAreTold(data) {
        const list = listOf([])
        list.valueRoles = ["title"]
        list.valueRoles = data.roles
        compare(list.error.message, data.error)
        compare(list.valueRoles, ["title"])
    }

    // Views read the numbers of roles once.
    function test_namesKeepTheirFields() {
        const list = listOf([{ title: "Milk", done: true, count: 7 }])
        list.valueRoles = ["title", "done"]
        const rows = view(titleComponent, list)
        compare(rows.itemAtIndex(0).title, "Milk")
        for (const roles of [["done", "title"], ["count", "title"], ["title"], ["done", "count", "title"]]) {
            list.valueRoles = roles
            tryVerify(() => rows.itemAtIndex(0) !== null)
            compare(rows.itemAtIndex(0).title, "Milk")
            resolved(list.update(0, { title: "Tea" }))
            tryCompare(rows.itemAtIndex(0), "title", "Tea")
            resolved(list.update(0, { title: "Milk" }))
            tryCompare(rows.itemAtIndex(0), "title", "Milk")
        }
    }

    function test_sortedNamesKeepTheirFieldsInAnotherSource() {
        const first = listOf([{ title: "Milk", done: true }])
        first.valueRoles = ["title", "done"]
        const second = listOf([{ title: "Tea", done: false, count: 7 }])
        second.valueRoles = ["count", "done", "title"]
        const sorted = createTemporaryObject(sortedComponent, testCase, { model: first, sortRole: "title" })
        const rows = view(titleComponent, sorted)
        compare(rows.itemAtIndex(0).title, "Milk")
        sorted.model = second
        tryVerify(() => rows.itemAtIndex(0) !== null)
        compare(rows.itemAtIndex(0).title, "Tea")
        compare(sorted.get(0).count, 7)
        // What has changed is told with the right number
        resolved(second.update(0, { title: "Cocoa" }))
        tryCompare(rows.itemAtIndex(0), "title", "Cocoa")
        second.valueRoles = ["title", "done"]
        resolved(second.update(0, { title: "Cream" }))
        tryVerify(() => rows.itemAtIndex(0) !== null && rows.itemAtIndex(0).title === "Cream")
        sorted.model = first
        tryVerify(() => rows.itemAtIndex(0) !== null)
        compare(rows.itemAtIndex(0).title, "Milk")
    }
}
