import QtQuick
import ExampleKit

// A key and a value on one line.
Rectangle {
    id: row

    // A map's key or a list's index
    property var key: ""
    required property string label
    required property var value
    property bool isCurrent: false

    signal tapped

    height: 32
    radius: 7
    color: isCurrent ? Theme.wash(Theme.accent) : "transparent"

    Text {
        id: keyText

        anchors { left: parent.left; leftMargin: 8; verticalCenter: parent.verticalCenter }
        width: 92
        text: row.label
        elide: Text.ElideRight
        color: Theme.text
        font { pixelSize: 13; bold: true }
    }
    Text {
        anchors { left: keyText.right; leftMargin: 8; right: parent.right; rightMargin: 8; verticalCenter: parent.verticalCenter }
        text: JSON.stringify(row.value)
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: Theme.faint
        font { pixelSize: 12; family: "monospace" }
    }
    TapHandler { onTapped: row.tapped() }
}
