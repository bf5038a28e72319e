import QtQuick
import ExampleKit

// Three quarters of a circle, filled from the left; a mark where the limit is.
Canvas {
    id: gauge

    required property real level
    required property real threshold
    required property color tint
    required property string text
    required property string unit
    readonly property color track: Theme.raised
    readonly property color mark: Theme.faint
    property real shown: level

    Behavior on shown {
        enabled: Theme.animated
        NumberAnimation { duration: 400; easing.type: Easing.OutCubic }
    }

    onShownChanged: requestPaint()
    onTintChanged: requestPaint()
    onTrackChanged: requestPaint()
    onThresholdChanged: requestPaint()
    onPaint: {
        const context = getContext("2d")
        const middle = { x: width / 2, y: height * 0.58 }
        const radius = Math.min(width / 2, height * 0.58) - 8
        const angle = percent => Math.PI * (0.75 + 1.5 * Math.max(0, Math.min(100, percent)) / 100)
        const arc = (from, to, color, thickness) => {
            context.beginPath()
            context.lineWidth = thickness
            context.lineCap = "round"
            context.strokeStyle = color
            context.arc(middle.x, middle.y, radius, angle(from), angle(to))
            context.stroke()
        }
        context.reset()
        arc(0, 100, track, 9)
        if (shown > 0)
            arc(0, shown, tint, 9)
        arc(threshold - 0.4, threshold + 0.4, mark, 13)
    }

    Column {
        anchors { horizontalCenter: parent.horizontalCenter; verticalCenter: parent.verticalCenter; verticalCenterOffset: 8 }

        Text {
            anchors.horizontalCenter: parent.horizontalCenter
            text: gauge.text
            color: Theme.text
            font { pixelSize: 22; bold: true }
        }
        Text {
            anchors.horizontalCenter: parent.horizontalCenter
            text: gauge.unit
            color: Theme.faint
            font.pixelSize: 12
        }
    }
}
