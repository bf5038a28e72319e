import QtQuick
import QtQuick.Controls.Basic
import ExampleKit
import Twilio.Sync

// One task. It shows what the list says and asks for changes; it changes nothing by itself.
Item {
    id: task

    required property int index
    required property int itemIndex
    required property string title
    required property bool done
    required property int pending
    required property color accent
    readonly property bool editing: editor.visible

    signal toggled
    signal renamed(string title)
    signal deleted

    function edit() {
        editor.text = title
        editor.visible = true
        editor.selectAll()
        editor.forceActiveFocus()
    }

    function finishEditing() {
        if (!editor.visible)
            return
        editor.visible = false
        const text = editor.text.trim()
        if (text !== "" && text !== title)
            renamed(text)
    }

    implicitHeight: 50

    Rectangle {
        anchors { fill: parent; topMargin: 3; bottomMargin: 3 }
        radius: Theme.radius
        color: Theme.card
        border { width: 1; color: task.editing ? task.accent : Theme.line }
    }

    TickBox {
        id: tick

        anchors { left: parent.left; leftMargin: 14; verticalCenter: parent.verticalCenter }
        accent: task.accent
        checked: task.done
        onClicked: task.toggled()
        Accessible.name: task.done ? qsTr("Mark as open") : qsTr("Mark as done")
    }

    Text {
        anchors {
            left: tick.right; leftMargin: 12; right: remove.left; rightMargin: 6
            verticalCenter: parent.verticalCenter
        }
        visible: !task.editing
        text: task.title
        elide: Text.ElideRight
        color: task.done ? Theme.faint : Theme.text
        opacity: task.pending === Sync.NotPending ? 1 : 0.6
        font { pixelSize: 15; strikeout: task.done; italic: task.pending !== Sync.NotPending }

        TapHandler { onDoubleTapped: task.edit() }
    }

    TextField {
        id: editor

        anchors {
            left: tick.right; leftMargin: 6; right: remove.left; rightMargin: 6
            verticalCenter: parent.verticalCenter
        }
        visible: false
        leftPadding: 6
        font.pixelSize: 15
        color: Theme.text
        selectionColor: task.accent
        background: null
        onAccepted: task.finishEditing()
        onActiveFocusChanged: if (!activeFocus) task.finishEditing()
        Keys.onEscapePressed: visible = false
    }

    GlyphButton {
        id: remove

        anchors { right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
        text: "✕"
        tint: hovered ? Theme.bad : Theme.faint
        onClicked: task.deleted()
        Accessible.name: qsTr("Delete")
    }
}
