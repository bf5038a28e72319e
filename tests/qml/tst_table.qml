import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// A map in a TableView: a column for each value role, and no model in between.
SyncTestCase {
    id: testCase

    name: "Table"
    when: windowShown
    width: 320
    height: 120
    visible: true

    Component {
        id: tableComponent

        TableView {
            id: table

            property alias client: map.client
            property alias uniqueName: map.uniqueName

            anchors.fill: parent
            columnWidthProvider: () => 100
            rowHeightProvider: () => 20
            model: SyncMap {
                id: map
                valueRoles: ["title", { name: "done", type: "bool", default: false }, "hours"]
            }
            delegate: Text {
                required property var display

                text: String(display)
            }
        }
    }

    function test_showsAColumnForEachRole() {
        const mine = newClient("ann")
        const others = newClient("ben")
        const name = TestServer.uniqueName("table")
        const theirs = resolved(others.map(name))
        resolved(theirs.set("a", { title: "Order timber", done: true, hours: 2 }))
        resolved(theirs.set("b", { title: "Mend the fence", hours: 11 }))
        const table = createTemporaryObject(tableComponent, testCase, { client: mine, uniqueName: name })
        tryCompare(table, "rows", 2)
        compare(table.columns, 3)
        compare(table.model.headerData(2, Qt.Horizontal), "hours")
        const text = (column, row) => table.itemAtCell(Qt.point(column, row))?.text ?? ""
        tryVerify(() => text(2, 1) === "11")
        compare(text(0, 0), "Order timber")
        compare(text(1, 0), "true")
        compare(text(1, 1), "false")
        resolved(theirs.update("b", { hours: 12 }))
        tryVerify(() => text(2, 1) === "12")
        resolved(theirs.set("aa", { title: "Paint it", hours: 5 }))
        tryVerify(() => text(0, 1) === "Paint it")
        compare(text(0, 2), "Mend the fence")
    }
}
