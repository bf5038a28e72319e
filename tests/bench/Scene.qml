import QtQuick

// A list of items {"n", "pad"} as a phone would show it.
ListView {
    id: view

    // Flings the view up and down for as long as it is true
    property bool flinging: false

    // Whether the row in the middle is the one that belongs there and shows its item
    function showsItsItem(): bool {
        const middle = contentY + height / 2
        const item = itemAtIndex(indexAt(10, middle))
        return item !== null && item.index === Math.floor(middle / item.height)
            && item.n === model.valueAt(item.index).n
    }

    function fling() {
        flick(0, atYEnd ? 6000 : -6000)
    }

    width: 480
    height: 640
    maximumFlickVelocity: 6000
    onFlingingChanged: if (flinging) fling()
    onMovementEnded: if (flinging) fling()

    delegate: Rectangle {
        id: row

        required property int index
        required property var itemIndex
        required property var n
        required property string pad

        width: view.width
        height: 40
        color: index % 2 ? "#f4f6f8" : "white"

        Text {
            x: 12
            anchors.verticalCenter: parent.verticalCenter
            font.pixelSize: 15
            text: "n " + row.n
        }
        Text {
            x: 120
            width: parent.width - 240
            anchors.verticalCenter: parent.verticalCenter
            color: "#52606d"
            elide: Text.ElideRight
            text: row.pad
        }
        Text {
            anchors { right: parent.right; rightMargin: 12; verticalCenter: parent.verticalCenter }
            color: "#829ab1"
            text: "index " + row.itemIndex
        }
    }
}
