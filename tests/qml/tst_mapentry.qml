import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// One item of a map as bindings see it.
SyncTestCase {
    id: testCase

    name: "MapEntry"

    property SyncClient mine
    property SyncClient others

    function init() {
        mine = newClient("ann")
        others = newClient("ben")
    }

    Component {
        id: volumeComponent

        Item {
            id: volume

            property alias client: settings.client
            property alias uniqueName: settings.uniqueName
            property alias entry: entry
            readonly property SyncMap map: settings
            readonly property int level: entry.exists ? entry.value.level : -1

            SyncMap {
                id: settings
                pageSize: 1
            }
            SyncMapEntry {
                id: entry
                map: settings
                key: "volume"
            }
        }
    }

    function newVolume(name: string): var {
        return createTemporaryObject(volumeComponent, testCase, { client: mine, uniqueName: name })
    }

    function test_followsTheItem() {
        const name = TestServer.uniqueName("entry")
        const theirs = resolved(others.map(name))
        const volume = newVolume(name)
        tryCompare(volume.entry, "status", Sync.Ready)
        verify(!volume.entry.exists)
        compare(volume.entry.value, undefined)
        compare(volume.level, -1)

        resolved(theirs.set("volume", { level: 3 }))
        tryCompare(volume, "level", 3)
        resolved(theirs.update("volume", { level: 4 }))
        tryCompare(volume, "level", 4)
        resolved(theirs.remove("volume"))
        tryCompare(volume, "level", -1)
        verify(!volume.entry.exists)
    }

    // Outside of the window, which shows the first key alone.
    function test_readsWhatTheWindowDoesNotShow() {
        const name = TestServer.uniqueName("entry")
        const theirs = resolved(others.map(name))
        for (const key of ["a", "b", "volume"])
            resolved(theirs.set(key, { level: 7 }))
        const volume = newVolume(name)
        tryCompare(volume, "level", 7)
        compare(volume.map.rowOf("volume"), -1)
        compare(volume.entry.status, Sync.Ready)
    }

    function test_writes() {
        const name = TestServer.uniqueName("entry")
        const theirs = resolved(others.map(name))
        const volume = newVolume(name)
        tryCompare(volume.entry, "status", Sync.Ready)
        compare(resolved(volume.entry.set({ level: 1, unit: "dB" })).value.level, 1)
        tryCompare(volume, "level", 1)
        compare(resolved(volume.entry.update({ level: 2 })).value.unit, "dB")
        tryCompare(volume, "level", 2)
        compare(resolved(theirs.get("volume")).value.level, 2)
        resolved(volume.entry.remove())
        tryVerify(() => !volume.entry.exists)
        refused(volume.entry.set("loud"), "value: expected a JSON object, got the string 'loud'")
    }

    function test_anotherKey() {
        const name = TestServer.uniqueName("entry")
        const theirs = resolved(others.map(name))
        resolved(theirs.set("brightness", { level: 9 }))
        const volume = newVolume(name)
        tryCompare(volume.entry, "status", Sync.Ready)
        volume.entry.key = "brightness"
        tryCompare(volume, "level", 9)
        volume.entry.key = ""
        compare(volume.entry.status, Sync.Null)
        verify(!volume.entry.exists)
    }

    function test_statusOfTheMap() {
        const volume = newVolume(TestServer.uniqueName("entry"))
        tryCompare(volume.entry, "status", Sync.Ready)
        resolved(volume.entry.set({ level: 1 }))
        tryCompare(volume, "level", 1)
        volume.map.close()
        tryCompare(volume.entry, "status", Sync.Closed)
        verify(!volume.entry.exists)
        volume.map.reopen()
        tryCompare(volume, "level", 1)
        volume.entry.map = null
        compare(volume.entry.status, Sync.Null)
        compare(rejected(volume.entry.remove()).message, "entry: no map has been set")
    }

    Component {
        id: documentComponent

        Item {
            property alias client: document.client
            property alias uniqueName: document.uniqueName
            readonly property string title: document.value.title ?? ""

            SyncDocument { id: document }
        }
    }

    function test_fieldOfADocument() {
        const name = TestServer.uniqueName("entry")
        const shown = createTemporaryObject(documentComponent, testCase, { client: mine, uniqueName: name })
        const theirs = resolved(others.document(name))
        resolved(theirs.set({ title: "one" }))
        tryCompare(shown, "title", "one")
        resolved(theirs.update({ title: "two" }))
        tryCompare(shown, "title", "two")
    }
}
