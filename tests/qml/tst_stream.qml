import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncStream"

    property SyncClient mine
    property SyncClient others
    property string streamName

    Component {
        id: declared

        SyncStream { }
    }

    function init() {
        streamName = TestServer.uniqueName("stream")
        mine = newClient("ann")
        others = newClient("ben")
    }

    function openStream() {
        const stream = createTemporaryObject(declared, testCase, { client: mine, uniqueName: streamName })
        tryCompare(stream, "subscriptionState", Sync.Established)
        return stream
    }

    function test_messagesArriveOnce() {
        const stream = openStream()
        const theirs = resolved(others.stream(streamName))
        const seen = []
        stream.messagePublished.connect((message, isLocal) => seen.push(`${message.value.text} ${isLocal}`))
        const sent = resolved(theirs.publishMessage({ text: "hello" }))
        verify(/^TZ[0-9a-f]{32}$/.test(sent.sid), sent.sid)
        compare(sent.value, { text: "hello" })
        tryCompare(seen, "length", 1)
        resolved(stream.publishMessage({ text: "hi" }))
        tryCompare(seen, "length", 2)
        resolved(theirs.publishMessage({ text: "bye" }))
        tryCompare(seen, "length", 3)
        compare(seen, ["hello false", "hi true", "bye false"])
    }

    function test_wrongArgumentsAreRefused_data() {
        return [
            { tag: "array", value: [1], got: "an array" },
            { tag: "text", value: "hi", got: "the string 'hi'" },
            { tag: "nothing", value: undefined, got: "undefined" }
        ]
    }

    function test_wrongArgumentsAreRefused(data) {
        refused(openStream().publishMessage(data.value), `value: expected a JSON object, got ${data.got}`)
    }

    function test_tooLongAMessageRejects() {
        compare(rejected(openStream().publishMessage({ text: "x".repeat(5000) })).status, 413)
    }

    function test_ttlAndRemoval() {
        const stream = openStream()
        compare(resolved(stream.setTtl(60)), undefined)
        let removed = 0
        stream.removed.connect(isLocal => { if (isLocal) ++removed })
        compare(resolved(stream.removeStream()), undefined)
        tryCompare(stream, "status", Sync.Removed)
        compare(removed, 1)
    }

    function test_closedHandleRejects() {
        const stream = openStream()
        stream.close()
        compare(rejected(stream.publishMessage({ text: "late" })).message, "handle closed")
    }
}
