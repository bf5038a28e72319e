import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit

// A value as JSON, to change and send. What others write meanwhile is shown unless one has begun to type.
Card {
    id: editor

    required property Handle handle
    property string key: ""
    property var itemKey: ""
    property bool isDirty: false
    readonly property string mistake: mistakeIn(area.text)

    signal failed(string message)

    function show(newKey: var, value: var) {
        itemKey = newKey
        key = `${newKey}`
        area.text = JSON.stringify(value, null, 2)
        isDirty = false
    }

    function follow(value: var) {
        if (!isDirty)
            area.text = JSON.stringify(value, null, 2)
    }

    function edit(text: string) {
        area.text = text
        isDirty = true
    }

    function clear() {
        show("", {})
    }

    function mistakeIn(text: string): string {
        try {
            const value = JSON.parse(text)
            return value !== null && typeof value === "object" && !Array.isArray(value) ? "" : qsTr("A value is an object: { … }")
        } catch (error) {
            return error.message
        }
    }

    function attempt(promise: var) {
        promise.catch(error => editor.failed(error.message))
    }

    function save() {
        isDirty = false
        attempt(handle.write(itemKey, JSON.parse(area.text)))
    }

    title: key === "" ? qsTr("Value") : qsTr("Value of %1").arg(key)

    ScrollView {
        Layout.fillWidth: true
        Layout.fillHeight: true

        TextArea {
            id: area

            color: Theme.text
            selectionColor: Theme.accent
            textFormat: TextEdit.PlainText
            wrapMode: TextEdit.Wrap
            font { pixelSize: 13; family: "monospace" }
            onTextChanged: if (activeFocus) editor.isDirty = true
            background: Rectangle {
                radius: Theme.radius
                color: Theme.raised
                border { width: 1; color: editor.mistake === "" ? Theme.line : Theme.bad }
            }
        }
    }
    Text {
        Layout.fillWidth: true
        visible: text !== ""
        text: editor.mistake
        color: Theme.bad
        wrapMode: Text.Wrap
        font.pixelSize: 12
    }
    RowLayout {
        spacing: 8

        GlyphButton {
            Layout.fillWidth: true
            filled: true
            tint: Theme.accent
            font.pixelSize: 13
            text: editor.handle?.kind === "stream" ? qsTr("Send") : qsTr("Save")
            enabled: editor.handle !== null && editor.mistake === "" && (!editor.handle.isCollection || editor.key !== "")
            onClicked: editor.save()
        }
        GlyphButton {
            implicitWidth: 64
            tint: Theme.accent
            text: qsTr("Add")
            enabled: editor.handle !== null && editor.handle.isCollection && editor.mistake === ""
            onClicked: editor.attempt(editor.handle.add(`item-${Date.now()}`, JSON.parse(area.text)))
        }
        GlyphButton {
            implicitWidth: 64
            tint: Theme.bad
            text: qsTr("Delete")
            enabled: editor.handle !== null && (!editor.handle.isCollection || editor.key !== "")
            onClicked: editor.attempt(editor.handle.erase(editor.itemKey))
        }
    }
}
