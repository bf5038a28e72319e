import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// What somebody who looks at a list sees while others edit it.
SyncTestCase {
    id: testCase

    name: "ViewState"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    property SyncClient others
    property var theirs: null
    readonly property int size: 300

    Component {
        id: viewComponent

        ListView {
            id: view

            property alias map: items
            property SyncClient client
            property string sid
            //! Keys of the delegates that were made and that went, in order.
            property var created: []
            property var destroyed: []

            width: 300
            height: 400
            cacheBuffer: 0
            model: SyncMap {
                id: items

                client: view.client
                sid: view.sid
                pageSize: 100
                loadAll: true
                valueRoles: ["title"]
            }
            delegate: Text {
                id: line

                required property string itemKey
                required property string title

                width: 300
                height: 20
                text: title
                Component.onCompleted: view.created.push(itemKey)
                Component.onDestruction: view.destroyed.push(line.itemKey)
            }

            //! The key of the row at \a y of the window, and where exactly it stands.
            function at(y): var {
                return placeOf(itemAt(10, contentY + y))
            }

            function placeOf(delegate: var): var {
                return { key: delegate.itemKey, y: delegate.y - contentY }
            }

            function visibleKeys(): var {
                const keys = []
                for (let y = 10; y < height; y += 20)
                    keys.push(at(y).key)
                return keys
            }
        }
    }

    SignalSpy { id: resets; signalName: "modelReset" }

    function key(n): string {
        return `k${String(n).padStart(3, "0")}`
    }

    function init() {
        mine = newClient("ann")
        others = newClient("ben")
        others.paceWrites = false // 300 items at once are more than the service's pace
        theirs = resolved(others.map())
        const writes = []
        for (let n = 0; n < size; ++n)
            writes.push(theirs.set(key(n), { title: `Item ${n}` }))
        resolved(Promise.all(writes))
    }

    function cleanup() {
        theirs = null
        resets.target = null
    }

    // Row 150 is current and the first that is seen in full
    function openInTheMiddle() {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, sid: theirs.sid })
        tryCompare(view.map, "subscriptionState", Sync.Established)
        tryVerify(() => view.map.complete, 20000)
        compare(view.count, size)
        view.positionViewAtIndex(150, ListView.Beginning)
        view.currentIndex = 155
        tryVerify(() => view.contentY === 3000)
        view.contentY += 5
        tryVerify(() => view.visibleKeys().length === 20)
        compare(view.currentItem.itemKey, key(155))
        resets.target = view.map
        resets.clear()
        return view
    }

    //! Waits until \a view shows all that was written, and the view has laid itself out.
    function settle(view, count) {
        tryCompare(view, "count", count)
        tryVerify(() => view.map.pendingWrites === 0)
        view.forceLayout()
    }

    function test_editsBeforeAndAfterLeaveTheViewAlone() {
        const view = openInTheMiddle()
        const keys = view.visibleKeys()
        const place = view.at(100)
        const current = view.currentItem
        view.created = []
        view.destroyed = []
        resolved(Promise.all([
            theirs.set("a", { title: "first" }), theirs.set("k010x", { title: "before" }),
            theirs.set("k140x", { title: "before" }), theirs.remove(key(3)),
            theirs.set("k250x", { title: "after" }), theirs.set("z", { title: "last" }),
            theirs.remove(key(290)), theirs.set(key(20), { title: "changed" })
        ]))
        settle(view, size + 5 - 2)
        compare(view.visibleKeys(), keys)
        compare(view.at(100), place)
        compare(view.currentIndex, 155 + 3 - 1)
        verify(view.currentItem === current)
        compare(view.currentItem.itemKey, key(155))
        compare(view.created, [])
        compare(view.destroyed, [])
        compare(resets.count, 0)
    }

    function test_editsAmongTheVisibleRowsMoveOnlyWhatTheyMust() {
        const view = openInTheMiddle()
        const before = view.visibleKeys()
        const current = view.currentItem
        view.created = []
        view.destroyed = []
        resolved(theirs.set("k157x", { title: "new" }))
        settle(view, size + 1)
        tryVerify(() => view.created.length >= 1)
        compare(view.created, ["k157x"])
        compare(view.at(10).key, before[0])
        compare(view.visibleKeys().slice(0, 8), before.slice(0, 8))
        compare(view.visibleKeys()[8], "k157x")
        compare(view.currentIndex, 155)
        verify(view.currentItem === current)

        view.created = []
        view.destroyed = []
        resolved(theirs.remove("k157x"))
        settle(view, size)
        tryVerify(() => view.destroyed.length >= 1)
        tryVerify(() => String(view.visibleKeys()) === String(before))
        verify(view.destroyed.includes("k157x"))
        compare(view.destroyed.filter(key => before.slice(0, 19).includes(key)), [])
        compare(view.created.filter(key => before.slice(0, 19).includes(key)), [])
        verify(view.currentItem === current)
        compare(resets.count, 0)
    }

    function test_changedRowIsRenewedInPlace() {
        const view = openInTheMiddle()
        const current = view.currentItem
        const place = view.at(100)
        view.created = []
        view.destroyed = []
        resolved(Promise.all([155, 156, 160].map(n => theirs.update(key(n), { title: `Changed ${n}` }))))
        tryCompare(current, "text", "Changed 155")
        tryVerify(() => view.itemAtIndex(160).text === "Changed 160")
        compare(view.itemAtIndex(157).text, "Item 157")
        compare(view.at(100), place)
        compare(view.created, [])
        compare(view.destroyed, [])
        compare(resets.count, 0)
    }

    function test_currentItemThatGoesLeavesItsNeighbour() {
        const view = openInTheMiddle()
        view.created = []
        resolved(theirs.remove(key(155)))
        settle(view, size - 1)
        compare(view.currentIndex, 155)
        tryVerify(() => view.currentItem?.itemKey === key(156))
        verify(!view.created.includes(key(156)))
        compare(resets.count, 0)
    }
}
