import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// What one person sees. Strokes are items of a list, which stay; cursors are messages of a stream, which do not.
ApplicationWindow {
    id: window

    required property string identity
    required property color accent
    required property Backend backend
    property color pen: accent
    // Promises of what was drawn here, for undo()
    property var mine: []
    property string problem: ""
    readonly property bool isReady: strokeList.subscriptionState === Sync.Established
            && cursorStream.subscriptionState === Sync.Established
    readonly property int strokes: strokeList.count
    readonly property int painted: board.painted
    readonly property int others: cursors.count

    function attempt(promise: var) {
        promise.catch(error => { window.problem = error.message })
    }

    // Points are x, y, x, y, …, from 0 to 1; three digits of each are enough, and a value has 16 KiB.
    function draw(points: var) {
        const stroke = strokeList.push({
            by: identity, color: String(pen), points: points.map(coordinate => Math.round(1000 * coordinate) / 1000)
        })
        mine.push(stroke)
        attempt(stroke)
    }

    function undo() {
        if (mine.length > 0)
            attempt(mine.pop().then(stroke => strokeList.remove(stroke.index)))
    }

    function clear() {
        board.itemIndexes().forEach(itemIndex => attempt(strokeList.remove(itemIndex)))
    }

    // Where our cursor is; the service takes 30 messages a second, so the latest of each tenth of one is sent.
    function point(x: real, y: real) {
        pointer.position = { by: identity, color: String(accent), x: x, y: y }
        if (!pointer.running) {
            pointer.send()
            pointer.restart()
        }
    }

    width: 460
    height: 480
    minimumWidth: 320
    minimumHeight: 320
    title: qsTr("Whiteboard of %1").arg(identity)
    color: Theme.page

    Timer {
        id: pointer

        property var position: null

        function send() {
            cursorStream.publishMessage(position).catch(error => { window.problem = error.message })
            position = null
        }

        interval: 100
        onTriggered: {
            if (position) {
                send()
                restart()
            }
        }
    }

    SyncClient {
        id: client

        url: window.backend.url
        tokenProvider: window.backend.tokensFor(window.identity)
    }

    SyncList {
        id: strokeList

        client: client
        uniqueName: "strokes"
        valueRoles: [{ name: "points", type: "list" }, { name: "color", type: "color" }]
        loadAll: true
        onStatusChanged: if (status === Sync.Failed) window.problem = error.message
    }

    SyncStream {
        id: cursorStream

        client: client
        uniqueName: "cursors"
        onMessagePublished: (message, isLocal) => {
            if (!isLocal)
                cursors.place(message.value)
        }
    }

    // The latest place of each, with when it was told
    ListModel {
        id: cursors

        function place(cursor: var) {
            const entry = { by: cursor.by, tint: cursor.color, atX: cursor.x, atY: cursor.y, seen: Date.now() }
            for (let row = 0; row < count; ++row) {
                if (get(row).by === cursor.by)
                    return set(row, entry)
            }
            append(entry)
        }
    }
    Timer {
        interval: 1000
        repeat: true
        running: cursors.count > 0 && !CommandLine.scripted
        onTriggered: {
            for (let row = cursors.count - 1; row >= 0; --row) {
                if (cursors.get(row).seen < Date.now() - 5000)
                    cursors.remove(row)
            }
        }
    }

    ColumnLayout {
        anchors { fill: parent; margins: 16 }
        spacing: 12

        RowLayout {
            spacing: 8

            Avatar {
                size: 30
                name: window.identity
                tint: window.accent
            }
            Text {
                text: window.identity
                color: Theme.text
                font { pixelSize: 15; bold: true }
            }
            Item { Layout.fillWidth: true }
            ConnectionIndicator { client: client }
        }

        Rectangle {
            Layout.fillWidth: true
            Layout.fillHeight: true
            radius: Theme.radius
            color: Theme.card
            border { width: 1; color: Theme.line }
            clip: true

            Board {
                id: board

                anchors { fill: parent; margins: 1 }
                model: strokeList
                pen: window.pen
                onDrawn: points => window.draw(points)
                onMoved: (x, y) => window.point(x, y)

                Repeater {
                    model: cursors
                    delegate: Cursor { }
                }
            }
        }

        RowLayout {
            spacing: 10

            Repeater {
                model: Theme.series
                delegate: Rectangle {
                    required property color modelData

                    implicitWidth: 26
                    implicitHeight: 26
                    radius: 13
                    color: modelData
                    border { width: Qt.colorEqual(window.pen, modelData) ? 3 : 0; color: Theme.text }

                    TapHandler { onTapped: window.pen = parent.modelData }
                }
            }
            Text {
                Layout.fillWidth: true
                text: window.problem
                color: Theme.bad
                elide: Text.ElideRight
                font.pixelSize: 12
            }
            GlyphButton {
                implicitWidth: 64
                tint: Theme.text
                text: qsTr("Undo")
                onClicked: window.undo()
            }
            GlyphButton {
                implicitWidth: 64
                tint: Theme.bad
                text: qsTr("Clear")
                onClicked: window.clear()
            }
        }
    }
}
