import QtQuick
import QtTest
import Twilio.Sync
import Twilio.Sync.LocalServer

// What is in the packages is all that two users of one list need.
TestCase {
    id: test

    name: "Packages"

    readonly property LocalSyncServer server: LocalSyncServer { }
    readonly property Component listComponent: Component {
        SyncList {
            id: list

            required property string identity

            client: SyncClient {
                url: test.server.url
                tokenProvider: () => test.server.createToken(list.identity)
            }
            uniqueName: "tasks"
            valueRoles: ["title"]
        }
    }

    function test_twoUsers() {
        verify(server.listen())
        const ours = createTemporaryObject(listComponent, test, { identity: "ann" })
        const theirs = createTemporaryObject(listComponent, test, { identity: "ben" })
        tryCompare(theirs, "subscriptionState", Sync.Established)
        tryCompare(ours, "status", Sync.Ready)
        ours.push({ title: "Milk" })
        tryCompare(theirs, "count", 1)
        compare(theirs.valueAt(0).title, "Milk")
    }
}
