import QtQuick
import ExampleKit

// One line, our own on the right.
Item {
    id: message

    required property string by
    required property string text
    required property color color
    required property var dateCreated
    property bool isOurs: false

    implicitHeight: bubble.height

    Avatar {
        anchors.bottom: parent.bottom
        visible: !message.isOurs
        size: 26
        name: message.by
        tint: message.color
    }

    Rectangle {
        id: bubble

        x: message.isOurs ? parent.width - width : 34
        width: Math.ceil(Math.min(body.implicitWidth + 24, 0.78 * message.width)) // whole pixels: the view cuts off halves
        height: body.height + time.height + 16
        radius: 14
        color: message.isOurs ? message.color : Theme.card
        border { width: message.isOurs ? 0 : 1; color: Theme.line }

        Text {
            id: body

            x: 12
            y: 8
            width: bubble.width - 24
            text: message.text
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: message.isOurs ? "white" : Theme.text
            font.pixelSize: 14
        }
        Text {
            id: time

            anchors { right: parent.right; rightMargin: 12; top: body.bottom }
            text: message.dateCreated ? message.dateCreated.toLocaleTimeString(Qt.locale(), "HH:mm") : ""
            color: message.isOurs ? "#ccffffff" : Theme.faint
            font.pixelSize: 10
        }
    }
}
