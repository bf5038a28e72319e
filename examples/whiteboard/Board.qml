import QtQuick
import ExampleKit

// The strokes of a model, and the one that is being drawn.
Item {
    id: board

    required property var model
    required property color pen
    property var drawing: []
    // So many strokes can be seen
    property int painted: 0

    signal drawn(var points)
    signal moved(real x, real y)

    function itemIndexes(): var {
        const all = []
        for (let row = 0; row < strokes.count; ++row)
            all.push(strokes.itemAt(row).itemIndex)
        return all
    }

    Repeater {
        id: strokes

        model: board.model
        delegate: Canvas {
            required property int itemIndex
            required property var points
            required property color color
            property bool isPainted: false

            anchors.fill: parent
            onPointsChanged: requestPaint()
            onPainted: isPainted = true
            onIsPaintedChanged: ++board.painted
            Component.onDestruction: if (isPainted) --board.painted
            onPaint: board.paint(getContext("2d"), points, color)
        }
    }

    Canvas {
        id: sketch

        anchors.fill: parent
        onPaint: board.paint(getContext("2d"), board.drawing, board.pen)
    }

    MouseArea {
        anchors.fill: parent
        hoverEnabled: true
        preventStealing: true
        cursorShape: Qt.CrossCursor
        onPressed: mouse => { board.drawing = [mouse.x / width, mouse.y / height] }
        onPositionChanged: mouse => {
            board.moved(mouse.x / width, mouse.y / height)
            if (pressed) {
                board.drawing.push(mouse.x / width, mouse.y / height)
                sketch.requestPaint()
            }
        }
        onReleased: {
            if (board.drawing.length >= 4)
                board.drawn(board.drawing)
            board.drawing = []
            sketch.requestPaint()
        }
    }

    function paint(context: var, points: var, color: color) {
        context.reset()
        context.strokeStyle = color
        context.lineWidth = 4
        context.lineCap = "round"
        context.lineJoin = "round"
        context.beginPath()
        for (let at = 0; at + 1 < points.length; at += 2)
            context.lineTo(points[at] * width, points[at + 1] * height)
        context.stroke()
    }
}
