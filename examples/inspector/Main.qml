import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// A tool to look into a Sync service: its objects, what happens to them, and what this client is busy with.
ApplicationWindow {
    id: window

    property Handle handle: null
    property string problem: ""

    function open(kind: string, name: string, mode: int) {
        problem = ""
        if (handle)
            handle.destroy()
        handle = handleComponent.createObject(window, { kind: kind, name: name, mode: mode }) as Handle
        editor.clear()
        objects.remember(kind, name)
    }

    width: 1040
    height: 680
    minimumWidth: 800
    minimumHeight: 480
    visible: true
    title: qsTr("Inspector")
    color: Theme.page

    Backend { id: backend }

    SyncClient {
        id: syncClient

        url: backend.url
        tokenProvider: backend.tokensFor("inspector")
        onConnectionError: error => { window.problem = error.message }
    }

    Samples {
        id: samples

        client: syncClient
    }

    Component {
        id: handleComponent

        Handle {
            id: opened

            client: syncClient
            onHappened: (what, key, value, isLocal) => {
                events.log(`${opened.name}: ${what}`, key, value, isLocal)
                if (value !== null && key === editor.key)
                    editor.follow(value)
            }
        }
    }

    ColumnLayout {
        anchors { fill: parent; margins: 16 }
        spacing: 12

        RowLayout {
            spacing: 12

            Text {
                text: qsTr("Inspector")
                color: Theme.text
                font { pixelSize: 20; bold: true }
            }
            Text {
                Layout.fillWidth: true
                text: window.problem !== "" ? window.problem : String(syncClient.url)
                color: window.problem !== "" ? Theme.bad : Theme.faint
                elide: Text.ElideRight
                font.pixelSize: 12
            }
            ConnectionIndicator { client: syncClient }
        }

        RowLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: 12

            ObjectsPane {
                id: objects

                Layout.preferredWidth: 220
                Layout.fillHeight: true
                current: window.handle
                onOpened: (kind, name, mode) => window.open(kind, name, mode)
            }
            ItemsPane {
                id: items

                Layout.fillWidth: true
                Layout.fillHeight: true
                handle: window.handle
                onPicked: (key, value) => editor.show(key, value)
                onFailed: message => { window.problem = message }
            }
            ValueEditor {
                id: editor

                Layout.preferredWidth: 320
                Layout.fillHeight: true
                handle: window.handle
                onFailed: message => { window.problem = message }
            }
        }

        RowLayout {
            Layout.fillWidth: true
            Layout.preferredHeight: 210
            spacing: 12

            EventsPane {
                id: events

                Layout.fillWidth: true
                Layout.fillHeight: true
            }
            OutboxPane {
                Layout.preferredWidth: 250
                Layout.fillHeight: true
                outbox: syncClient.outbox
            }
            ConnectionPane {
                Layout.preferredWidth: 250
                Layout.fillHeight: true
                client: syncClient
            }
        }
    }

    Script {
        id: script

        property bool isMade: false

        windows: [window]
        onSaid: line => console.info(line)
        onFailed: console.info(window.problem)
        steps: [
            {
                name: "there are objects to look at",
                act: () => samples.make().then(() => { script.isMade = true }).catch(error => { window.problem = error.message }),
                until: () => script.isMade
            }, {
                name: "a map is shown with its items",
                act: () => window.open("map", "devices", SyncClient.OpenExisting),
                until: () => items.count === 3
            }, {
                name: "an item is edited as JSON, and its event is told",
                act: () => {
                    items.pick(2)
                    editor.edit('{ "on": true, "level": 13.5, "tags": ["roof", "pump"] }')
                    editor.save()
                },
                until: () => events.count > 0 && syncClient.pendingWrites === 0 && syncClient.metrics.eventsReceived > 0,
                picture: "inspector"
            }, {
                name: "what is no JSON is not sent",
                act: () => editor.edit('{ "on": tru }'),
                until: () => editor.mistake !== ""
            }
        ]
    }

    Component.onCompleted: {
        if (CommandLine.scripted)
            return script.start()
        if (backend.embedded)
            samples.make().then(() => open("map", "devices", SyncClient.OpenExisting))
                .catch(error => { window.problem = error.message })
    }
}
