import QtQuick
import Tasks
import Twilio.Sync

// Plays a short session and looks at what the windows show after each step. A step is done when its condition,
// a binding on what is seen, becomes true; there is no waiting for time to pass, only a limit to it.
QtObject {
    id: session

    required property var app
    readonly property TaskWindow a: app.open[0] ?? null
    readonly property TaskWindow b: app.open[1] ?? null
    property int current: -1
    readonly property bool reached: current >= 0 && steps[current].until()

    readonly property var steps: [
        {
            name: "both windows are connected and the list is open",
            until: () => session.a.client.connectionState === SyncClient.Connected
                    && session.b.client.connectionState === SyncClient.Connected
                    && session.a.tasks.subscriptionState === Sync.Established
                    && session.b.tasks.subscriptionState === Sync.Established
        }, {
            name: "what the first window adds is seen in both",
            act: () => ["Buy bread", "Water the plants", "Call Ben", "Book the train", "Read the map"]
                .forEach(title => session.a.add(title)),
            until: () => session.see("- Buy bread, - Water the plants, - Call Ben, - Book the train, - Read the map")
        }, {
            name: "what the second window ticks is ticked in both",
            act: () => [0, 3].forEach(row => session.b.toggle(session.b.rows[row].itemIndex, true)),
            until: () => session.see("+ Buy bread, - Water the plants, - Call Ben, + Book the train, - Read the map")
        }, {
            name: "a new name is seen in both",
            act: () => session.a.rename(session.a.rows[2].itemIndex, "Call Ben and Ann"),
            until: () => session.see("+ Buy bread, - Water the plants, - Call Ben and Ann, + Book the train, - Read the map")
        }, {
            name: "what the second window deletes is gone in both",
            act: () => session.b.remove(session.b.rows[1].itemIndex),
            until: () => session.see("+ Buy bread, - Call Ben and Ann, + Book the train, - Read the map"),
            picture: "tasks-in-step.png"
        }, {
            name: "with the server down both say so",
            act: () => session.app.stopServer(),
            until: () => session.a.client.connectionState === SyncClient.Connecting
                    && session.b.client.connectionState === SyncClient.Connecting
                    && !session.a.client.error.isNull && !session.b.client.error.isNull,
            picture: "tasks-server-down.png"
        }, {
            name: "with the server back both are connected again",
            act: () => session.app.startServer(),
            until: () => session.a.client.connectionState === SyncClient.Connected
                    && session.b.client.connectionState === SyncClient.Connected
        }, {
            name: "and what is added is seen in both",
            act: () => session.b.add("Lock the door"),
            until: () => session.see("+ Buy bread, - Call Ben and Ann, + Book the train, - Read the map, - Lock the door")
        }
    ]

    readonly property Timer limit: Timer {
        interval: 20000
        onTriggered: session.fail()
    }

    // Not from inside the change that made it true: others have yet to see it
    readonly property Timer next: Timer {
        interval: 0
        onTriggered: if (session.reached) session.advance()
    }

    onReachedChanged: if (reached) next.restart()

    function start() {
        begin(0)
    }

    function begin(step: int) {
        limit.restart()
        if (steps[step].act)
            steps[step].act()
        current = step
        if (reached) // as it was for the step before: no change to be told
            next.restart()
    }

    function advance() {
        const step = steps[current]
        app.terminal.print(`ok ${current + 1} - ${step.name}`)
        if (step.picture) {
            const path = Screenshots.save(app.open, step.picture)
            if (path === "")
                return fail()
            app.terminal.print(`screenshot ${path}`)
        }
        if (current + 1 < steps.length)
            begin(current + 1)
        else
            Qt.exit(0)
    }

    function fail() {
        app.terminal.print(`not ok ${current + 1} - ${steps[current].name}`)
        app.open.forEach(window => session.app.terminal.print(
            `${window.identity} shows: ${text(window.rows)} (${window.client.connectionStateName})`))
        Qt.exit(1)
    }

    function text(rows: var): string {
        return rows.map(row => (row.done ? "+ " : "- ") + row.title).join(", ")
    }

    function see(expected: string): bool {
        return text(session.a.rows) === expected && text(session.b.rows) === expected
    }
}
