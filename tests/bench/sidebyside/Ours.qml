import QtQuick
import Twilio.Sync

// Our client and a list in QML; a window's worth of rows if it is shown.
Item {
    required property bool isShown
    readonly property SyncClient client: SyncClient { }
    readonly property SyncList list: SyncList { valueRoles: ["n", "pad"] }

    width: 480
    height: 640

    Loader {
        anchors.fill: parent
        active: parent.isShown
        sourceComponent: Rows { model: list }
    }
}
