import QtQuick
import Twilio.Sync

// Our client and a list in QML; a window's worth of rows if it is shown.
Item {
    id: root

    required property bool isShown
    readonly property SyncClient client: SyncClient { }
    readonly property SyncList list: SyncList { valueRoles: ["n", "pad"] }

    property int pushed: 0
    property string error

    function push(count, bytes) {
        const value = { n: 1, pad: "x".repeat(Math.max(0, bytes - 16)) }
        for (let i = 0; i < count; ++i)
            list.push(value).then(() => { ++root.pushed }, (error) => { root.error = error.message })
    }

    width: 480
    height: 640

    Rows {
        anchors.fill: parent
        visible: root.isShown
        model: root.isShown ? root.list : null
    }
}
