import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncClient"

    Component {
        id: plainClient

        SyncClient { }
    }

    Component {
        id: limitedClient

        SyncClient { limits.queuedRequests: 7 }
    }

    Component {
        id: metricsText

        Text {
            required property SyncClient client
            readonly property syncMetrics metrics: client.metrics

            text: `${metrics.eventsReceived} events, ${metrics.bytesSent} bytes, ${metrics.retries} retries`
        }
    }

    SignalSpy { id: states; signalName: "connectionStateChanged" }
    SignalSpy { id: errors; signalName: "connectionError" }

    function cleanup() {
        states.target = null
        errors.target = null
    }

    function test_startsDisconnected() {
        const client = createTemporaryObject(plainClient, testCase)
        compare(client.connectionState, SyncClient.Disconnected)
        compare(client.connectionStateName, "disconnected")
        compare(client.region, "us1")
        compare(client.logLevel, SyncClient.LogError)
        verify(client.error.isNull)
        verify(/^\d+\.\d+\.\d+/.test(client.version))
    }

    function test_connectsOnceItHasAToken() {
        const client = createTemporaryObject(plainClient, testCase, { url: TestServer.url })
        states.target = client
        states.clear()
        client.token = TestServer.token("ann")
        tryCompare(client, "connectionStateName", "connected")
        compare(states.signalArguments.map(args => args[0]), [SyncClient.Connecting, SyncClient.Connected])
    }

    function test_tokenComesFromAFunction_data() {
        return [
            { tag: "that returns it", provider: () => TestServer.token("ann") },
            { tag: "that promises it", provider: () => Promise.resolve(TestServer.token("ann")) },
            { tag: "that takes its time", provider: () => new Promise(resolve => {
                Qt.callLater(() => resolve(TestServer.token("ann")))
            }) }
        ]
    }

    function test_tokenComesFromAFunction(data) {
        const client = createTemporaryObject(plainClient, testCase,
                                             { url: TestServer.url, tokenProvider: data.provider })
        tryCompare(client, "connectionState", SyncClient.Connected)
        compare(client.tokenProvider, data.provider)
    }

    function test_tokenProviderThatFailsIsAskedAgain_data() {
        return [
            { tag: "throws", fail: () => { throw new Error("no network") } },
            { tag: "rejects", fail: () => Promise.reject(new Error("no network")) },
            { tag: "gives something else", fail: () => 17 }
        ]
    }

    function test_tokenProviderThatFailsIsAskedAgain(data) {
        let asked = 0
        const provider = () => ++asked === 1 ? data.fail() : TestServer.token("ann")
        const client = createTemporaryObject(plainClient, testCase,
                                             { url: TestServer.url, tokenProvider: provider })
        tryCompare(client, "connectionState", SyncClient.Connected, 10000)
        compare(asked, 2)
    }

    function test_tokenProviderThatIsNoFunctionIsTold() {
        const client = createTemporaryObject(plainClient, testCase)
        ignoreWarning(/tokenProvider: expected a function, got the string 'me'/)
        client.tokenProvider = "me"
        compare(client.tokenProvider, undefined)
    }

    function test_wrongTokenIsDenied() {
        const client = createTemporaryObject(plainClient, testCase, { url: TestServer.url })
        errors.target = client
        errors.clear()
        client.token = "no.such.token"
        tryCompare(client, "connectionState", SyncClient.Denied)
        compare(client.connectionStateName, "denied")
        verify(!client.error.isNull)
        compare(client.error.status, 401)
        verify(client.error.terminal)
        compare(errors.count, 1)
        compare(errors.signalArguments[0][0].status, 401)

        client.token = TestServer.token("ann")
        tryCompare(client, "connectionState", SyncClient.Connected)
        verify(client.error.isNull)
    }

    function test_plainWebSocketGoesToThisHostOnly() {
        const client = createTemporaryObject(plainClient, testCase, { url: "ws://192.0.2.1/v3/wsconnect" })
        client.token = "some.token"
        tryCompare(client, "connectionState", SyncClient.Error)
        verify(client.error.message.includes("allowInsecure"), client.error.message)
    }

    function test_updateToken() {
        const client = newClient("ann")
        compare(resolved(client.updateToken(TestServer.token("ann", 1800))), undefined)
        compare(client.connectionState, SyncClient.Connected)
        refused(client.updateToken(12), "token: expected a non-empty string, got 12")
        refused(client.updateToken(), "token: expected a non-empty string, got undefined")
    }

    function test_shutdown() {
        const client = newClient("ann")
        compare(resolved(client.shutdown()), undefined)
        compare(client.connectionState, SyncClient.Disconnected)
    }

    function test_logLevelIsANameOrAValue_data() {
        return [
            { tag: "silent", value: SyncClient.LogSilent },
            { tag: "error", value: SyncClient.LogError },
            { tag: "warn", value: SyncClient.LogWarn },
            { tag: "info", value: SyncClient.LogInfo }
        ]
    }

    function test_logLevelIsANameOrAValue(data) {
        const client = createTemporaryObject(plainClient, testCase)
        client.logLevel = data.tag
        compare(client.logLevel, data.value)
        client.logLevel = SyncClient.LogError
        client.logLevel = data.value
        compare(client.logLevel, data.value)
        client.logLevel = SyncClient.LogError
    }

    function test_unknownLogLevelIsTold() {
        const client = createTemporaryObject(plainClient, testCase)
        ignoreWarning(/logLevel: expected 'silent'.*got the string 'loud'/)
        client.logLevel = "loud"
        compare(client.logLevel, SyncClient.LogError)
    }

    function test_wrongArgumentsAreRefused_data() {
        const arg = "arg: expected nothing, a string or options { id, mode, ttl, value }, got "
        const mode = "mode: expected 'open_or_create', 'open_existing', 'create_new' or a SyncClient.OpenMode, got "
        return [
            { tag: "number", arg: 5, message: arg + "5" },
            { tag: "array", arg: ["tasks"], message: arg + "an array" },
            { tag: "function", arg: () => "tasks", message: arg + "a function" },
            { tag: "empty string", arg: "", message: "id: expected a non-empty string, got an empty string" },
            { tag: "id", arg: { id: 7 }, message: "id: expected a non-empty string, got 7" },
            { tag: "mode", arg: { mode: "open" }, message: mode + "the string 'open'" },
            { tag: "mode as a number", arg: { mode: 3 }, message: mode + "3" },
            { tag: "negative ttl", arg: { ttl: -1 }, message: "ttl: expected 0 to 31536000 seconds, got -1" },
            { tag: "ttl as text", arg: { ttl: "60" },
              message: "ttl: expected 0 to 31536000 seconds, got the string '60'" },
            { tag: "value", arg: { value: [1] }, message: "value: expected a JSON object, got an array" },
            { tag: "data", arg: { data: "x" }, message: "data: expected a JSON object, got the string 'x'" }
        ]
    }

    function test_wrongArgumentsAreRefused(data) {
        const client = createTemporaryObject(plainClient, testCase)
        refused(client.document(data.arg), data.message)
        refused(client.list(data.arg), data.message)
        refused(client.map(data.arg), data.message)
        refused(client.stream(data.arg), data.message)
    }

    function test_clientDestroyedWithACallUnderWay() {
        const client = plainClient.createObject(testCase, {
            url: TestServer.url, token: TestServer.token("ann")
        }) as SyncClient
        const outcome = client.list(TestServer.uniqueName("list")).then(() => "opened", error => error.message)
        client.destroy()
        compare(resolved(outcome), "client destroyed")
    }

    function test_addressOfTheService() {
        const client = createTemporaryObject(plainClient, testCase)
        compare(String(client.url), "wss://tsock.us1.twilio.com/v3/wsconnect")
        client.region = "ie1"
        compare(String(client.url), "wss://tsock.ie1.twilio.com/v3/wsconnect")
        client.url = "ws://127.0.0.1:1/v3/wsconnect"
        compare(client.region, "ie1")
        verify(!client.allowInsecure)
        client.allowInsecure = true
        verify(client.allowInsecure)
    }

    function test_insecureAddressIsTriedIfAllowed() {
        const client = createTemporaryObject(plainClient, testCase, {
            url: "ws://no-such-host.invalid/v3/wsconnect", allowInsecure: true, token: "some.token"
        })
        tryVerify(() => !client.error.isNull)
        verify(!client.error.message.includes("allowInsecure"), client.error.message)
        compare(client.connectionState, SyncClient.Connecting)
    }

    function test_tokenThatExpires() {
        const client = createTemporaryObject(plainClient, testCase, { url: TestServer.url })
        const seen = []
        client.tokenAboutToExpire.connect(() => seen.push("about to"))
        client.tokenExpired.connect(() => seen.push("expired"))
        client.token = TestServer.token("ann", 2)
        tryCompare(client, "connectionState", SyncClient.Denied)
        compare(seen, ["about to", "expired"])
        compare(client.error.status, 410)
        client.token = TestServer.token("ann")
        tryCompare(client, "connectionState", SyncClient.Connected)
    }

    function test_providerIsAskedBeforeTheTokenExpires_data() {
        return [
            { tag: "text", provider: asked => TestServer.token("ann", asked === 1 ? 2 : 3600) },
            { tag: "promise", provider: asked => Promise.resolve(TestServer.token("ann", asked === 1 ? 2 : 3600)) }
        ]
    }

    function test_providerIsAskedBeforeTheTokenExpires(data) {
        let asked = 0
        const client = createTemporaryObject(plainClient, testCase, {
            url: TestServer.url, tokenProvider: () => data.provider(++asked)
        })
        let expired = 0
        client.tokenExpired.connect(() => ++expired)
        tryVerify(() => asked === 2)
        tryCompare(client, "connectionState", SyncClient.Connected)
        const list = resolved(client.list())
        tryCompare(list, "subscriptionState", Sync.Established)
        compare(expired, 0)
    }

    function test_failingProviderIsTold() {
        const client = createTemporaryObject(plainClient, testCase, {
            url: TestServer.url, tokenProvider: () => Promise.reject(new Error("no network"))
        })
        errors.target = client
        errors.clear()
        tryVerify(() => errors.count > 0)
        verify(errors.signalArguments[0][0].message.endsWith("no network"), errors.signalArguments[0][0].message)
        compare(client.error.message, errors.signalArguments[0][0].message)
        verify(!client.error.terminal)
        client.tokenProvider = null
    }

    function test_writesMayBePaced() {
        const client = newClient("ann")
        verify(client.paceWrites)
        client.paceWrites = false
        verify(!client.paceWrites)
        const list = resolved(client.list())
        const writes = [1, 2, 3].map(n => list.push({ n: n }))
        compare(client.pendingWrites, 3)
        resolved(Promise.all(writes))
        tryCompare(client, "pendingWrites", 0)
    }

    function test_limitsAreSetOneByOne() {
        const client = createTemporaryObject(limitedClient, testCase)
        compare(client.limits.queuedRequests, 7)
        compare(client.limits.messageSize, 64 * 1024 * 1024)
        client.limits.messageSize = 100000
        compare(client.limits.messageSize, 100000)
        compare(client.limits.queuedRequests, 7)
        errors.target = client
        errors.clear()
        client.limits.messageSize = 1
        compare(client.limits.messageSize, 100000)
        tryCompare(errors, "count", 1)
        compare(errors.signalArguments[0][0].message,
                "limits.messageSize: expected 65536 to 1073741824 bytes, got 1")
    }

    function test_metricsFollow() {
        const client = newClient("ann")
        const shown = createTemporaryObject(metricsText, testCase, { client: client })
        verify(/^0 events, \d+ bytes, 0 retries$/.test(shown.text))
        const list = resolved(client.list())
        tryCompare(list, "subscriptionState", Sync.Established)
        resolved(list.push({ n: 1 }))
        tryVerify(() => /^1 events/.test(shown.text))
        verify(client.metrics.roundTripMedian > 0)
        compare(client.metrics.objects, 1)
    }

    function test_disconnectingIsAState() {
        const client = newClient("ann")
        states.target = client
        states.clear()
        resolved(client.shutdown())
        compare(states.signalArguments.map(args => args[0]), [SyncClient.Disconnecting, SyncClient.Disconnected])
        client.token = TestServer.token("ann", 1800)
        tryCompare(client, "connectionState", SyncClient.Connected)
    }

    function test_comesBackWhenTheServerDoes() {
        if (!TestServer.embedded)
            skip("the server cannot be stopped from here")
        const client = newClient("ann")
        TestServer.stop()
        tryCompare(client, "connectionStateName", "connecting")
        TestServer.start()
        tryCompare(client, "connectionStateName", "connected", 20000)
    }
}
