pragma ComponentBehavior: Bound

import SyncTest
import Twilio.Sync

// client.documents, lists, maps and streams: calls by SID or unique name on what is not open.
SyncTestCase {
    name: "DirectCalls"

    function test_document_data(): var {
        return [{ tag: "by unique name", key: "uniqueName" }, { tag: "by SID", key: "sid" }]
    }
    function test_document(data) {
        const document = resolved(newClient("bob").document(TestServer.uniqueName("direct")))
        const id = document[data.key]
        const documents = newClient("ann").documents
        compare(JSON.stringify(resolved(documents.set(id, { z: 1, a: 2 }))), '{"z":1,"a":2}')
        compare(JSON.stringify(resolved(documents.get(id))), '{"z":1,"a":2}')
        compare(JSON.stringify(resolved(documents.update(id, { b: 3 }))), '{"z":1,"a":2,"b":3}')
        compare(resolved(documents.update(id, { b: undefined, a: 1 })), { z: 1, a: 1 })
        compare(resolved(documents.mutate(id, value => ({ n: value.z + value.a }))), { n: 2 })
        compare(resolved(documents.mutate(id, value => null)), { n: 2 })
        compare(rejected(documents.mutate(id, value => { throw new RangeError("no") })).message, "no")
        compare(resolved(documents.set(id, { n: 7 }, { ttl: 600 })), { n: 7 })
        tryCompare(document, "value", { n: 7 })
        compare(resolved(documents.setTtl(id, 0)), undefined)
        compare(resolved(documents.remove(id)), undefined)
        tryCompare(document, "status", Sync.Removed)
        compare(rejected(documents.get(id)).status, 404)
    }

    function test_list() {
        const list = resolved(newClient("bob").list(TestServer.uniqueName("direct")))
        const id = list.uniqueName
        const lists = newClient("ann").lists
        compare(resolved(lists.push(id, { n: 1 })).index, 0)
        compare(resolved(lists.push(id, { n: 2 }, { ttl: 600 })).index, 1)
        compare(resolved(lists.setItem(id, 0, { n: 3 })).value, { n: 3 })
        compare(resolved(lists.updateItem(id, 0, { a: 1 })).value, { n: 3, a: 1 })
        compare(resolved(lists.mutateItem(id, 0, value => ({ n: value.n + 1 }))).value, { n: 4 })
        compare(resolved(lists.getItem(id, 0)).value, { n: 4 })
        const page = resolved(lists.getItems(id, { pageSize: 1, order: "desc" }))
        compare(page.items.map(item => item.index), [1])
        compare(resolved(page.nextPage()).items.map(item => item.value), [{ n: 4 }])
        compare(resolved(lists.removeItem(id, 0)), undefined)
        compare(rejected(lists.getItem(id, 0)).code, 54151)
        compare(resolved(lists.setTtl(id, 600)), undefined)
        tryCompare(list, "count", 1)
        compare(resolved(lists.remove(id)), undefined)
        compare(rejected(lists.push(id, { n: 1 })).status, 404)
    }

    function test_map() {
        const map = resolved(newClient("bob").map(TestServer.uniqueName("direct")))
        const id = map.sid
        const maps = newClient("ann").maps
        compare(resolved(maps.setItem(id, "k", { n: 3 })).key, "k")
        compare(resolved(maps.updateItem(id, "k", { a: 1 })).value, { n: 3, a: 1 })
        compare(resolved(maps.updateItem(id, "new", { a: 1 })).value, { a: 1 })
        compare(resolved(maps.mutateItem(id, "k", value => ({ n: value.n + 1 }))).value, { n: 4 })
        compare(resolved(maps.getItem(id, "k")).value, { n: 4 })
        compare(resolved(maps.getItems(id, { from: "l" })).items.map(item => item.key), ["new"])
        compare(resolved(maps.removeItem(id, "k")), undefined)
        compare(rejected(maps.getItem(id, "k")).code, 54201)
        compare(resolved(maps.setTtl(id, 600)), undefined)
        compare(resolved(maps.remove(id)), undefined)
        tryCompare(map, "status", Sync.Removed)
    }

    function test_stream() {
        const stream = resolved(newClient("bob").stream(TestServer.uniqueName("direct")))
        tryCompare(stream, "subscriptionState", Sync.Established)
        const streams = newClient("ann").streams
        const heard = []
        stream.messagePublished.connect((message, isLocal) => heard.push([message.value, isLocal]))
        const message = resolved(streams.publishMessage(stream.uniqueName, { n: 1 }))
        compare(message.value, { n: 1 })
        verify(message.sid.startsWith("TZ"))
        verify(TestServer.eventually(() => heard.length === 1))
        compare(heard[0], [{ n: 1 }, false])
        compare(resolved(streams.setTtl(stream.sid, 600)), undefined)
        compare(resolved(streams.remove(stream.sid)), undefined)
    }

    // Writes of the same client are its own, and go in the order of the calls, whichever way they are made.
    function test_besideAHandle() {
        const client = newClient("ann")
        const list = resolved(client.list(TestServer.uniqueName("direct")))
        tryCompare(list, "subscriptionState", Sync.Established)
        const added = []
        list.itemAdded.connect((item, isLocal) => added.push([item.value.n, isLocal]))
        list.orderedWrites = true
        const calls = [list.push({ n: 1 }), client.lists.push(list.uniqueName, { n: 2 }),
                       list.push({ n: 3 }), client.lists.push(list.sid, { n: 4 })]
        compare(calls.map(call => resolved(call).index), [0, 1, 2, 3])
        verify(TestServer.eventually(() => added.length === 4))
        compare(added, [[1, true], [2, true], [3, true], [4, true]])
    }

    function test_wrongArgument_data(): var {
        return [
            { tag: "id missing", call: client => client.documents.get(), message: "id: expected a non-empty string, got undefined" },
            { tag: "id a number", call: client => client.streams.remove(5), message: "id: expected a non-empty string, got 5" },
            { tag: "id before value", call: client => client.lists.push(null, 1), message: "id: expected a non-empty string, got null" },
            { tag: "value", call: client => client.lists.push("a", 1), message: "value: expected a JSON object, got 1" },
            { tag: "fields", call: client => client.maps.updateItem("a", "k", []), message: "fields: expected a JSON object, got an array" },
            { tag: "itemIndex", call: client => client.lists.removeItem("a", "0"),
              message: "itemIndex: expected 0 to 9007199254740991, got the string '0'" },
            { tag: "key", call: client => client.maps.getItem("a", ""), message: "key: expected a non-empty string, got an empty string" },
            { tag: "mutator", call: client => client.documents.mutate("a", {}), message: "mutator: expected a function, got an object" },
            { tag: "key before mutator", call: client => client.maps.mutateItem("a", 1, 2),
              message: "key: expected a non-empty string, got 1" },
            { tag: "query", call: client => client.lists.getItems("a", 5),
              message: "query: expected an object { from, pageSize, order }, got 5" },
            { tag: "options", call: client => client.documents.set("a", {}, 60), message: "options: expected an object { ttl }, got 60" },
            { tag: "ttl", call: client => client.streams.setTtl("a"), message: "ttl: expected 0 to 31536000 seconds, got undefined" }
        ]
    }
    function test_wrongArgument(data) {
        refused(data.call(newClient("ann")), data.message)
    }

    function test_cancelled() {
        const client = newClient("ann")
        const list = resolved(client.list(TestServer.uniqueName("direct")))
        list.close()
        const gone = client.lists.push(list.uniqueName, { n: 1 })
        gone.cancel()
        compare(rejected(gone).message, "cancelled")
        compare(resolved(client.lists.getItems(list.uniqueName)).items, [])
    }

    // Nobody but the call holds the client any more.
    function test_callKeepsItsClient() {
        const name = TestServer.uniqueName("direct")
        resolved(newClient("bob").document({ id: name, value: { n: 1 } }))
        let client = clientComponent.createObject(null)
        client.token = TestServer.token("ann")
        const call = client.documents.get(name)
        client = null
        gc()
        compare(resolved(call), { n: 1 })
    }
}
