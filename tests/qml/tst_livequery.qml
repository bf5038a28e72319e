import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncLiveQuery"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    property SyncClient others
    property var map: null
    property string index

    Component {
        id: viewComponent

        ListView {
            id: view

            property alias query: liveQuery
            property SyncClient client
            property string index
            property string wanted: "yes"

            width: 300
            height: 400
            model: SyncLiveQuery {
                id: liveQuery

                client: view.client
                indexName: view.index
                expression: `data.on == "${view.wanted}"`
                valueRoles: ["score"]
            }
            delegate: Text {
                required property string itemKey
                required property int score

                height: 20
                text: `${itemKey}=${score}`
            }

            function texts(): var {
                const shown = []
                for (let row = 0; row < count; ++row)
                    shown.push(itemAtIndex(row)?.text ?? "-")
                return shown
            }
        }
    }

    Component {
        id: searchComponent

        SyncInstantQuery { }
    }

    SignalSpy {
        id: spy
    }

    function init() {
        if (!TestServer.embedded)
            skip("indexes of another server are not maps")
        index = TestServer.uniqueName("index")
        mine = newClient("ann")
        others = newClient("ben")
        map = resolved(others.map(index))
    }

    function cleanup() {
        map = null
        spy.target = null
        spy.signalName = ""
        spy.clear()
    }

    function put(key, value) {
        resolved(map.set(key, value))
    }

    // Delegates are made when the view is laid out, which is after the model has changed
    function shows(view, expected) {
        tryVerify(() => String(view.texts()) === String(expected), 5000, `shows ${expected}`)
        compare(view.count, expected.length)
    }

    function test_viewFollows() {
        put("b", { on: "yes", score: 1 })
        put("c", { on: "no", score: 2 })
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, index: index })
        TestServer.watchModel(view.query)
        shows(view, ["b=1"])
        tryCompare(view.query, "subscriptionState", Sync.Established)
        put("a", { on: "yes", score: 3 })
        shows(view, ["a=3", "b=1"])
        put("b", { on: "yes", score: 4 })
        shows(view, ["a=3", "b=4"])
        put("a", { on: "no", score: 5 })
        shows(view, ["b=4"])
        view.wanted = "no"
        shows(view, ["a=5", "c=2"])
        compare(view.query.status, Sync.Ready)
        compare(view.query.count, 2)
        compare(view.query.valueOf("c").score, 2)
        compare(Object.keys(view.query.getItems()), ["a", "c"])
        view.client = null
        shows(view, [])
        tryCompare(view.query, "status", Sync.Null)
    }

    function test_errorOfAnExpression() {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, index: index, wanted: '"' })
        tryCompare(view.query, "status", Sync.Failed)
        compare(view.query.error.code, 54507)
        compare(view.query.error.status, 400)
        verify(view.query.error.message.startsWith("Invalid query: at character 14: "))
        view.wanted = "yes"
        tryCompare(view.query, "status", Sync.Ready)
        verify(view.query.error.isNull)
    }

    function test_promise() {
        put("k", { on: "yes", score: 1 })
        const query = resolved(mine.liveQuery(index, 'data.on == "yes"'))
        compare(query.status, Sync.Ready)
        compare(query.count, 1)
        compare(query.valueAt(0), { on: "yes", score: 1 })
        tryCompare(query, "subscriptionState", Sync.Established)
        spy.target = query
        spy.signalName = "itemUpdated"
        put("l", { on: "yes" })
        tryCompare(spy, "count", 1)
        compare(spy.signalArguments[0][0], "l")
        compare(spy.signalArguments[0][1].on, "yes")
        spy.clear()
        spy.signalName = "itemRemoved"
        put("k", { on: "no" })
        tryCompare(spy, "count", 1)
        compare(spy.signalArguments[0][0], "k")
        query.close()
        compare(query.status, Sync.Closed)
        compare(query.count, 0)

        let error = rejected(mine.liveQuery(index, "data.on = 1"))
        compare([error.status, error.code], [400, 54507])
        error = rejected(mine.liveQuery("none", ""))
        compare([error.status, error.code], [400, 54502])
        refused(mine.liveQuery(), "indexName: expected a non-empty string, got undefined")
        refused(mine.liveQuery(index), "expression: expected a string, got undefined")
        refused(mine.liveQuery("", ""), "indexName: expected a non-empty string, got an empty string")
    }

    function test_instantQuery() {
        put("a", { n: "1" })
        put("b", { n: "2" })
        const search = resolved(mine.instantQuery(index))
        compare(search.indexName, index)
        spy.target = search
        spy.signalName = "searchResult"
        let error = rejected(search.subscribe())
        compare([error.status, error.code], [400, 54507])
        compare(resolved(search.search('data.n == "2"')), { b: { n: "2" } })
        compare(spy.count, 1)
        compare(spy.signalArguments[0][0].b.n, "2")
        compare(search.getItems(), { b: { n: "2" } })
        const query = resolved(search.subscribe())
        compare(query.expression, 'data.n == "2"')
        compare(query.count, 1)
        compare(Object.keys(resolved(search.search(""))), ["a", "b"])
        error = rejected(search.search("data.n =="))
        compare(error.code, 54507)
        refused(search.search(5), "expression: expected a string, got 5")
    }

    function test_declaredSearch() {
        put("a", { n: "1" })
        const search = createTemporaryObject(searchComponent, testCase, { client: mine, indexName: index })
        compare(resolved(search.search("")), { a: { n: "1" } })
        search.indexName = "none"
        compare(rejected(search.search("")).code, 54502)
    }

    function test_lostConnection() {
        put("a", { on: "yes", score: 1 })
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, index: index })
        shows(view, ["a=1"])
        mine.goOffline()
        tryCompare(mine, "connectionState", SyncClient.Disconnected)
        put("b", { on: "yes", score: 2 })
        shows(view, ["a=1"])
        mine.goOnline()
        shows(view, ["a=1", "b=2"])
    }
}
