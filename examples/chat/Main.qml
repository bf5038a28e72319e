import QtQuick
import ExampleKit
import Twilio.Sync

// Two people who talk, on a server of their own; one, on the one that the command line names.
QtObject {
    id: app

    readonly property Backend backend: Backend { }
    readonly property ChatWindow first: ChatWindow {
        identity: "Ann"
        accent: Theme.series[0]
        backend: app.backend
        visible: true
        onClosing: Qt.quit()
    }
    readonly property ChatWindow second: ChatWindow {
        identity: "Ben"
        accent: Theme.series[1]
        backend: app.backend
        visible: app.backend.embedded
        x: app.first.x + app.first.width + 16
        y: app.first.y
        onClosing: Qt.quit()
    }

    readonly property Script script: Script {
        // Who says what, one after the other
        readonly property var talk: [
            ["first", "Morning! Did the seedlings make it through the night?"], ["second", "All but two. It was 4 °C in there."],
            ["first", "Then I turn the heating on at six from now on."], ["second", "Good. And somebody left the window open."],
            ["second", "I will put a sensor on it."], ["first", "That goes into the dashboard, please"]
        ]

        windows: [app.first, app.second]
        onSaid: line => console.info(line)
        steps: [
            {
                name: "both are here, and see each other",
                until: () => app.first.present === 2 && app.second.present === 2
            }, {
                name: "forty old lines are there, the newest page is shown",
                act: () => { for (let line = 1; line <= 40; ++line) app.second.say(`Yesterday's line ${line}`) },
                until: () => app.first.newest === "Yesterday's line 40" && app.second.newest === "Yesterday's line 40"
            },
            ...talk.map(([who, text], at) => ({
                name: `what the ${who} says comes to both`,
                act: () => app[who].say(text),
                until: () => app.first.newest === text && app.second.newest === text,
                picture: at === talk.length - 1 ? "chat" : ""
            })),
            {
                name: "who leaves is gone",
                act: () => app.second.leave(),
                until: () => app.first.present === 1
            }
        ]
    }

    Component.onCompleted: if (CommandLine.scripted) script.start()
}
