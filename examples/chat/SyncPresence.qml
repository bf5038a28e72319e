import QtQuick
import Twilio.Sync

// Who is here: everybody has an item in a map that expires, and writes it again while they are. Whoever leaves, by
// closing or by losing the connection, is gone when it has expired. Take this file into your own application.
SyncMap {
    id: presence

    // Our own key in the map; nobody is here while it is empty
    required property string identity
    // What others see of us, such as a name or a state
    property var details: ({})
    // Seconds until whoever has fallen silent is gone
    property int patience: 30

    readonly property bool isPresent: identity !== "" && status === Sync.Ready

    signal failed(string message)

    function tell() {
        if (isPresent)
            set(identity, details, { ttl: patience }).catch(error => failed(error.message))
    }

    function leave(): var {
        return remove(identity)
    }

    loadAll: true
    onIsPresentChanged: tell()
    onDetailsChanged: tell()

    readonly property Timer heartbeat: Timer {
        interval: presence.patience * 1000 / 3
        repeat: true
        running: presence.isPresent
        onTriggered: presence.tell()
    }
}
