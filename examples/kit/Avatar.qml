import QtQuick

// Somebody's first letter on a disc.
Rectangle {
    id: avatar

    required property string name
    property color tint: Theme.accent
    property int size: 36

    implicitWidth: size
    implicitHeight: size
    radius: size / 2
    color: tint

    Text {
        anchors.centerIn: parent
        text: avatar.name.charAt(0).toUpperCase()
        color: "white"
        font { pixelSize: avatar.size * 0.45; bold: true }
    }
}
