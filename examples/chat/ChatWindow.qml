import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// What one person sees: the newest messages at the bottom, older ones as one scrolls up.
ApplicationWindow {
    id: window

    required property string identity
    required property color accent
    required property Backend backend
    property string problem: ""
    readonly property int present: presence.count
    readonly property int lines: messages.count
    readonly property string newest: newestText
    property string newestText: ""

    function say(line: string) {
        if (line !== "")
            messages.push({ by: identity, text: line, color: String(accent) }).catch(error => { problem = error.message })
    }

    function leave() {
        presence.heartbeat.stop()
        presence.leave().catch(error => { problem = error.message })
    }

    width: 420
    height: 560
    minimumWidth: 300
    minimumHeight: 320
    title: qsTr("Chat of %1").arg(identity)
    color: Theme.page

    SyncClient {
        id: client

        url: window.backend.url
        tokenProvider: window.backend.tokensFor(window.identity)
    }

    // Row 0 is the newest message, and a page of 20 older ones comes whenever the view gets near its end
    SyncList {
        id: messages

        client: client
        uniqueName: "chat"
        order: Qt.DescendingOrder
        pageSize: 20
        orderedWrites: true
        valueRoles: ["by", "text", { name: "color", type: "color" }]
        onItemAdded: item => { window.newestText = item.value.text }
        onStatusChanged: if (status === Sync.Failed) window.problem = error.message
    }

    SyncPresence {
        id: presence

        client: client
        uniqueName: "chat-presence"
        identity: window.identity
        details: ({ tint: String(window.accent) })
        valueRoles: [{ name: "tint", type: "color" }]
        onFailed: message => { window.problem = message }
    }

    ColumnLayout {
        anchors { fill: parent; margins: 16 }
        spacing: 12

        RowLayout {
            spacing: 6

            Repeater {
                model: presence
                delegate: Avatar {
                    required property string itemKey
                    required tint

                    size: 32
                    name: itemKey

                    Rectangle {
                        anchors { right: parent.right; bottom: parent.bottom }
                        width: 11
                        height: 11
                        radius: 5.5
                        color: Theme.good
                        border { width: 2; color: Theme.page }
                    }
                }
            }
            Text {
                Layout.fillWidth: true
                leftPadding: 4
                text: qsTr("%n here", "", presence.count)
                color: Theme.faint
                font.pixelSize: 12
            }
            ConnectionIndicator { client: client }
        }

        ListView {
            id: view

            // Whoever reads what is older is not pulled away from it
            property bool isFollowing: true

            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            spacing: 6
            onMovementEnded: isFollowing = atYEnd
            onContentHeightChanged: if (isFollowing) positionViewAtBeginning()
            verticalLayoutDirection: ListView.BottomToTop
            model: messages
            ScrollBar.vertical: ScrollBar { }
            delegate: Message {
                width: ListView.view.width
                isOurs: by === window.identity
            }
        }

        Text {
            Layout.fillWidth: true
            visible: text !== ""
            text: window.problem
            color: Theme.bad
            wrapMode: Text.Wrap
            font.pixelSize: 12
        }

        LineEdit {
            Layout.fillWidth: true
            accent: window.accent
            placeholderText: qsTr("Message")
            focus: true
            onAccepted: {
                window.say(text.trim())
                clear()
            }
        }
    }
}
