import QtQuick
import QtTest
import Twilio.Sync
import Twilio.Sync.LocalServer

// The local server as an application would embed it.
TestCase {
    id: testCase

    name: "LocalSyncServer"

    LocalSyncServer {
        id: server
    }

    Component {
        id: clientComponent

        SyncClient {
            url: server.url
            tokenProvider: () => server.createToken("ann", 3600)
        }
    }

    function cleanup() {
        server.close()
    }

    function test_listensOnAFreePortOfThisHost() {
        verify(!server.listening)
        compare(String(server.url), "")
        compare(String(server.httpUrl), "")
        verify(server.listen(), server.error.message)
        verify(server.listening)
        verify(server.port > 0)
        compare(String(server.url), `ws://127.0.0.1:${server.port}/v3/wsconnect`)
        compare(String(server.httpUrl), `http://127.0.0.1:${server.port}`)
    }

    function test_clientConnectsWithItsToken() {
        verify(server.listen())
        const client = createTemporaryObject(clientComponent, testCase)
        tryCompare(client, "connectionState", SyncClient.Connected)
    }

    function test_propertiesAreSetBeforeItListens() {
        const other = createTemporaryObject(serverComponent, testCase, {
            host: "127.0.0.1", port: 0, databasePath: "", secret: "another secret of thirty-two bytes"
        })
        compare(other.secret, "another secret of thirty-two bytes")
        compare(other.databasePath, "")
        verify(other.listen())
        let changes = 0
        other.listeningChanged.connect(() => ++changes)
        const port = other.port
        other.close()
        compare(changes, 1)
        verify(!other.listening)
        other.port = port
        verify(other.listen())
        compare(other.port, port)
    }

    function test_portInUseIsTold() {
        verify(server.listen())
        const second = createTemporaryObject(serverComponent, testCase, { port: server.port })
        let told = null
        second.errorOccurred.connect(error => told = error)
        verify(!second.listen())
        verify(second.error.message.length > 0)
        compare(told.message, second.error.message)
    }

    Component {
        id: serverComponent

        LocalSyncServer { }
    }

    function test_tokenOfAnotherSecretIsDenied() {
        verify(server.listen())
        const token = server.createToken("ann", 3600)
        server.close()
        server.secret = "another secret of thirty-two bytes"
        verify(server.listen())
        const client = createTemporaryObject(clientComponent, testCase, { tokenProvider: null, token: token })
        tryCompare(client, "connectionState", SyncClient.Denied)
    }
}
