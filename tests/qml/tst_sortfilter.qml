import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncSortFilterModel"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    property SyncClient others
    property var theirs: null
    property string listName

    // Tasks that are open, by title, and a field to search in them
    Component {
        id: viewComponent

        ListView {
            id: view

            property alias list: tasks
            property alias sorted: sortedTasks
            property SyncClient client
            property string listName
            property int created: 0

            width: 300
            height: 400
            model: SyncSortFilterModel {
                id: sortedTasks

                model: SyncList {
                    id: tasks

                    client: view.client
                    uniqueName: view.listName
                    valueRoles: ["title", "done", "rank"]
                }
                sortRole: "title"
                filterRole: "title"
            }
            delegate: Text {
                required property int index
                required property int itemIndex
                required property string title
                required property var model

                width: 300
                height: 20
                text: title
                Component.onCompleted: ++view.created
            }

            function texts(): var {
                const shown = []
                for (let row = 0; row < count; ++row)
                    shown.push(itemAtIndex(row)?.text ?? "-")
                return shown
            }
        }
    }

    Component {
        id: plainComponent

        SyncSortFilterModel { }
    }

    Component {
        id: listModelComponent

        ListModel { }
    }

    SignalSpy { id: resets; signalName: "modelReset" }
    SignalSpy { id: counts; signalName: "countChanged" }

    function init() {
        listName = TestServer.uniqueName("list")
        mine = newClient("ann")
        others = newClient("ben")
        theirs = resolved(others.list(listName))
    }

    function cleanup() {
        theirs = null
        resets.target = null
        counts.target = null
    }

    function shows(view, expected) {
        tryVerify(() => String(view.texts()) === String(expected), 5000, `shows ${expected}`)
        compare(view.count, expected.length)
    }

    function openView() {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, listName: listName })
        TestServer.watchModel(view.sorted)
        tryCompare(view.list, "subscriptionState", Sync.Established)
        return view
    }

    function pushAll(titles): var {
        return titles.map((title, i) => resolved(theirs.push({ title: title, done: false, rank: i })))
    }

    function test_rowsFollowAnotherClientInOrder() {
        const view = openView()
        const items = pushAll(["Milk", "Bread", "Tea"])
        shows(view, ["Bread", "Milk", "Tea"])
        resets.target = view.sorted
        resets.clear()
        resolved(theirs.update(items[1].index, { title: "Sugar" }))
        shows(view, ["Milk", "Sugar", "Tea"])
        resolved(theirs.remove(items[0].index))
        shows(view, ["Sugar", "Tea"])
        resolved(theirs.push({ title: "Apples" }))
        shows(view, ["Apples", "Sugar", "Tea"])
        compare(resets.count, 0)
        compare(view.created, 4) // the one that moved was not made anew
    }

    function test_currentItemIsFollowedWhenItMoves() {
        const view = openView()
        const items = pushAll(["a", "b", "c", "d"])
        shows(view, ["a", "b", "c", "d"])
        view.currentIndex = 1
        const current = view.currentItem
        resolved(theirs.update(items[1].index, { title: "z" }))
        shows(view, ["a", "c", "d", "z"])
        compare(view.currentIndex, 3)
        verify(view.currentItem === current)
        resolved(theirs.update(items[3].index, { title: "A" }))
        shows(view, ["a", "A", "c", "z"])
        compare(view.currentItem.text, "z")
    }

    function test_orderAndRole() {
        const view = openView()
        pushAll(["b", "c", "a"])
        shows(view, ["a", "b", "c"])
        view.sorted.sortOrder = Qt.DescendingOrder
        shows(view, ["c", "b", "a"])
        view.sorted.sortRole = "rank"
        shows(view, ["a", "c", "b"])
        view.sorted.sortRole = ""
        shows(view, ["b", "c", "a"])
        compare(view.sorted.sortOrder, Qt.DescendingOrder)
    }

    function test_textIsLookedForAsTheUserTypes() {
        const view = openView()
        pushAll(["Apple", "pear", "Pineapple"])
        shows(view, ["Apple", "pear", "Pineapple"])
        counts.target = view.sorted
        counts.clear()
        for (const text of ["A", "AP", "APP"])
            view.sorted.filterText = text
        shows(view, ["Apple", "Pineapple"])
        compare(counts.count, 1)
        compare(view.sorted.count, 2)
        resolved(theirs.push({ title: "Crabapple" }))
        resolved(theirs.push({ title: "Plum" }))
        shows(view, ["Apple", "Crabapple", "Pineapple"])
        view.sorted.filterText = ""
        shows(view, ["Apple", "Crabapple", "pear", "Pineapple", "Plum"])
    }

    function test_functionDecides() {
        const view = openView()
        const items = pushAll(["a", "b", "c"])
        const seen = []
        view.sorted.filterFunction = task => { seen.push(task); return !task.done }
        shows(view, ["a", "b", "c"])
        compare(seen[0].title, "a")
        compare(seen[0].itemIndex, items[0].index)
        compare(seen[0].value, { title: "a", done: false, rank: 0 })
        resolved(theirs.update(items[1].index, { done: true }))
        shows(view, ["a", "c"])
        resolved(theirs.update(items[1].index, { done: false }))
        shows(view, ["a", "b", "c"])
        let least = 2
        view.sorted.filterFunction = task => task.rank >= least
        shows(view, ["c"])
        least = 1
        view.sorted.invalidateFilter()
        shows(view, ["b", "c"])
        view.sorted.filterFunction = undefined
        shows(view, ["a", "b", "c"])
    }

    function test_functionThatThrowsIsToldOnce() {
        const view = openView()
        pushAll(["a", "b"])
        shows(view, ["a", "b"])
        ignoreWarning(/SyncSortFilterModel: filterFunction: not today/)
        view.sorted.filterFunction = task => {
            if (task.title !== "b")
                throw new Error("not today")
            return true
        }
        shows(view, ["b"])
        resolved(theirs.push({ title: "c" }))
        tryCompare(view.list, "count", 3)
        shows(view, ["b"])
    }

    function test_functionThatIsNoneIsTold() {
        const model = createTemporaryObject(plainComponent, testCase)
        ignoreWarning(/SyncSortFilterModel: filterFunction: expected a function, got the string 'done'/)
        model.filterFunction = "done"
        compare(model.filterFunction, undefined)
    }

    function test_unknownRoleIsTold() {
        const view = openView()
        pushAll(["a"])
        shows(view, ["a"])
        ignoreWarning(/sortRole: the model has no role "titel", it has dateCreated, .*, title, value/)
        view.sorted.sortRole = "titel"
    }

    function test_rowsAreMapped() {
        const view = openView()
        pushAll(["c", "a", "b"])
        shows(view, ["a", "b", "c"])
        view.sorted.filterText = "c"
        compare(view.sorted.mapToSource(0), 0)
        compare(view.sorted.mapFromSource(0), 0)
        compare(view.sorted.mapFromSource(1), -1)
        compare(view.sorted.mapToSource(1), -1)
        compare(view.sorted.get(0).title, "c")
        compare(view.sorted.get(0).rank, 0)
        compare(view.sorted.get(7), undefined)
    }

    function test_delegateWritesThrough() {
        const view = openView()
        pushAll(["b", "a"])
        shows(view, ["a", "b"])
        view.sorted.filterFunction = task => !task.done
        view.itemAtIndex(0).model.done = true
        shows(view, ["b"])
        tryVerify(() => resolved(theirs.get(1)).value.done === true)
    }

    function test_anyModelWillDo() {
        const rows = createTemporaryObject(listModelComponent, testCase)
        const model = createTemporaryObject(plainComponent, testCase, { model: rows, sortRole: "age" })
        compare(model.model, rows)
        compare(model.sourceModel, rows)
        rows.append({ name: "Ann", age: 30 })
        rows.append({ name: "Ben", age: 4 })
        rows.append({ name: "Cy", age: 100 })
        const names = () => Array.from({ length: model.count }, (_, row) => model.get(row).name).join(" ")
        compare(names(), "Ben Ann Cy")
        rows.setProperty(2, "age", 1)
        compare(names(), "Cy Ben Ann")
        rows.move(0, 1, 1)
        compare(names(), "Cy Ben Ann")
        rows.remove(1)
        compare(names(), "Cy Ben")
        rows.clear()
        compare(model.count, 0)
    }

    function test_mapSortedByValue() {
        const map = resolved(others.map())
        map.valueRoles = ["score"]
        resolved(Promise.all([map.set("ann", { score: 5 }), map.set("ben", { score: 40 }), map.set("cy", {})]))
        const model = createTemporaryObject(plainComponent, testCase, {
            model: map, sortRole: "score", sortOrder: Qt.DescendingOrder
        })
        const keys = () => Array.from({ length: model.count }, (_, row) => model.get(row).itemKey)
        tryVerify(() => String(keys()) === "ben,ann,cy")
    }

    function test_pagesAreFetchedThrough() {
        pushAll(["d", "c", "b", "a"])
        const list = createTemporaryObject(listComponent, testCase, { client: mine, uniqueName: listName })
        const model = createTemporaryObject(plainComponent, testCase, { model: list, sortRole: "title" })
        tryCompare(model, "count", 2)
        verify(model.canFetchMore())
        model.fetchMore()
        tryCompare(model, "count", 4)
        tryVerify(() => list.complete)
        verify(!model.canFetchMore())
        compare(model.get(0).title, "a")
    }

    Component {
        id: listComponent

        SyncList {
            pageSize: 2
            valueRoles: ["title"]
        }
    }

    function test_modelThatGoesLeavesNoRows() {
        const rows = listModelComponent.createObject(null) as ListModel
        rows.append({ title: "x" })
        const model = createTemporaryObject(plainComponent, testCase, { model: rows, sortRole: "title" })
        compare(model.count, 1)
        rows.destroy()
        tryCompare(model, "model", null)
        compare(model.count, 0)
    }
}
