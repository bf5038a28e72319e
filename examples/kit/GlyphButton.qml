import QtQuick
import QtQuick.Templates as T

T.AbstractButton {
    id: button

    property color tint: Theme.faint
    property bool filled: false

    implicitWidth: 30
    implicitHeight: 30
    opacity: enabled ? 1 : 0.4

    background: Rectangle {
        radius: height / 2
        color: button.filled ? Qt.darker(button.tint, button.down ? 1.2 : 1)
                             : Qt.rgba(button.tint.r, button.tint.g, button.tint.b,
                                       button.down ? 0.22 : button.hovered ? 0.12 : 0)
    }
    contentItem: Text {
        text: button.text
        color: button.filled ? "white" : button.tint
        font.pixelSize: button.text.length > 1 ? 13 : button.filled ? 20 : 14
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }
}
