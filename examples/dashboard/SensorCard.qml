import QtQuick
import QtQuick.Layouts
import ExampleKit

// One sensor: what its roles say, and how far up its range that is.
Card {
    id: card

    required property int index
    required title
    required property string unit
    required property real level
    required property real lowest
    required property real highest
    required property real threshold
    property color tint: Theme.accent
    readonly property bool isTooHigh: level > threshold

    padding: 14
    border.color: isTooHigh ? Theme.bad : Theme.line

    Gauge {
        Layout.fillWidth: true
        Layout.preferredHeight: 104
        level: card.level
        threshold: card.threshold
        tint: card.isTooHigh ? Theme.bad : card.tint
        text: (card.lowest + (card.highest - card.lowest) * card.level / 100).toFixed(1)
        unit: card.unit
    }
}
