import QtQuick
import QtQuick.Controls.Basic

// A text field as the examples have them.
TextField {
    id: field

    property color accent: Theme.accent

    implicitHeight: 38
    leftPadding: 12
    rightPadding: 12
    font.pixelSize: 14
    color: Theme.text
    placeholderTextColor: Theme.faint
    selectionColor: accent
    selectedTextColor: "white"
    background: Rectangle {
        radius: Theme.radius
        color: Theme.card
        border { width: field.activeFocus ? 2 : 1; color: field.activeFocus ? field.accent : Theme.line }
    }
}
