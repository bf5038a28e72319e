import QtQuick
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// What the client has done so far.
Card {
    id: pane

    required property SyncClient client
    readonly property var figures: [
        [qsTr("Events"), client.metrics.eventsReceived],
        [qsTr("Received"), bytes(client.metrics.bytesReceived)],
        [qsTr("Sent"), bytes(client.metrics.bytesSent)],
        [qsTr("Round trip"), qsTr("%1 ms, 95 %: %2 ms").arg(client.metrics.roundTripMedian.toFixed(1)).arg(client.metrics.roundTrip95.toFixed(1))],
        [qsTr("Reconnects"), client.metrics.reconnects],
        [qsTr("Memory of objects"), bytes(client.metrics.storeMemory)]
    ]

    function bytes(count: real): string {
        return count < 10000 ? qsTr("%1 bytes").arg(count) : qsTr("%1 kB").arg(Math.round(count / 1000))
    }

    title: qsTr("Connection")
    header: GlyphButton {
        implicitWidth: 84
        implicitHeight: 22
        tint: Theme.accent
        text: qsTr("Reconnect")
        onClicked: pane.client.reconnect()
    }

    Repeater {
        model: pane.figures
        delegate: RowLayout {
            id: row

            required property var modelData

            Text {
                Layout.fillWidth: true
                text: row.modelData[0]
                color: Theme.faint
                font.pixelSize: 12
            }
            Text {
                text: row.modelData[1]
                color: Theme.text
                font.pixelSize: 12
            }
        }
    }
    Item { Layout.fillHeight: true }
}
