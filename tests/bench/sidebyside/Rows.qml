import QtQuick

// Rows of items {"n", "pad"}, scrolled up and down all the time.
ListView {
    id: view

    delegate: Item {
        required property int index
        required property var n
        required property string pad

        width: ListView.view.width
        height: 40

        Text { text: parent.n }
        Text { x: 120; width: parent.width - 120; elide: Text.ElideRight; text: parent.pad }
    }

    NumberAnimation on contentY {
        running: view.count > 0
        from: 0
        to: 4000
        duration: 4000
        loops: Animation.Infinite
    }
}
