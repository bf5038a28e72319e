import QtQuick
import QtQuick.Templates as T
import ExampleKit

T.AbstractButton {
    id: box

    required property color accent

    implicitWidth: 22
    implicitHeight: 22

    background: Rectangle {
        radius: 11
        color: box.checked ? box.accent : "transparent"
        border { width: box.checked ? 0 : 2; color: box.hovered ? box.accent : Theme.faint }
    }
    contentItem: Text {
        visible: box.checked
        text: "✓"
        color: "white"
        font { pixelSize: 14; bold: true }
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }
}
