import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// A window of one user: a client, a list and what is done with it.
ApplicationWindow {
    id: window

    required property string identity
    required property url url
    // A token, or a function that gives one
    property string token
    property var tokenProvider: null
    required property string list
    // Where this user's tasks are kept over restarts; empty: nowhere
    property string cachePath
    required property color accent

    readonly property SyncClient client: syncClient
    readonly property SyncList tasks: syncList
    readonly property alias view: taskView
    property string problem: ""
    // What the delegates show, top to bottom; one object a row
    property var rows: []

    // A delegate came, changed or went: one line for whoever watches
    signal shown(string what)

    function add(title: string) {
        const text = title.trim()
        if (text !== "")
            attempt(syncList.push({ title: text, done: false }))
    }

    function toggle(itemIndex: int, done: bool) {
        attempt(syncList.update(itemIndex, { done: done }))
    }

    function rename(itemIndex: int, title: string) {
        attempt(syncList.update(itemIndex, { title: title }))
    }

    function remove(itemIndex: int) {
        attempt(syncList.remove(itemIndex))
    }

    function attempt(promise: var) {
        problem = ""
        promise.catch(error => { window.problem = error.message })
    }

    function refresh() {
        const all = []
        for (let row = 0; row < taskView.count; ++row) {
            const item = taskView.itemAtIndex(row) as TaskDelegate
            if (item)
                all.push({ itemIndex: item.itemIndex, title: item.title, done: item.done,
                           waits: item.pending !== Sync.NotPending })
        }
        rows = all
    }

    width: 440
    height: 560
    minimumWidth: 320
    minimumHeight: 360
    visible: true
    title: qsTr("Tasks of %1").arg(identity)
    color: Theme.page

    // Several delegates change at a time; one look at them all is enough
    Timer {
        id: refreshLater

        interval: 0
        onTriggered: window.refresh()
    }

    SyncClient {
        id: syncClient

        url: window.url
        token: window.token
        tokenProvider: window.tokenProvider
        cachePath: window.cachePath
        persistentWrites: window.cachePath !== ""
        onWriteFailed: (write, error) => { window.problem = error.message }
    }

    SyncList {
        id: syncList

        client: syncClient
        uniqueName: window.list
        valueRoles: ["title", "done"]
        loadAll: true
        optimistic: true // what is done here shows at once, also without a connection
        onStatusChanged: {
            if (status === Sync.Failed)
                window.problem = error.message
        }
    }

    ColumnLayout {
        anchors { fill: parent; margins: 20 }
        spacing: 14

        RowLayout {
            Layout.fillWidth: true

            Avatar {
                name: window.identity
                tint: window.accent
            }
            ColumnLayout {
                Layout.leftMargin: 6
                spacing: 0

                Text {
                    text: qsTr("Shared tasks")
                    color: Theme.text
                    font { pixelSize: 18; bold: true }
                }
                Text {
                    text: window.identity
                    color: Theme.faint
                    font.pixelSize: 12
                }
            }
            Item { Layout.fillWidth: true }
            ConnectionIndicator {
                Layout.maximumWidth: window.width - 200
                client: syncClient
            }
        }

        Rectangle {
            Layout.fillWidth: true
            implicitHeight: 48
            radius: Theme.radius
            color: Theme.card
            border { width: entry.activeFocus ? 2 : 1; color: entry.activeFocus ? window.accent : Theme.line }

            TextField {
                id: entry

                anchors { fill: parent; leftMargin: 6; rightMargin: 48 }
                placeholderText: qsTr("What needs doing?")
                placeholderTextColor: Theme.faint
                font.pixelSize: 15
                color: Theme.text
                selectionColor: window.accent
                background: null
                focus: true
                onAccepted: {
                    window.add(text)
                    clear()
                }
            }
            GlyphButton {
                anchors { right: parent.right; rightMargin: 9; verticalCenter: parent.verticalCenter }
                filled: true
                tint: window.accent
                text: "+"
                enabled: entry.text.trim() !== ""
                onClicked: entry.accepted()
                Accessible.name: qsTr("Add")
            }
        }

        ListView {
            id: taskView

            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            model: syncList
            onCountChanged: refreshLater.restart()
            ScrollBar.vertical: ScrollBar { }

            delegate: TaskDelegate {
                id: delegate

                function tell() {
                    window.shown(`row ${index} title=${title} done=${done}`)
                    refreshLater.restart()
                }

                width: ListView.view.width
                accent: window.accent
                onToggled: window.toggle(itemIndex, !done)
                onRenamed: title => window.rename(itemIndex, title)
                onDeleted: window.remove(itemIndex)

                onTitleChanged: tell()
                onDoneChanged: tell()
                onIndexChanged: refreshLater.restart()
                onItemIndexChanged: refreshLater.restart()
                onPendingChanged: refreshLater.restart()
                Component.onCompleted: tell()
                Component.onDestruction: window.shown(`gone item=${itemIndex}`)
            }

            add: Transition {
                NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.duration }
            }
            remove: Transition {
                NumberAnimation { property: "opacity"; to: 0; duration: Theme.duration }
            }
            displaced: Transition {
                NumberAnimation { property: "y"; duration: Theme.duration; easing.type: Easing.OutQuad }
                // One that was still appearing when it was moved
                NumberAnimation { property: "opacity"; to: 1; duration: Theme.duration }
            }

            Text {
                anchors.centerIn: parent
                visible: taskView.count === 0 && syncList.status === Sync.Ready
                text: qsTr("Nothing to do.")
                color: Theme.faint
                font.pixelSize: 15
            }
        }

        Text {
            Layout.fillWidth: true
            visible: syncClient.connectionState === SyncClient.Connecting && !syncClient.error.isNull
            text: qsTr("No connection (%1). What you change is sent when it is back.").arg(syncClient.error.message)
            wrapMode: Text.Wrap
            color: Theme.ink(Theme.waiting)
            font.pixelSize: 12
        }

        Rectangle {
            Layout.fillWidth: true
            visible: window.problem !== ""
            implicitHeight: problemText.implicitHeight + 20
            radius: Theme.radius
            color: Theme.wash(Theme.bad)

            Text {
                id: problemText

                anchors { left: parent.left; right: parent.right; margins: 12; verticalCenter: parent.verticalCenter }
                text: window.problem
                wrapMode: Text.Wrap
                color: Theme.bad
                font.pixelSize: 13
            }
            TapHandler { onTapped: window.problem = "" }
        }

        Text {
            readonly property int open: window.rows.filter(row => !row.done).length

            text: qsTr("%1 open, %2 in all").arg(open).arg(syncList.count)
            color: Theme.faint
            font.pixelSize: 12
        }
    }
}
