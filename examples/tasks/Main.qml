import QtQuick
import ExampleKit
import Tasks
import Twilio.Sync
import Twilio.Sync.LocalServer

// One or two windows, on a server of our own or on the one named on the command line.
QtObject {
    id: app

    required property url url
    required property string token
    required property string identity
    required property string list
    required property int windows
    required property string cache
    required property bool printUrl
    required property bool report
    required property bool scripted

    readonly property bool embedded: String(url) === ""
    readonly property var looks: [
        { identity: identity, accent: "#4f46e5" },
        { identity: "Ben", accent: "#0d9488" }
    ]
    property var open: []
    // Where our own server is, or was before it stopped
    property url address
    property int port: 0

    readonly property LocalSyncServer server: LocalSyncServer { }

    readonly property Console terminal: Console {
        listening: app.report
        onCommand: (word, rest) => app.obey(word, rest)
        onClosed: Qt.quit()
    }

    readonly property Session session: Session {
        app: app
    }

    readonly property Component windowComponent: Component {
        TaskWindow {
            id: window

            url: app.embedded ? app.address : app.url
            token: app.token
            tokenProvider: app.embedded ? () => app.server.createToken(identity, 3600) : null
            list: app.list
            cachePath: app.cache === "" ? "" : `${app.cache}/${identity}`
            onClosing: Qt.quit()
            Component.onCompleted: { // side by side
                if (app.windows === 2)
                    x = Screen.virtualX + Screen.width / 2 + (identity === app.identity ? -1 : 0) * (width + 8)
            }
            Component.onDestruction: Qt.callLater(app.openMissing)
            onShown: what => { if (app.report) app.terminal.print(`${identity}: ${what}`) }

            readonly property bool established: tasks.subscriptionState === Sync.Established
            readonly property string state: client.connectionStateName

            onEstablishedChanged: if (established) shown("list established")
            onStateChanged: shown(`state ${state}`)
        }
    }

    function stopServer() {
        server.close()
    }

    function startServer(): bool {
        // The windows come back to the address they know
        server.port = port
        if (!server.listen())
            return false
        port = server.port
        address = server.url
        return true
    }

    function openWindow(number: int): TaskWindow {
        return windowComponent.createObject(null, looks[number]) as TaskWindow
    }

    // As its user ends the application and starts it again
    function restartWindow(number: int) {
        const old = open[number]
        open = open.map((window, i) => i === number ? null : window)
        old.destroy()
    }

    function openMissing() {
        open = open.map((window, i) => window ?? openWindow(i))
    }

    // Commands of a program that drives us, done by the first window
    function obey(word: string, rest: string) {
        const first = open[0]
        const index = parseInt(rest)
        switch (word) {
        case "add": return first.add(rest)
        case "tick": return first.toggle(index, true)
        case "untick": return first.toggle(index, false)
        case "rename": return first.rename(index, rest.slice(rest.indexOf(" ") + 1))
        case "remove": return first.remove(index)
        case "stop-server": return stopServer()
        case "start-server": return startServer()
        case "rows": return open.forEach(
            window => terminal.print(`${window.identity}: rows ${JSON.stringify(window.rows)}`))
        case "quit": return Qt.quit()
        default: terminal.print(`error: unknown command '${word}'`)
        }
    }

    Component.onCompleted: {
        if (embedded && !startServer()) {
            terminal.print(`error: ${server.error.message}`)
            return Qt.exit(1)
        }
        if (printUrl) {
            terminal.print(`url ${embedded ? server.url : url}`)
            terminal.print(`token ${embedded ? server.createToken("guest", 3600) : token}`)
        }
        for (let i = 0; i < windows; ++i)
            open = open.concat(openWindow(i))
        if (scripted)
            session.start()
    }
}
