import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncDocument"

    property SyncClient mine
    property SyncClient others
    property string documentName

    Component {
        id: declared

        SyncDocument { }
    }

    function init() {
        documentName = TestServer.uniqueName("document")
        mine = newClient("ann")
        others = newClient("ben")
    }

    function openDocument() {
        const document = createTemporaryObject(declared, testCase, { client: mine, uniqueName: documentName })
        tryCompare(document, "status", Sync.Ready)
        tryCompare(document, "subscriptionState", Sync.Established)
        return document
    }

    function test_declaredOneOpensByItself() {
        const document = openDocument()
        verify(/^ET[0-9a-f]{32}$/.test(document.sid), document.sid)
        compare(document.uniqueName, documentName)
        compare(document.value, {})
        verify(document.dateCreated instanceof Date)
        compare(document.dateExpires, null)
    }

    function test_initialValueAndTtl() {
        const document = resolved(mine.document({ id: documentName, value: { a: 1 }, ttl: 3600 }))
        compare(document.value, { a: 1 })
        verify(document.dateExpires instanceof Date)
        const same = resolved(others.document({ id: documentName, data: { b: 2 } }))
        compare(same.value, { a: 1 })
    }

    function test_dataIsAnotherWordForValue() {
        compare(resolved(mine.document({ data: { b: 2 } })).value, { b: 2 })
    }

    function test_createNewFailsIfItExists() {
        openDocument()
        compare(rejected(mine.document({ id: documentName, mode: "create_new" })).status, 409)
    }

    function test_valueKeepsOrderAndUnicode() {
        const document = openDocument()
        const text = '{"zebra":"ü🎉","ant":{"y":[1,2.5,-3e+100],"b":null},"n":9007199254740991}'
        compare(JSON.stringify(resolved(document.set(JSON.parse(text)))), JSON.stringify(JSON.parse(text)))
        compare(JSON.stringify(document.value), JSON.stringify(JSON.parse(text)))
        const theirs = resolved(others.document(documentName))
        compare(JSON.stringify(theirs.value), JSON.stringify(JSON.parse(text)))
    }

    function test_setUpdateMutate() {
        const document = openDocument()
        compare(resolved(document.set({ a: 1, b: 2 })), { a: 1, b: 2 })
        compare(resolved(document.update({ b: 3 })), { a: 1, b: 3 })
        compare(resolved(document.mutate(value => ({ sum: value.a + value.b }), { ttl: 60 })), { sum: 4 })
        verify(document.dateExpires instanceof Date)
        compare(resolved(document.setTtl(0)), undefined)
        tryCompare(document, "dateExpires", null)
        compare(document.value, { sum: 4 })
    }

    function test_bindingFollowsAnotherClient() {
        const document = openDocument()
        const text = createTemporaryQmlObject("import QtQml; QtObject { property var of; property string text: `${of.value.title}` }",
                                              testCase)
        text.of = document
        const seen = []
        document.updated.connect((value, isLocal, previous) =>
            seen.push(`${previous.title} to ${value.title} ${isLocal}`))
        resolved(others.document(documentName).then(theirs => theirs.set({ title: "Milk" })))
        tryCompare(text, "text", "Milk")
        compare(seen, ["undefined to Milk false"])
    }

    function test_lostRaceIsRetriedOnTheFreshValue() {
        const theirs = resolved(others.document({ id: documentName, value: { count: 0 } }))
        const ours = resolved(mine.document(documentName))
        const calls = []
        for (let i = 0; i < 5; ++i) {
            const add = value => { value.count += 1; return value }
            calls.push(theirs.mutate(add), ours.mutate(add))
        }
        resolved(Promise.all(calls))
        tryVerify(() => ours.value.count === 10 && theirs.value.count === 10)
    }

    function test_mutatorGetsACopy() {
        const document = openDocument()
        resolved(document.set({ list: [1] }))
        resolved(document.mutate(value => { value.list.push(2); return null }))
        compare(document.value, { list: [1] })
    }

    function test_mutatorThatThrows() {
        const document = openDocument()
        const thrown = new RangeError("too far")
        verify(rejected(document.mutate(() => { throw thrown })) === thrown)
    }

    function test_wrongArgumentsAreRefused_data() {
        return [
            { tag: "set", call: document => document.set([]), message: "value: expected a JSON object, got an array" },
            { tag: "update", call: document => document.update(),
              message: "fields: expected a JSON object, got undefined" },
            { tag: "mutate", call: document => document.mutate(null),
              message: "mutator: expected a function, got null" },
            { tag: "options", call: document => document.set({}, []),
              message: "options: expected an object { ttl }, got an array" },
            { tag: "ttl", call: document => document.update({}, { ttl: true }),
              message: "ttl: expected 0 to 31536000 seconds, got true" },
            { tag: "setTtl", call: document => document.setTtl(-1),
              message: "ttl: expected 0 to 31536000 seconds, got -1" }
        ]
    }

    function test_wrongArgumentsAreRefused(data) {
        refused(data.call(openDocument()), data.message)
    }

    function test_removed() {
        const document = openDocument()
        resolved(document.set({ last: "words" }))
        const seen = []
        document.removed.connect((isLocal, previous) => seen.push(`${isLocal} ${previous.last}`))
        compare(resolved(others.document(documentName).then(theirs => theirs.removeDocument())), undefined)
        tryCompare(document, "status", Sync.Removed)
        compare(seen, ["false words"])
    }
}
