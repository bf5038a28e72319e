import QtQuick
import ExampleKit
import Twilio.Sync

// Two people at one board, on a server of their own; one, on the one that the command line names.
QtObject {
    id: app

    readonly property Backend backend: Backend { }
    readonly property BoardWindow first: BoardWindow {
        identity: "Ann"
        accent: Theme.series[0]
        backend: app.backend
        visible: true
        onClosing: Qt.quit()
    }
    readonly property BoardWindow second: BoardWindow {
        identity: "Ben"
        accent: Theme.series[3]
        backend: app.backend
        visible: app.backend.embedded
        x: app.first.x + app.first.width + 16
        y: app.first.y
        onClosing: Qt.quit()
    }

    readonly property Script script: Script {
        windows: [app.first, app.second]
        onSaid: line => console.info(line)
        steps: [
            {
                name: "both boards are open",
                until: () => app.first.isReady && app.second.isReady
            }, {
                name: "what the first draws is on both",
                act: () => {
                    app.first.draw(app.script.circle(0.5, 0.52, 0.3))
                    app.first.draw(app.script.circle(0.39, 0.42, 0.03))
                    app.first.draw(app.script.circle(0.61, 0.42, 0.03))
                },
                until: () => app.first.strokes === 3 && app.second.strokes === 3
            }, {
                name: "and what the second draws, with the cursors of the other",
                act: () => {
                    app.second.draw(app.script.arc(0.5, 0.55, 0.18, 0.15 * Math.PI, 0.85 * Math.PI))
                    app.second.point(0.35, 0.68)
                    app.first.point(0.72, 0.78)
                },
                until: () => app.first.painted === 4 && app.second.painted === 4
                        && app.first.others === 1 && app.second.others === 1,
                picture: "whiteboard"
            }, {
                name: "who drew it takes it back on both",
                act: () => app.second.undo(),
                until: () => app.first.strokes === 3 && app.second.strokes === 3
            }
        ]

        function arc(x: real, y: real, radius: real, from: real, to: real): var {
            const points = []
            for (let at = 0; at <= 48; ++at) {
                const angle = from + (to - from) * at / 48
                points.push(x + radius * 0.9 * Math.cos(angle), y + radius * 1.2 * Math.sin(angle))
            }
            return points
        }

        function circle(x: real, y: real, radius: real): var {
            return arc(x, y, radius, 0, 2 * Math.PI)
        }
    }

    Component.onCompleted: if (CommandLine.scripted) script.start()
}
