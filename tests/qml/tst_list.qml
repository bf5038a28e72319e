import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

SyncTestCase {
    id: testCase

    name: "SyncList"
    when: windowShown
    width: 300
    height: 400
    visible: true

    property SyncClient mine
    property SyncClient others
    property var theirs: null
    property string listName

    Component {
        id: viewComponent

        ListView {
            id: view

            property alias list: syncList
            property SyncClient client
            property string listName
            property var created: []
            property var destroyed: []
            property var changed: []

            width: 300
            height: 400
            model: SyncList {
                id: syncList

                client: view.client
                uniqueName: view.listName
                valueRoles: ["title", "done"]
            }
            delegate: Text {
                id: task

                required property int index
                required property int itemIndex
                required property string title
                required property bool done
                required property var value
                required property var model

                width: 300
                height: 20
                text: `${title}:${done}`
                Component.onCompleted: view.created.push(text)
                Component.onDestruction: view.destroyed.push(text)
                onTextChanged: view.changed.push(task.text)
            }

            function texts(): var {
                const shown = []
                for (let row = 0; row < count; ++row)
                    shown.push(itemAtIndex(row)?.text ?? "-")
                return shown
            }
        }
    }

    function init() {
        listName = TestServer.uniqueName("list")
        mine = newClient("ann")
        others = newClient("ben")
        theirs = resolved(others.list(listName))
    }

    function cleanup() {
        theirs = null
    }

    // Delegates are made when the view is laid out, which is after the model has changed
    function shows(view, expected) {
        tryVerify(() => String(view.texts()) === String(expected), 5000, `shows ${expected}`)
        compare(view.count, expected.length)
    }

    function openView() {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, listName: listName })
        TestServer.watchModel(view.list)
        tryCompare(view.list, "status", Sync.Ready)
        tryCompare(view.list, "subscriptionState", Sync.Established)
        return view
    }

    function test_viewShowsWhatIsThere() {
        resolved(theirs.push({ title: "Milk", done: false }))
        resolved(theirs.push({ title: "Bread", done: true }))
        const view = openView()
        tryVerify(() => view.count === 2)
        shows(view, ["Milk:false", "Bread:true"])
        verify(view.list.complete)
    }

    // A log that shows its newest lines, and a view that may show any number of them.
    function test_maximumCountKeepsTheNewest() {
        for (let n = 0; n < 6; ++n)
            resolved(theirs.push({ title: `line ${n}`, done: false }))
        const view = openView()
        view.list.order = Qt.DescendingOrder
        view.list.maximumCount = 3
        shows(view, ["line 5:false", "line 4:false", "line 3:false"])
        verify(!view.list.complete)
        verify(!view.list.canFetchMore())
        resolved(theirs.push({ title: "line 6", done: false }))
        shows(view, ["line 6:false", "line 5:false", "line 4:false"])
        view.list.maximumCount = 1
        compare(view.list.count, 1)
        shows(view, ["line 6:false"])
        view.list.maximumCount = 0
        view.list.loadAll = true
        tryVerify(() => view.list.complete)
        compare(view.list.count, 7)
        view.list.maximumCount = -1
        compare(view.list.maximumCount, 0)
        verify(view.list.error.message.includes("maximumCount"), view.list.error.message)
    }

    Component {
        id: numbersComponent

        ListView {
            id: numbersView

            required property SyncClient client
            required property string listName
            readonly property alias list: numbers

            width: 100
            height: 100
            model: SyncList {
                id: numbers

                client: numbersView.client
                uniqueName: numbersView.listName
                valueRoles: ["n"]
            }
            delegate: Item {
                required property var model
                // What Text { text: model.n } shows
                readonly property string asRole: model.n
                readonly property string asMember: model.value.n
            }
        }
    }

    function test_numbersReadAsTheyWereWritten() {
        for (const n of [500000, -2147483648, 1.5, 100000000])
            resolved(theirs.push({ n: n }))
        const view = createTemporaryObject(numbersComponent, testCase, { client: mine, listName: listName })
        TestServer.watchModel(view.list)
        tryVerify(() => view.itemAtIndex(3) !== null)
        const texts = property => [0, 1, 2, 3].map(row => view.itemAtIndex(row)[property])
        compare(texts("asRole"), ["500000", "-2147483648", "1.5", "100000000"])
        compare(texts("asMember"), ["500000", "-2147483648", "1.5", "100000000"])
    }

    function test_delegatesFollowAnotherClient() {
        const view = openView()
        const milk = resolved(theirs.push({ title: "Milk", done: false }))
        const bread = resolved(theirs.push({ title: "Bread", done: false }))
        tryVerify(() => view.count === 2)
        shows(view, ["Milk:false", "Bread:false"])
        compare(view.created, ["Milk:false", "Bread:false"])

        resolved(theirs.update(milk.index, { done: true }))
        tryVerify(() => view.texts()[0] === "Milk:true")
        compare(view.created.length, 2)
        compare(view.changed.filter(text => text === "Milk:true").length, 1)
        compare(view.itemAtIndex(0).value, { title: "Milk", done: true })
        compare(view.itemAtIndex(0).itemIndex, milk.index)

        resolved(theirs.remove(milk.index))
        tryVerify(() => view.count === 1)
        tryCompare(view.destroyed, "length", 1)
        compare(view.destroyed, ["Milk:true"])
        shows(view, ["Bread:false"])
        compare(view.itemAtIndex(0).itemIndex, bread.index)
    }

    function test_signalsTellEveryChangeOnce() {
        const view = openView()
        const seen = []
        const list = view.list
        list.itemAdded.connect((item, isLocal) => seen.push(`added ${item.value.title} ${isLocal}`))
        list.itemUpdated.connect((item, isLocal, previous) =>
            seen.push(`updated ${previous.title} to ${item.value.title} ${isLocal}`))
        list.itemRemoved.connect((itemIndex, isLocal, previous) => seen.push(`removed ${previous.title} ${isLocal}`))

        const item = resolved(theirs.push({ title: "Milk" }))
        tryCompare(seen, "length", 1)
        resolved(list.update(item.index, { title: "Cream" }))
        tryCompare(seen, "length", 2)
        resolved(list.remove(item.index))
        tryCompare(seen, "length", 3)
        const last = resolved(theirs.push({ title: "Bread" }))
        tryCompare(seen, "length", 4)
        compare(seen, ["added Milk false", "updated Milk to Cream true", "removed Cream true", "added Bread false"])
        compare(last.index, item.index + 1)
    }

    function test_newestFirst() {
        resolved(theirs.push({ title: "old", done: false }))
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, listName: listName })
        view.list.order = Qt.DescendingOrder
        tryCompare(view.list, "subscriptionState", Sync.Established)
        tryCompare(view, "count", 1)
        resolved(theirs.push({ title: "new", done: false }))
        tryCompare(view, "count", 2)
        shows(view, ["new:false", "old:false"])
    }

    function test_promisesOfAnItem() {
        const list = openView().list
        const item = resolved(list.push({ zebra: 1, ant: { b: [true, null], a: "ü" } }, { ttl: 3600 }))
        compare(item.index, 0)
        compare(JSON.stringify(item.value), '{"zebra":1,"ant":{"b":[true,null],"a":"ü"}}')
        verify(item.revision.length > 0)
        verify(item.dateCreated instanceof Date)
        verify(item.dateExpires instanceof Date)
        compare(resolved(list.get(0)).value, item.value)
        compare(resolved(list.set(0, { title: "Milk" })).value, { title: "Milk" })
        compare(resolved(list.update(0, { done: true })).value, { title: "Milk", done: true })
        compare(resolved(list.mutate(0, value => { value.count = 1; return value })).value,
                { title: "Milk", done: true, count: 1 })
        compare(resolved(list.setItemTtl(0, 0)), undefined)
        compare(resolved(list.get(0)).dateExpires, null)
        tryVerify(() => list.rowOf(0) === 0)
        compare(list.valueAt(0), { title: "Milk", done: true, count: 1 })
        compare(resolved(list.remove(0)), undefined)
        tryVerify(() => list.rowOf(0) === -1)
    }

    function test_chainOfPromises() {
        const list = openView().list
        const titles = resolved(list.push({ title: "a" })
            .then(item => list.update(item.index, { title: "b" }))
            .then(item => Promise.all([item.value.title, list.push({ title: "c" })]))
            .then(both => [both[0], both[1].value.title]))
        compare(titles, ["b", "c"])
    }

    function test_writtenThroughTheModel() {
        resolved(theirs.push({ title: "Milk", done: false }))
        const view = openView()
        tryVerify(() => view.itemAtIndex(0) !== null)
        view.itemAtIndex(0).model.done = true
        tryVerify(() => view.texts()[0] === "Milk:true")
        tryVerify(() => resolved(theirs.get(0)).value.done === true)
    }

    function test_mutatorThatDeclinesChangesNothing_data() {
        return [{ tag: "null", result: null }, { tag: "undefined", result: undefined }]
    }

    function test_mutatorThatDeclinesChangesNothing(data) {
        const list = openView().list
        const item = resolved(list.push({ title: "Milk" }))
        const after = resolved(list.mutate(item.index, () => data.result))
        compare(after.value, { title: "Milk" })
        compare(after.revision, item.revision)
    }

    function test_mutatorThatThrowsRejectsWithWhatItThrew_data() {
        return [
            { tag: "error", thrown: new TypeError("not today") },
            { tag: "text", thrown: "not today" },
            { tag: "object", thrown: { reason: "not today" } }
        ]
    }

    function test_mutatorThatThrowsRejectsWithWhatItThrew(data) {
        const list = openView().list
        const item = resolved(list.push({ title: "Milk" }))
        const error = rejected(list.mutate(item.index, () => { throw data.thrown }))
        verify(error === data.thrown)
        compare(resolved(list.get(item.index)).revision, item.revision)
    }

    function test_mutatorThatGivesNoObjectIsRefused() {
        const list = openView().list
        const item = resolved(list.push({ title: "Milk" }))
        refused(list.mutate(item.index, () => [1]),
                "result of the mutator: expected a JSON object, got an array")
        refused(list.mutate(item.index, value => Promise.resolve(value)),
                "result of the mutator: expected a JSON object, got a promise")
    }

    function test_wrongArgumentsAreRefused_data() {
        const index = "itemIndex: expected 0 to 9007199254740991, got "
        const ttl = "ttl: expected 0 to 31536000 seconds, got "
        const value = "value: expected a JSON object, got "
        return [
            { tag: "push array", call: list => list.push([1]), message: value + "an array" },
            { tag: "push string", call: list => list.push("Milk"), message: value + "the string 'Milk'" },
            { tag: "push null", call: list => list.push(null), message: value + "null" },
            { tag: "push nothing", call: list => list.push(), message: value + "undefined" },
            { tag: "push ttl", call: list => list.push({}, { ttl: 1.5 }), message: ttl + "1.5" },
            { tag: "push options", call: list => list.push({}, 60),
              message: "options: expected an object { ttl, once }, got 60" },
            { tag: "get text", call: list => list.get("1"), message: index + "the string '1'" },
            { tag: "get negative", call: list => list.get(-1), message: index + "-1" },
            { tag: "set index", call: list => list.set(0.5, {}), message: index + "0.5" },
            { tag: "set value", call: list => list.set(0, 5), message: value + "5" },
            { tag: "update fields", call: list => list.update(0, () => 1),
              message: "fields: expected a JSON object, got a function" },
            { tag: "mutate", call: list => list.mutate(0, {}), message: "mutator: expected a function, got an object" },
            { tag: "remove", call: list => list.remove(), message: index + "undefined" },
            { tag: "setItemTtl", call: list => list.setItemTtl(0), message: ttl + "undefined" },
            { tag: "setTtl", call: list => list.setTtl(31536001), message: ttl + "31536001" },
            { tag: "query", call: list => list.getItems(5),
              message: "query: expected an object { from, pageSize, order }, got 5" },
            { tag: "from", call: list => list.getItems({ from: "a" }),
              message: "from: expected 0 to 9007199254740991, got the string 'a'" },
            { tag: "pageSize", call: list => list.getItems({ pageSize: 101 }),
              message: "pageSize: expected 1 to 100, got 101" },
            { tag: "order", call: list => list.getItems({ order: "up" }),
              message: "order: expected Qt.AscendingOrder, Qt.DescendingOrder, 'asc' or 'desc', got the string 'up'" }
        ]
    }

    function test_wrongArgumentsAreRefused(data) {
        refused(data.call(openView().list), data.message)
        compare(resolved(theirs.getItems()).items.length, 0)
    }

    function test_itemThatIsNotThereRejects() {
        const list = openView().list
        const error = rejected(list.get(4711))
        compare(error.status, 404)
        compare(error.code, 54151)
        compare(error.name, "SyncError")
    }

    function test_listThatIsNotThereFailsToOpen() {
        const error = rejected(mine.list({ id: TestServer.uniqueName("nowhere"), mode: "open_existing" }))
        compare(error.status, 404)
        const view = createTemporaryObject(viewComponent, testCase, { client: mine })
        view.list.mode = SyncClient.OpenExisting
        view.listName = TestServer.uniqueName("nowhere")
        tryCompare(view.list, "status", Sync.Failed)
        compare(view.list.error.status, 404)
    }

    function test_pagesForwardAndBack() {
        const pushes = []
        for (let i = 0; i < 5; ++i)
            pushes.push(theirs.push({ n: i }))
        resolved(Promise.all(pushes))
        const numbers = page => page.items.map(item => item.value.n).sort()
        let page = resolved(mine.list(listName).then(list => list.getItems({ pageSize: 2 })))
        compare(page.items.map(item => item.index), [0, 1])
        verify(page.hasNextPage)
        verify(!page.hasPrevPage)
        compare(rejected(page.prevPage()).name, "SyncError")
        page = resolved(page.nextPage())
        page = resolved(page.nextPage())
        compare(page.items.map(item => item.index), [4])
        compare(numbers(page).length, 1)
        verify(!page.hasNextPage)
        page = resolved(page.prevPage())
        compare(page.items.map(item => item.index), [2, 3])
        page = resolved(mine.list(listName).then(list => list.getItems({ from: 3, order: "desc" })))
        compare(page.items.map(item => item.index), [3, 2, 1, 0])
    }

    function test_imperativelyOpenedListHasNoName() {
        const list = resolved(mine.list())
        compare(list.uniqueName, "")
        verify(/^ES[0-9a-f]{32}$/.test(list.sid), list.sid)
        compare(list.status, Sync.Ready)
        compare(list.client, mine)
    }

    function test_twoHandlesShareOneObject() {
        const list = openView().list
        const second = resolved(mine.list({ id: listName }))
        verify(second !== list)
        compare(second.sid, list.sid)
        resolved(second.push({ title: "Milk", done: false }))
        tryCompare(list, "count", 1)
        tryCompare(second, "count", 1)
        second.close()
        compare(second.status, Sync.Closed)
        compare(rejected(second.push({ title: "late" })).message, "handle closed")
        resolved(theirs.push({ title: "Bread", done: false }))
        tryCompare(list, "count", 2)
    }

    function test_removedForEverybody() {
        const list = openView().list
        let removed = 0
        list.removed.connect(isLocal => { if (!isLocal) ++removed })
        compare(resolved(theirs.removeList()), undefined)
        tryCompare(list, "status", Sync.Removed)
        compare(removed, 1)
    }

    function test_pointedAtAnotherListItShowsThatOne() {
        const view = openView()
        resolved(theirs.push({ title: "here", done: false }))
        tryCompare(view, "count", 1)
        const elsewhere = TestServer.uniqueName("list")
        resolved(others.list(elsewhere).then(list => list.push({ title: "there", done: true })))
        view.listName = elsewhere
        tryVerify(() => view.texts()[0] === "there:true")
        compare(view.count, 1)
    }

    function test_whatOthersWroteWhileAwayAppearsOnce() {
        if (!TestServer.embedded)
            skip("the server cannot be stopped from here")
        const view = openView()
        resolved(theirs.push({ title: "before", done: false }))
        tryCompare(view, "count", 1)
        TestServer.stop()
        tryCompare(mine, "connectionState", SyncClient.Connecting)
        tryCompare(others, "connectionState", SyncClient.Connecting)
        const late = theirs.push({ title: "meanwhile", done: false })
        TestServer.start()
        resolved(late)
        tryCompare(mine, "connectionState", SyncClient.Connected, 20000)
        tryCompare(view, "count", 2)
        shows(view, ["before:false", "meanwhile:false"])
    }

    function test_reservedValueRolesAreRefused_data() {
        return [{ tag: "index" }, { tag: "model" }, { tag: "modelData" }, { tag: "itemIndex" }]
    }

    function test_reservedValueRolesAreRefused(data) {
        const view = createTemporaryObject(viewComponent, testCase, { client: mine, listName: listName })
        view.list.valueRoles = [data.tag]
        verify(view.list.error.message.includes(data.tag), view.list.error.message)
    }
}
