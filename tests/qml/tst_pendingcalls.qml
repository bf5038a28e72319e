import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// Objects that nothing but a call under way needs: it has its real outcome, whenever garbage is collected.
SyncTestCase {
    id: testCase

    name: "PendingCalls"

    property SyncClient mine

    function init() { mine = newClient("ann") }

    //! Makes enough of it for the engine to collect by itself.
    function makeGarbage() {
        let garbage = []
        for (let i = 0; i < 20000; ++i)
            garbage.push({ text: "garbage " + i })
        garbage = null
    }

    function test_callKeepsItsObject_data(): var {
        const calls = [
            { tag: "document", open: name => mine.document(name), call: d => d.update({ a: 1 }),
              check: value => compare(value.a, 1) },
            { tag: "document, mutate", open: name => mine.document(name), call: d => d.mutate(v => ({ a: 2 })),
              check: value => compare(value.a, 2) },
            { tag: "document, setTtl", open: name => mine.document(name), call: d => d.setTtl(60),
              check: () => {} },
            { tag: "list", open: name => mine.list(name), call: l => l.push({ a: 3 }),
              check: item => compare(item.value.a, 3) },
            { tag: "map", open: name => mine.map(name), call: m => m.set("k", { a: 4 }),
              check: item => compare(item.value.a, 4) },
            { tag: "map, mutate", open: name => mine.map(name), call: m => m.mutate("k", v => ({ a: 5 })),
              check: item => compare(item.value.a, 5) },
            { tag: "stream", open: name => mine.stream(name), call: s => s.publishMessage({ a: 6 }),
              check: message => compare(message.value.a, 6) },
            { tag: "page", open: name => mine.list(name), call: l => l.getItems(),
              check: page => compare(page.items.length, 0) },
            { tag: "next page",
              open: name => mine.list(name).then(l => l.push({ a: 1 }).then(() => l.push({ a: 2 })).then(() => l)),
              call: l => l.getItems({ pageSize: 1 }).then(page => page.nextPage()),
              check: page => compare(page.items[0].value.a, 2) }
        ]
        const rows = []
        for (const forced of [true, false]) {
            for (const call of calls)
                rows.push(Object.assign({}, call, { tag: call.tag + (forced ? ", gc()" : ""), forced: forced }))
        }
        return rows
    }

    function collect(forced: bool) {
        if (forced)
            gc()
        else
            makeGarbage()
    }

    function test_callKeepsItsObject(data) {
        let pending = null
        // Before the answer can have come
        data.open(TestServer.uniqueName("pending")).then(object => { pending = data.call(object) })
            .then(() => collect(data.forced))
        tryVerify(() => pending !== null)
        data.check(resolved(pending))
    }

    // A client, too.
    function test_callKeepsItsClient() {
        let pending = null
        let client = clientComponent.createObject(null) as SyncClient
        client.token = TestServer.token("ben")
        client.document(TestServer.uniqueName("pending")).then(d => { pending = d.set({ a: 7 }) })
            .then(() => collect(true))
        tryVerify(() => pending !== null)
        compare(resolved(pending).a, 7)
    }
}
