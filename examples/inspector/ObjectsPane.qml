import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// What was opened, and a form to open more. Clients cannot ask the service for the names of its objects.
Card {
    id: pane

    property Handle current: null

    signal opened(string kind, string name, int mode)

    function remember(kind: string, name: string) {
        for (let row = 0; row < known.count; ++row) {
            if (known.get(row).kind === kind && known.get(row).name === name)
                return
        }
        known.append({ kind: kind, name: name })
    }

    title: qsTr("Objects")
    padding: 14

    ListModel {
        id: known

        ListElement { kind: "map"; name: "devices" }
        ListElement { kind: "list"; name: "orders" }
        ListElement { kind: "document"; name: "settings" }
        ListElement { kind: "stream"; name: "alerts" }
    }

    ListView {
        Layout.fillWidth: true
        Layout.fillHeight: true
        clip: true
        spacing: 2
        model: known
        delegate: Rectangle {
            id: row

            required property string kind
            required property string name
            readonly property bool isCurrent: pane.current?.kind === kind && pane.current?.name === name

            width: ListView.view.width
            height: 34
            radius: 7
            color: isCurrent ? Theme.wash(Theme.accent) : "transparent"

            Rectangle {
                id: badge

                anchors { left: parent.left; leftMargin: 8; verticalCenter: parent.verticalCenter }
                width: 20
                height: 20
                radius: 5
                color: Theme.series[kinds.all.indexOf(row.kind)]

                Text {
                    anchors.centerIn: parent
                    text: row.kind.charAt(0).toUpperCase()
                    color: "white"
                    font { pixelSize: 11; bold: true }
                }
            }
            Text {
                anchors { left: badge.right; leftMargin: 10; right: parent.right; verticalCenter: parent.verticalCenter }
                text: row.name
                elide: Text.ElideMiddle
                color: Theme.text
                font { pixelSize: 13; bold: row.isCurrent }
            }
            TapHandler { onTapped: pane.opened(row.kind, row.name, SyncClient.OpenExisting) }
        }
    }

    RowLayout {
        spacing: 6

        Repeater {
            model: kinds.all
            delegate: GlyphButton {
                required property string modelData
                required property int index

                filled: kinds.current === modelData
                tint: Theme.series[index]
                font.pixelSize: 12
                text: modelData.charAt(0).toUpperCase()
                onClicked: kinds.current = modelData
                Accessible.name: modelData
            }
        }
        QtObject {
            id: kinds

            readonly property var all: ["document", "list", "map", "stream"]
            property string current: "map"
        }
    }
    LineEdit {
        id: nameField

        Layout.fillWidth: true
        implicitHeight: 34
        placeholderText: qsTr("Name or SID of a %1").arg(kinds.current)
        onAccepted: if (text !== "") pane.opened(kinds.current, text, create.checked ? SyncClient.OpenOrCreate : SyncClient.OpenExisting)
    }
    CheckBox {
        id: create

        text: qsTr("Create what is not there")
        palette { base: Theme.raised; windowText: Theme.faint; text: Theme.text; mid: Theme.line }
        font.pixelSize: 12
    }
}
