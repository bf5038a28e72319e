import QtQuick
import QtQuick.Layouts

// A titled box.
Rectangle {
    id: card

    property string title
    property int padding: 16
    default property alias content: body.data
    property alias header: headerRow.data

    color: Theme.card
    radius: Theme.radius
    border { width: 1; color: Theme.line }
    implicitWidth: layout.implicitWidth + 2 * padding
    implicitHeight: layout.implicitHeight + 2 * padding

    ColumnLayout {
        id: layout

        anchors { fill: parent; margins: card.padding }
        spacing: 10

        RowLayout {
            id: headerRow

            visible: card.title !== ""
            spacing: 8

            Text {
                Layout.fillWidth: true
                text: card.title
                color: Theme.text
                elide: Text.ElideRight
                font { pixelSize: 14; bold: true }
            }
        }
        ColumnLayout {
            id: body

            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: 10
        }
    }
}
