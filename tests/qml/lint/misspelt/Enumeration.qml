// Property "Conected" not found
import QtQml
import Twilio.Sync

SyncClient {
    id: client

    readonly property bool online: client.connectionState === SyncClient.Conected
}
