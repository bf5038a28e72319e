import QtQuick
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// The writes that wait or are under way, each of which can be taken back.
Card {
    id: pane

    required property SyncOutbox outbox

    title: qsTr("Outbox")
    header: Text {
        text: pane.outbox.count
        color: Theme.faint
        font.pixelSize: 12
    }

    ListView {
        id: view

        Layout.fillWidth: true
        Layout.fillHeight: true
        clip: true
        model: pane.outbox
        delegate: RowLayout {
            id: row

            required property string writeId
            required property string operation
            required property string objectName
            required property int attempts

            width: ListView.view.width

            Text {
                Layout.fillWidth: true
                text: `${row.operation} ${row.objectName}` + (row.attempts > 1 ? ` × ${row.attempts}` : "")
                elide: Text.ElideRight
                color: Theme.text
                font.pixelSize: 12
            }
            GlyphButton {
                text: "✕"
                tint: Theme.bad
                onClicked: pane.outbox.cancel(row.writeId)
                Accessible.name: qsTr("Take back")
            }
        }

        Text {
            anchors.centerIn: parent
            visible: view.count === 0
            text: qsTr("Everything is written.")
            color: Theme.faint
            font.pixelSize: 12
        }
    }
}
