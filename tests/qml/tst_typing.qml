import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// Whoever types is left alone: by others, and by the own changes that come back late. The recipe of README.md.
SyncTestCase {
    id: testCase

    name: "Typing"
    when: windowShown
    width: 200
    height: 100
    visible: true

    property SyncClient mine
    property SyncClient others

    function init() {
        mine = newClient("ann")
        others = newClient("ben")
    }

    function cleanup() { TestServer.delay(0) }

    Component {
        id: noteComponent

        FocusScope {
            property alias client: note.client
            property alias uniqueName: note.uniqueName
            readonly property SyncDocument note: note
            readonly property TextInput field: field

            SyncDocument { id: note }
            TextInput {
                id: field

                width: 180
                height: 20
                onTextEdited: note.update({ text: text })

                Binding on text {
                    when: !field.activeFocus
                    value: note.value.text ?? ""
                    restoreMode: Binding.RestoreNone
                }
            }
        }
    }

    Component {
        id: rowsComponent

        ListView {
            id: rows

            property alias client: list.client
            property alias uniqueName: list.uniqueName

            width: 180
            height: 80
            model: SyncList {
                id: list
                valueRoles: ["title"]
            }
            delegate: TextInput {
                id: cell

                required property var model

                width: 180
                height: 20
                onTextEdited: model.title = text

                Binding on text {
                    when: !cell.activeFocus
                    value: cell.model.title
                    restoreMode: Binding.RestoreNone
                }
            }
        }
    }

    function type(text: string) {
        for (const letter of text) {
            keyClick(letter)
            wait(0)
        }
    }

    function test_fieldOfADocument() {
        const name = TestServer.uniqueName("typing")
        const theirs = resolved(others.document({ id: name, value: { text: "", other: 0 } }))
        const shown = createTemporaryObject(noteComponent, testCase, { client: mine, uniqueName: name })
        tryCompare(shown.note, "subscriptionState", Sync.Established)
        TestServer.delay(300)
        shown.field.forceActiveFocus()
        type("hello ")
        theirs.update({ other: 1 })
        theirs.update({ text: "theirs" })
        type("world")
        compare(shown.field.text, "hello world")
        compare(shown.field.cursorPosition, 11)
        tryVerify(() => shown.note.value.text === "hello world" && !shown.note.hasPendingWrites)
        compare(shown.field.text, "hello world")
        compare(shown.field.cursorPosition, 11)
        verify(shown.field.activeFocus)

        resolved(theirs.update({ text: "theirs again" }))
        tryVerify(() => shown.note.value.text === "theirs again")
        compare(shown.field.text, "hello world")
        shown.field.focus = false
        compare(shown.field.text, "theirs again")
    }

    function test_fieldOfADelegate() {
        const name = TestServer.uniqueName("typing")
        const theirs = resolved(others.list(name))
        resolved(theirs.push({ title: "" }))
        const rows = createTemporaryObject(rowsComponent, testCase, { client: mine, uniqueName: name })
        tryCompare(rows, "count", 1)
        tryCompare(rows.model, "subscriptionState", Sync.Established)
        const cell = rows.itemAtIndex(0) as TextInput
        TestServer.delay(300)
        cell.forceActiveFocus()
        type("hello ")
        theirs.update(0, { title: "theirs" })
        theirs.push({ title: "another row" })
        type("world")
        compare(cell.text, "hello world")
        tryCompare(rows, "count", 2)
        tryVerify(() => rows.model.valueAt(0).title === "hello world" && !rows.model.hasPendingWrites)
        compare(cell.text, "hello world")
        compare(cell.cursorPosition, 11)
        verify(cell.activeFocus)
    }
}
