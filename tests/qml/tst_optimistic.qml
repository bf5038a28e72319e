pragma ComponentBehavior: Bound

import QtQuick
import QtTest
import SyncTest
import Twilio.Sync

// Writes that show before a slow service has taken them: what each frame shows, from the call to its end.
SyncTestCase {
    id: testCase

    name: "Optimistic"
    visible: true
    when: windowShown
    width: 300
    height: 120

    readonly property int slowness: 300 // ms
    readonly property Component viewComponent: Component {
        ListView {
            id: view

            width: 300
            height: 120 // less than all rows
            delegate: Item {
                id: task

                required property int index
                required property var model
                required property string title
                required property bool done
                required property int pending
                required property int itemIndex

                width: 300
                height: 30

                TextInput {
                    id: input

                    objectName: "input"
                    text: task.title
                }
            }
        }
    }

    function slowList(rows): SyncList {
        const list = resolved(newClient("ann").list(TestServer.uniqueName("optimistic")))
        list.valueRoles = ["title", "done"]
        list.optimistic = true
        for (let n = 0; n < rows; ++n)
            resolved(list.push({ title: "task " + n, done: false }))
        TestServer.watchModel(list)
        return list
    }

    // What look() gave in each frame while act() had its effect until isOver().
    function framesOf(look, act, isOver): var {
        const frames = []
        const see = () => frames.push(look())
        const window = testCase.Window.window
        window.update()
        waitForRendering(testCase) // no frame is due
        window.afterAnimating.connect(see)
        TestServer.delay(testCase.slowness)
        act()
        // Each frame asks for the next
        const asked = TestServer.eventually(() => { window.update(); return isOver() })
        TestServer.delay(0)
        window.afterAnimating.disconnect(see)
        verify(asked)
        verify(frames.length > 2, `${frames.length} frames`)
        return frames
    }

    // Without those that are like the one before.
    function steps(frames): var {
        return frames.filter((frame, n) => n === 0 || frame !== frames[n - 1])
    }

    function test_tickIsNeverTakenBack() {
        const list = slowList(10)
        const view = createTemporaryObject(viewComponent, testCase, { model: list })
        tryCompare(view, "count", 10)
        view.positionViewAtIndex(5, ListView.Beginning)
        view.currentIndex = 6
        view.forceLayout()
        const row = view.itemAtIndex(6)
        const input = findChild(row, "input")
        input.forceActiveFocus()
        const scrolled = view.contentY
        const frames = framesOf(() => `${row.done} ${row.pending}`, () => row.model.done = true,
                                () => row.done && row.pending === Sync.NotPending)
        compare(steps(frames), [`true ${Sync.Waiting}`, `true ${Sync.NotPending}`].slice(0, steps(frames).length))
        compare(list.valueAt(6).done, true)
        compare(view.currentIndex, 6)
        compare(view.currentItem, row)
        compare(view.contentY, scrolled)
        verify(input.activeFocus)
    }

    function test_pushMovesToItsIndexAndStaysTheSameRow() {
        const list = slowList(2)
        const other = resolved(newClient("bob").list(list.sid))
        const view = createTemporaryObject(viewComponent, testCase, { model: list })
        let pushed = null
        let row = null
        const look = () => {
            view.forceLayout()
            return Array.from({ length: view.count }, (_, n) => view.itemAtIndex(n)?.title).join()
        }
        const frames = framesOf(look, () => {
            other.push({ title: "theirs", done: false })
            list.push({ title: "ours", done: false }).then(item => pushed = item)
            list.rowsInserted.connect(() => {
                if (!row && list.valueAt(list.count - 1)?.title === "ours") {
                    view.currentIndex = list.count - 1
                    view.forceLayout()
                    row = view.currentItem
                }
            })
        }, () => pushed && view.count === 4)
        // Ours is there from the first frame on, theirs comes before it or behind it, and nothing is there twice.
        verify(frames.every(frame => frame.split(",").filter(title => title === "ours").length === 1), frames)
        compare(list.rowOf(pushed.index) >= 2, true)
        compare(view.currentItem, row)
        compare(view.currentIndex, list.rowOf(pushed.index))
        compare(row.pending, Sync.NotPending)
    }

    function test_refusedWriteGoesBackOnce() {
        const list = slowList(3)
        const view = createTemporaryObject(viewComponent, testCase, { model: list })
        tryCompare(view, "count", 3)
        view.currentIndex = 1
        view.forceLayout()
        const row = view.itemAtIndex(1)
        let error = null
        const look = () => row.title
        const frames = framesOf(look, () => {
            TestServer.refuse(403)
            list.update(row.itemIndex, { title: "mine" })
                .catch(why => error = why)
        }, () => error && row.pending === Sync.NotPending && row.title === "task 1")
        compare(steps(frames)[0], "mine")
        verify(["mine", "mine,task 1"].includes(steps(frames).join()), steps(frames))
        compare(error.message, "refused")
        compare(row.title, "task 1")
        compare(view.currentItem, row)
    }

    function test_documentShowsWhatIsWritten() {
        const document = resolved(newClient("ann").document(TestServer.uniqueName("optimistic")))
        document.optimistic = true
        let done = false
        const frames = framesOf(() => document.value.n, () => document.set({ n: 1 }).then(() => done = true), () => done)
        compare(steps(frames), [1])
    }
}
