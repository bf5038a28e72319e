import QtQuick
import QtQuick.Controls
import QtTest
import SyncTest
import Twilio.Sync

// Delegates that write to the model they show.
SyncTestCase {
    id: testCase

    name: "WriteBack"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    property SyncClient others
    property var theirs: null
    property string listName

    Component {
        id: viewComponent

        ListView {
            id: view

            property alias list: tasks
            property SyncClient client
            property string listName
            property var failures: []

            width: 300
            height: 400
            model: SyncList {
                id: tasks

                client: view.client
                uniqueName: view.listName
                valueRoles: ["title", "done", "tags"]
                onWriteBackFailed: (itemIndex, role, error) => view.failures.push({ itemIndex, role, error })
            }
            delegate: Row {
                id: task

                required property var model
                required property string title
                property alias box: box
                property alias field: field

                CheckBox {
                    id: box

                    checked: task.model.done
                    onToggled: task.model.done = checked
                }
                TextField {
                    id: field

                    text: task.model.title
                    onAccepted: task.model.title = text
                }
            }
        }
    }

    Component {
        id: mapComponent

        ListView {
            id: view

            property alias map: scores
            property SyncClient client
            property string mapName
            property var failures: []

            width: 300
            height: 400
            model: SyncMap {
                id: scores

                client: view.client
                uniqueName: view.mapName
                valueRoles: ["score"]
                onWriteBackFailed: (itemKey, role, error) => view.failures.push({ itemKey, role, error })
            }
            delegate: Text {
                required property var model
                required property int score

                text: score
            }
        }
    }

    function init() {
        listName = TestServer.uniqueName("list")
        mine = newClient("ann")
        others = newClient("ben")
        theirs = resolved(others.list(listName))
        resolved(theirs.push({ title: "Milk", done: false, tags: [] }))
    }

    function cleanup() {
        theirs = null
    }

    function openView() {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, listName: listName })
        tryCompare(view.list, "subscriptionState", Sync.Established)
        tryCompare(view, "count", 1)
        tryVerify(() => view.itemAtIndex(0) !== null)
        return view
    }

    function test_tickedBoxIsWritten() {
        const view = openView()
        const box = view.itemAtIndex(0).box
        mouseClick(box)
        verify(box.checked)
        tryVerify(() => view.itemAtIndex(0).model.done)
        verify(box.checked)
        tryVerify(() => resolved(theirs.get(0)).value.done === true)
        compare(view.failures, [])
    }

    function test_rowShowsWhatTheServiceHasUntilItHasTheNewValue() {
        const view = openView()
        const model = view.itemAtIndex(0).model
        model.title = "Cream"
        compare(model.title, "Milk")
        compare(view.list.valueAt(0).title, "Milk")
        compare(view.list.pendingWrites, 1)
        tryVerify(() => model.title === "Cream")
        compare(view.list.pendingWrites, 0)
        tryCompare(view.itemAtIndex(0), "title", "Cream")
    }

    function test_wholeValueIsWritten() {
        const view = openView()
        view.itemAtIndex(0).model.value = { title: "Tea", done: true, tags: ["hot"] }
        tryVerify(() => view.itemAtIndex(0).title === "Tea")
        compare(resolved(theirs.get(0)).value, { title: "Tea", done: true, tags: ["hot"] })
    }

    function test_fieldMayBeAnything_data() {
        return [
            { tag: "array", value: ["a", { b: [1, null] }] },
            { tag: "object", value: { a: { b: true } } },
            { tag: "number", value: 2.5 },
            { tag: "whole number", value: 9007199254740991 },
            { tag: "text", value: "ü🎉" },
            { tag: "null", value: null }
        ]
    }

    function test_fieldMayBeAnything(data) {
        const view = openView()
        view.itemAtIndex(0).model.tags = data.value
        tryVerify(() => JSON.stringify(view.list.valueAt(0).tags) === JSON.stringify(data.value))
        const value = resolved(theirs.get(0)).value
        compare(value.tags, data.value)
        compare(value.title, "Milk")
    }

    function test_tooLongATextIsTakenBack() {
        const view = openView()
        const item = view.itemAtIndex(0)
        item.field.forceActiveFocus()
        item.field.text = "x".repeat(17000) // typed: the binding to the model stays
        item.field.accepted()
        tryCompare(view.failures, "length", 1)
        compare(view.failures[0].itemIndex, 0)
        compare(view.failures[0].role, "title")
        compare(view.failures[0].error.status, 413)
        compare(view.failures[0].error.code, 54006)
        compare(item.title, "Milk")
        compare(resolved(theirs.get(0)).value.title, "Milk")
    }

    function test_refusedTickIsTakenBack() {
        resolved(theirs.set(0, { title: "x".repeat(16360), done: 1 }))
        const view = openView()
        const box = view.itemAtIndex(0).box
        tryVerify(() => view.itemAtIndex(0).title.length === 16360)
        mouseClick(box) // one digit becomes "false", which is too much
        verify(!box.checked)
        tryCompare(view.failures, "length", 1)
        compare(view.failures[0].role, "done")
        compare(view.failures[0].error.status, 413)
        tryVerify(() => box.checked)
    }

    function test_itemRemovedMeanwhile() {
        const view = openView()
        const removing = view.list.remove(0) // the service gets to see it first
        view.itemAtIndex(0).model.done = true
        resolved(removing)
        tryCompare(view, "count", 0)
        tryCompare(view.failures, "length", 1)
        compare(view.failures[0].itemIndex, 0)
        compare(view.failures[0].role, "done")
        compare(view.failures[0].error.status, 404)
    }

    function test_whatCannotBeWrittenIsTold() {
        const view = openView()
        view.itemAtIndex(0).model.value = 5
        view.itemAtIndex(0).model.revision = "x"
        tryCompare(view.failures, "length", 2)
        compare(view.failures.map(failure => failure.role), ["value", "revision"])
        verify(/^value: expected a JSON object, got /.test(view.failures[0].error.message))
        compare(view.failures[1].error.message, "revision: only value and valueRoles can be written")
        compare(view.itemAtIndex(0).title, "Milk")
    }

    function test_mapItemIsWrittenAndTakenBack() {
        const mapName = TestServer.uniqueName("map")
        const scores = resolved(others.map(mapName))
        resolved(scores.set("ann", { score: 1 }))
        const view = createTemporaryObject(mapComponent, testCase, { client: mine, mapName: mapName })
        tryCompare(view, "count", 1)
        tryVerify(() => view.itemAtIndex(0) !== null)
        view.itemAtIndex(0).model.score = 2
        tryCompare(view.itemAtIndex(0), "score", 2)
        compare(resolved(scores.get("ann")).value, { score: 2 })
        view.itemAtIndex(0).model.score = "x".repeat(17000)
        tryCompare(view.failures, "length", 1)
        compare(view.failures[0].itemKey, "ann")
        compare(view.failures[0].role, "score")
        compare(view.failures[0].error.status, 413)
        compare(view.itemAtIndex(0).score, 2)
    }
}
