import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// A TestCase with clients of the test server and a way to wait for a Promise.
TestCase {
    id: testCase

    readonly property Component clientComponent: Component {
        SyncClient { url: TestServer.url }
    }

    //! A connected client of \a identity, gone after the test function.
    function newClient(identity): SyncClient {
        const client = createTemporaryObject(clientComponent, testCase) as SyncClient
        client.token = TestServer.token(identity)
        tryCompare(client, "connectionState", SyncClient.Connected)
        return client
    }

    //! What \a promise has come to: { value } or { error }.
    function settled(promise): var {
        const outcome = { done: false, value: undefined, error: undefined }
        promise.then(value => { outcome.value = value; outcome.done = true },
                     error => { outcome.error = error; outcome.done = true })
        verify(TestServer.eventually(() => outcome.done), "the promise is settled")
        return outcome
    }

    //! The value \a promise resolves to; fails the test if it is rejected.
    function resolved(promise): var {
        const outcome = settled(promise)
        verify(outcome.error === undefined, `rejected: ${outcome.error}`)
        return outcome.value
    }

    //! What \a promise is rejected with; fails the test if it resolves.
    function rejected(promise): var {
        const outcome = settled(promise)
        verify(outcome.error !== undefined, `resolved to ${JSON.stringify(outcome.value)}`)
        return outcome.error
    }

    //! Fails unless \a promise is rejected because of an argument, before anything was sent.
    function refused(promise, message) {
        const error = rejected(promise)
        compare(error.name, "SyncError")
        compare(error.message, message)
        compare(error.status, 0)
        compare(error.code, 0)
        verify(error instanceof Error)
    }
}
