import QtQuick
import ExampleKit
import Tasks
import Twilio.Sync

// A short session of two users, on a server that goes and comes back.
Script {
    id: session

    required property var app
    readonly property TaskWindow a: app.open[0] ?? null
    readonly property TaskWindow b: app.open[1] ?? null

    windows: app.open
    steps: [
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
            picture: "tasks-in-step"
        }, {
            name: "with the server down both say so",
            act: () => session.app.stopServer(),
            until: () => session.a.client.connectionState === SyncClient.Connecting
                    && session.b.client.connectionState === SyncClient.Connecting
                    && !session.a.client.error.isNull && !session.b.client.error.isNull,
            picture: "tasks-server-down"
        }, {
            name: "what is done meanwhile shows, and waits",
            act: () => {
                session.a.add("Feed the cat")
                session.b.toggle(session.b.rows[1].itemIndex, true)
            },
            until: () => session.text(session.a)
                    === "+ Buy bread, - Call Ben and Ann, + Book the train, - Read the map, - Feed the cat (waits)"
                    && session.text(session.b)
                    === "+ Buy bread, + Call Ben and Ann (waits), + Book the train, - Read the map",
            picture: "tasks-waiting"
        }, {
            name: "so it does in a window that is opened anew, still without the server",
            act: () => session.app.restartWindow(0),
            until: () => session.a !== null && session.a.tasks.fromCache && session.a.client.pendingWrites === 1
                    && session.text(session.a)
                    === "+ Buy bread, - Call Ben and Ann, + Book the train, - Read the map, - Feed the cat (waits)",
            picture: "tasks-restarted"
        }, {
            name: "with the server back both are connected again, and have what waited",
            act: () => session.app.startServer(),
            until: () => session.a.client.connectionState === SyncClient.Connected
                    && session.b.client.connectionState === SyncClient.Connected
                    && session.see("+ Buy bread, + Call Ben and Ann, + Book the train, - Read the map, - Feed the cat")
        }, {
            name: "and what is added is seen in both",
            act: () => session.b.add("Lock the door"),
            until: () => session.see("+ Buy bread, + Call Ben and Ann, + Book the train, - Read the map, - Feed the cat, - Lock the door")
        }
    ]

    onSaid: line => app.terminal.print(line)
    onFailed: app.open.filter(window => window).forEach(window => app.terminal.print(
        `${window.identity} shows: ${text(window)} (${window.client.connectionStateName})`))

    function text(window: var): string {
        return (window?.rows ?? []).map(row => (row.done ? "+ " : "- ") + row.title + (row.waits ? " (waits)" : "")).join(", ")
    }

    function see(expected: string): bool {
        return text(session.a) === expected && text(session.b) === expected
    }
}
