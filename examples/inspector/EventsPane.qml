import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit

// What has happened, newest first.
Card {
    id: pane

    readonly property int count: lines.count
    property int capacity: 500

    function log(what: string, key: string, value: var, isLocal: bool) {
        lines.insert(0, {
            time: new Date().toLocaleTimeString(Qt.locale(), "HH:mm:ss"), what: what, key: key,
            body: value === null ? "" : JSON.stringify(value), isLocal: isLocal
        })
        if (lines.count > capacity)
            lines.remove(capacity)
    }

    title: qsTr("Events")
    header: GlyphButton {
        implicitWidth: 56
        implicitHeight: 22
        tint: Theme.faint
        text: qsTr("Clear")
        onClicked: lines.clear()
    }

    ListModel { id: lines }

    ListView {
        Layout.fillWidth: true
        Layout.fillHeight: true
        clip: true
        spacing: 4
        model: lines
        ScrollBar.vertical: ScrollBar { }
        delegate: Text {
            required property string time
            required property string what
            required property string key
            required property string body
            required property bool isLocal

            width: ListView.view.width
            elide: Text.ElideRight
            textFormat: Text.PlainText
            color: isLocal ? Theme.faint : Theme.text
            font.pixelSize: 12
            text: `${time}  ${what} ${key} ${body}${isLocal ? qsTr(" (ours)") : ""}`
        }
    }
}
