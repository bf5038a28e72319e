import QtQuick
import ExampleKit
import Twilio.Sync.LocalServer

// Where an example connects: a server of its own, or the one that the command line names.
QtObject {
    id: backend

    readonly property bool embedded: String(CommandLine.url) === ""
    readonly property url url: embedded ? server.url : CommandLine.url
    readonly property LocalSyncServer server: LocalSyncServer {
        Component.onCompleted: {
            if (backend.embedded && !listen()) {
                console.error(error.message)
                Qt.exit(1)
            }
        }
    }

    // What a SyncClient of \a identity asks for its tokens.
    function tokensFor(identity: string): var {
        return embedded ? () => server.createToken(identity, 3600) : () => CommandLine.token
    }
}
