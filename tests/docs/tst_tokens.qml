import QtQuick
import QtTest
import Twilio.Sync
import Twilio.Sync.LocalServer

// The tokens that the guide's functions make are good.
TestCase {
    id: test

    name: "Tokens"

    readonly property var tokens: TOKENS
    readonly property LocalSyncServer server: LocalSyncServer {
        secret: "a secret of thirty-two bytes and more"
    }
    readonly property Component clientComponent: Component {
        SyncClient { url: test.server.url }
    }

    function test_token_data() {
        return Object.keys(tokens).map(language => ({ tag: language, token: tokens[language] }))
    }

    function test_token(row) {
        verify(server.listen())
        const client = createTemporaryObject(clientComponent, test, { token: row.token })
        tryCompare(client, "connectionState", SyncClient.Connected)
    }
}
