import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// The items of a list or map, page by page as one scrolls; of anything else its value.
Card {
    id: pane

    required property Handle handle
    readonly property var object: handle?.object ?? null
    readonly property int count: view.count
    property var key: ""

    signal picked(var key, var value)
    signal failed(string message)

    function pick(row: int) {
        const item = view.itemAtIndex(row) as ItemRow
        key = item.key
        picked(item.key, item.value)
    }

    function statusText(): string {
        switch (object?.status) {
        case Sync.Opening: return qsTr("opening …")
        case Sync.Ready: return handle.isCollection ? qsTr("%1 rows%2").arg(view.count).arg(object.complete ? "" : qsTr(", more below")) : ""
        case Sync.Failed: return object.error.message
        case Sync.Removed: return qsTr("removed")
        default: return ""
        }
    }

    title: handle ? `${handle.kind} ${handle.name}` : qsTr("Nothing open")
    header: Text {
        text: pane.statusText()
        color: pane.object?.status === Sync.Failed ? Theme.bad : Theme.faint
        font.pixelSize: 12
    }
    onHandleChanged: key = ""

    ListView {
        id: view

        Layout.fillWidth: true
        Layout.fillHeight: true
        visible: pane.handle?.isCollection ?? false
        clip: true
        model: pane.handle?.isCollection ? pane.object : null
        ScrollBar.vertical: ScrollBar { }
        delegate: ItemRow {
            required property var model

            width: ListView.view.width
            key: pane.handle?.kind === "list" ? model.itemIndex : model.itemKey
            label: String(key)
            value: model.value
            isCurrent: pane.key === key
            onTapped: {
                pane.key = key
                pane.picked(key, value)
            }
        }
    }

    Text {
        Layout.fillWidth: true
        Layout.fillHeight: true
        visible: !view.visible
        text: pane.handle?.kind === "document" ? JSON.stringify(pane.object.value, null, 2)
            : pane.handle?.kind === "stream" ? qsTr("A stream keeps nothing: its messages are among the events.") : ""
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: Theme.text
        font { pixelSize: 12; family: "monospace" }

        TapHandler { onTapped: if (pane.handle?.kind === "document") pane.picked("", pane.object.value) }
    }
}
