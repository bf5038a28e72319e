import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// Every role of lists and maps, as a delegate declares it, and the window that grows as it is scrolled.
SyncTestCase {
    id: testCase

    name: "Roles"
    when: windowShown
    width: 300
    height: 200
    visible: true

    property SyncClient mine

    Component {
        id: listView

        ListView {
            property alias list: items

            width: 300
            height: 200
            cacheBuffer: 0
            model: SyncList {
                id: items

                pageSize: 20
            }
            delegate: Text {
                required property var value
                required property int itemIndex
                required property string revision
                required property var dateCreated
                required property var dateUpdated
                required property var dateExpires

                height: 20
                text: value.n
            }
        }
    }

    Component {
        id: mapView

        ListView {
            property alias map: items

            width: 300
            height: 200
            model: SyncMap {
                id: items
            }
            delegate: Text {
                required property var value
                required property string itemKey
                required property string revision
                required property var dateCreated
                required property var dateUpdated
                required property var dateExpires

                height: 20
                text: value.n
            }
        }
    }

    function init() {
        mine = newClient("ann")
    }

    //! \a delegate shows what \a item, which a call gave, says.
    function showsItem(delegate, item) {
        compare(delegate.value, item.value)
        compare(delegate.revision, item.revision)
        compare(delegate.dateCreated, item.dateCreated)
        compare(delegate.dateUpdated, item.dateUpdated)
        compare(delegate.dateExpires, item.dateExpires)
    }

    function test_rolesOfAList() {
        const list = resolved(mine.list())
        const item = resolved(list.push({ n: 1 }, { ttl: 3600 }))
        resolved(list.push({ n: 2 }))
        const view = createTemporaryObject(listView, testCase)
        view.list.client = mine
        view.list.sid = list.sid
        tryVerify(() => view.itemAtIndex(1) !== null)
        showsItem(view.itemAtIndex(0), item)
        compare(view.itemAtIndex(0).itemIndex, item.index)
        verify(view.itemAtIndex(0).dateExpires instanceof Date)
        compare(view.itemAtIndex(1).dateExpires, null)

        resolved(list.setItemTtl(1, 60))
        tryVerify(() => view.itemAtIndex(1).dateExpires instanceof Date)
        const changed = resolved(list.set(0, { n: 3 }))
        tryVerify(() => view.itemAtIndex(0).revision === changed.revision)
        showsItem(view.itemAtIndex(0), changed)
    }

    function test_rolesOfAMap() {
        const map = resolved(mine.map())
        const item = resolved(map.set("ü", { n: 1 }))
        const view = createTemporaryObject(mapView, testCase)
        view.map.client = mine
        view.map.sid = map.sid
        tryVerify(() => view.itemAtIndex(0) !== null)
        showsItem(view.itemAtIndex(0), item)
        compare(view.itemAtIndex(0).itemKey, "ü")
        const changed = resolved(map.update("ü", { n: 2 }))
        tryVerify(() => view.itemAtIndex(0).revision === changed.revision)
        showsItem(view.itemAtIndex(0), changed)
    }

    function test_pagesComeAsTheViewIsScrolled() {
        const writer = newClient("bob") // what mine has not loaded comes page by page
        const list = resolved(writer.list())
        writer.paceWrites = false
        resolved(Promise.all(Array.from({ length: 70 }, (_, n) => list.push({ n: n }))))
        const view = createTemporaryObject(listView, testCase)
        view.list.client = mine
        view.list.sid = list.sid
        tryVerify(() => view.count >= 20)
        verify(view.count < 70)
        verify(!view.list.complete)
        tryVerify(() => {
            view.positionViewAtEnd()
            return view.count === 70
        })
        tryCompare(view.list, "complete", true)
        verify(!view.list.canFetchMore())
    }

    function test_pageSizeOutOfRangeIsTold() {
        const list = resolved(mine.list())
        list.pageSize = 0
        compare(list.pageSize, 50)
        compare(list.error.message, "pageSize: expected 1 to 100, got 0")
        list.pageSize = 100
        compare(list.pageSize, 100)
    }
}
