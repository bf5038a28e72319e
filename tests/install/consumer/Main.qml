import QtQml
import Twilio.Sync
import Twilio.Sync.LocalServer

QtObject {
    id: root

    property LocalSyncServer server: LocalSyncServer {
        Component.onCompleted: {
            listen()
            root.client.url = url
            root.client.token = createToken("alice")
        }
    }
    property SyncClient client: SyncClient { }
    property SyncList tasks: SyncList {
        client: root.client
        uniqueName: "tasks"
        onItemAdded: item => {
            console.info("pushed at index", item.index)
            Qt.quit()
        }
        onStatusChanged: {
            if (status === Sync.Ready)
                push({ title: "Milk" }).catch(error => { console.error(error.message); Qt.exit(1) })
        }
    }
}
