import QtQuick
import Twilio.Sync

// Colour and words for the state of a SyncClient, with the reason where there is one.
Rectangle {
    id: indicator

    required property SyncClient client
    readonly property int connectionState: client.connectionState
    readonly property color tint: {
        switch (connectionState) {
        case SyncClient.Connected: return Theme.good
        case SyncClient.Connecting: return Theme.waiting
        case SyncClient.Denied:
        case SyncClient.Error: return Theme.bad
        default: return Theme.faint
        }
    }
    readonly property string text: {
        switch (connectionState) {
        case SyncClient.Connected: return "Connected"
        case SyncClient.Connecting: return client.error.isNull ? "Connecting …" : "Reconnecting …"
        case SyncClient.Disconnecting: return "Disconnecting …"
        case SyncClient.Denied: return "Denied: " + client.error.message
        case SyncClient.Error: return "Error: " + client.error.message
        default: return "Disconnected"
        }
    }

    implicitWidth: Math.min(row.implicitWidth + 22, 300)
    implicitHeight: 28
    radius: height / 2
    color: Theme.wash(tint)
    Accessible.role: Accessible.StaticText
    Accessible.name: text

    Row {
        id: row

        anchors { verticalCenter: parent.verticalCenter; left: parent.left; leftMargin: 11 }
        spacing: 7

        Rectangle {
            anchors.verticalCenter: parent.verticalCenter
            width: 9
            height: 9
            radius: 4.5
            color: indicator.tint

            SequentialAnimation on opacity {
                running: Theme.animated && indicator.connectionState === SyncClient.Connecting
                loops: Animation.Infinite
                alwaysRunToEnd: true
                NumberAnimation { to: 0.25; duration: 500 }
                NumberAnimation { to: 1; duration: 500 }
            }
        }

        Text {
            width: Math.min(implicitWidth, 262)
            elide: Text.ElideRight
            text: indicator.text
            color: Theme.ink(indicator.tint)
            font { pixelSize: 12; bold: true }
        }
    }
}
