import QtQuick
import ExampleKit

// Where somebody else is.
Item {
    id: cursor

    required property string by
    required property color tint
    required property real atX
    required property real atY

    x: parent ? atX * parent.width : 0
    y: parent ? atY * parent.height : 0

    Behavior on x { enabled: Theme.animated; NumberAnimation { duration: 100 } }
    Behavior on y { enabled: Theme.animated; NumberAnimation { duration: 100 } }

    Rectangle {
        width: 10
        height: 10
        radius: 5
        color: cursor.tint
    }
    Rectangle {
        x: 9
        y: 9
        width: name.implicitWidth + 14
        height: 20
        radius: 10
        color: cursor.tint

        Text {
            id: name

            anchors.centerIn: parent
            text: cursor.by
            color: "white"
            font { pixelSize: 11; bold: true }
        }
    }
}
