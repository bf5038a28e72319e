pragma ComponentBehavior: Bound

import SyncTest
import Twilio.Sync

// promise.cancel() takes back what has not been sent.
SyncTestCase {
    name: "Cancel"

    function test_whatWaitsIsTakenBack() {
        if (!TestServer.embedded)
            skip("the server cannot be stopped from here")
        const client = newClient("ann")
        const map = resolved(client.map(TestServer.uniqueName("cancel")))
        tryCompare(map, "subscriptionState", Sync.Established)
        TestServer.stop()
        tryCompare(client, "connectionStateName", "connecting")
        let runs = 0
        const cancelled = [
            map.set("a", { n: 1 }),
            map.mutate("b", value => { ++runs; return { n: 2 } }),
            map.get("c"),
            map.getItems(),
            client.list(TestServer.uniqueName("never")),
            map.setTtl(60)
        ]
        const kept = map.set("d", { n: 4 })
        for (const promise of cancelled)
            promise.cancel()
        for (const promise of cancelled) {
            const error = rejected(promise)
            compare(error.name, "SyncError")
            compare(error.message, "cancelled")
        }
        compare(client.pendingWrites, 1)
        TestServer.start()
        compare(resolved(kept).value, { n: 4 })
        compare(resolved(map.getItems()).items.map(item => item.key), ["d"])
        compare(runs, 0)
    }

    function test_cancelAfterTheEndDoesNothing() {
        const client = newClient("ann")
        const map = resolved(client.map(TestServer.uniqueName("cancel")))
        const done = map.set("a", { n: 1 })
        compare(resolved(done).value, { n: 1 })
        done.cancel()
        compare(resolved(done).value, { n: 1 })
        const failed = map.get("")
        failed.cancel()
        verify(rejected(failed).message !== "cancelled")
    }
}
