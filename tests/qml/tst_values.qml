import QtQml
import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// What goes in and what comes out, where JavaScript has more to say than C++.
SyncTestCase {
    id: testCase

    name: "Values"

    property SyncClient mine
    property SyncClient others

    Component {
        id: rowsComponent

        Instantiator {
            delegate: QtObject {
                required property var model
            }
        }
    }

    function init() {
        mine = newClient("ann")
        others = newClient("ben")
    }

    //! { write, update, value }: what holds one value, by \a kind.
    function holder(kind): var {
        if (kind === "document") {
            const document = resolved(mine.document())
            return { set: v => document.set(v), update: v => document.update(v),
                     value: () => resolved(others.document(document.sid)).value }
        }
        if (kind === "list") {
            const list = resolved(mine.list())
            resolved(list.push({}))
            return { set: v => list.set(0, v), update: v => list.update(0, v),
                     value: () => resolved(resolved(others.list(list.sid)).get(0)).value }
        }
        const map = resolved(mine.map())
        return { set: v => map.set("k", v), update: v => map.update("k", v),
                 value: () => resolved(resolved(others.map(map.sid)).get("k")).value }
    }

    function test_undefinedDeletesTheField_data() {
        return [{ tag: "document" }, { tag: "list" }, { tag: "map" }]
    }

    function test_undefinedDeletesTheField(data) {
        const object = holder(data.tag)
        resolved(object.set({ a: 1, b: 2, c: 3 }))
        resolved(object.update({ b: undefined }))
        tryVerify(() => JSON.stringify(object.value()) === '{"a":1,"c":3}')
        // Two that wait together
        const both = Promise.all([object.update({ a: undefined, d: 4 }), object.update({ c: undefined, a: 5 }),
                                  object.update({ d: undefined })])
        resolved(both)
        tryVerify(() => JSON.stringify(object.value()) === '{"a":5}')
    }

    function test_updateChangesNothingElse_data() {
        return [{ tag: "document" }, { tag: "list" }, { tag: "map" }]
    }

    function test_updateChangesNothingElse(data) {
        const object = holder(data.tag)
        const value = { "a\ud83d": 1, "": [null, "\udc00"], "\u0000": { "b\ud83d": "\u0000" }, b: 2 }
        resolved(object.set(value))
        resolved(object.update({ c: 3 }))
        const expected = JSON.stringify(Object.assign({}, value, { c: 3 }))
        tryVerify(() => JSON.stringify(object.value()) === expected)
    }

    function test_undefinedWrittenToARoleDeletesTheField() {
        const list = resolved(mine.list())
        list.valueRoles = ["title", "done"]
        resolved(list.push({ "a\ud83d": 1, title: "Milk", done: true }))
        const rows = createTemporaryObject(rowsComponent, testCase, { model: list })
        tryCompare(rows, "count", 1)
        rows.objectAt(0).model.done = undefined
        tryVerify(() => resolved(list.get(0)).value.done === undefined)
        compare(JSON.stringify(resolved(list.get(0)).value), JSON.stringify({ "a\ud83d": 1, title: "Milk" }))
    }

    function test_objectsOfTheApplicationAreRefused() {
        const list = resolved(mine.list())
        refused(list.push({ sender: list }),
                "value.sender: a QObject (QObject*) cannot be stored; name what of it is meant")
        const document = resolved(mine.document())
        refused(document.update({ a: [{ b: mine }] }),
                "fields.a[0].b: a QObject (QObject*) cannot be stored; name what of it is meant")
        refused(document.mutate(() => ({ f: () => 1 })), "result of the mutator.f: a function cannot be stored")
        refused(mine.document({ value: { f: () => 1 } }), "value.f: a function cannot be stored")
        refused(resolved(mine.stream()).publishMessage({ when: new Date(NaN) }),
                "value.when: an invalid date cannot be stored")
    }

    function test_datesAreTheSameByEveryWay() {
        const when = new Date(1714555800123)
        const list = resolved(mine.list())
        list.valueRoles = ["when"]
        resolved(list.push({ when: when }))
        const pushed = resolved(list.get(0)).value.when
        compare(pushed, "2024-05-01T09:30:00.123Z")
        const rows = createTemporaryObject(rowsComponent, testCase, { model: list })
        tryCompare(rows, "count", 1)
        rows.objectAt(0).model.when = null
        tryVerify(() => resolved(list.get(0)).value.when === null)
        rows.objectAt(0).model.when = when
        tryVerify(() => resolved(list.get(0)).value.when === pushed)
    }
}
