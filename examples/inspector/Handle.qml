import QtQuick
import Twilio.Sync

// One object of any kind, with the same few calls for all of them, and a line for everything that happens to it.
QtObject {
    id: handle

    required property SyncClient client
    // "document", "list", "map" or "stream"
    required property string kind
    // A unique name or a SID
    required property string name
    property int mode: SyncClient.OpenExisting

    readonly property bool isCollection: kind === "list" || kind === "map"
    readonly property bool isSid: /^(ET|ES|MP|TO)[0-9a-f]{32}$/.test(name)
    readonly property var object: ({
        document: documentComponent, list: listComponent, map: mapComponent, stream: streamComponent
    })[kind].createObject(handle, isSid ? { sid: name } : { uniqueName: name })

    signal happened(string what, string key, var value, bool isLocal)

    function tell(what: string, key: var, value: var, isLocal: bool) {
        happened(what, String(key), value, isLocal)
    }

    // Replaces the value under \a key, or of the document, or sends it to the stream.
    function write(key: var, value: var): var {
        switch (kind) {
        case "document": return object.set(value)
        case "stream": return object.publishMessage(value)
        default: return object.set(key, value)
        }
    }

    function add(key: string, value: var): var {
        return kind === "list" ? object.push(value) : object.set(key, value)
    }

    function erase(key: var): var {
        switch (kind) {
        case "document": return object.removeDocument()
        case "stream": return object.removeStream()
        default: return object.remove(key)
        }
    }

    readonly property Component documentComponent: Component {
        SyncDocument {
            client: handle.client
            mode: handle.mode
            onUpdated: (value, isLocal) => handle.tell("updated", "", value, isLocal)
            onRemoved: isLocal => handle.tell("removed", "", null, isLocal)
        }
    }
    readonly property Component listComponent: Component {
        SyncList {
            client: handle.client
            mode: handle.mode
            onItemAdded: (item, isLocal) => handle.tell("item added", item.index, item.value, isLocal)
            onItemUpdated: (item, isLocal) => handle.tell("item updated", item.index, item.value, isLocal)
            onItemRemoved: (itemIndex, isLocal) => handle.tell("item removed", itemIndex, null, isLocal)
            onRemoved: isLocal => handle.tell("removed", "", null, isLocal)
        }
    }
    readonly property Component mapComponent: Component {
        SyncMap {
            client: handle.client
            mode: handle.mode
            onItemAdded: (item, isLocal) => handle.tell("item added", item.key, item.value, isLocal)
            onItemUpdated: (item, isLocal) => handle.tell("item updated", item.key, item.value, isLocal)
            onItemRemoved: (itemKey, isLocal) => handle.tell("item removed", itemKey, null, isLocal)
            onRemoved: isLocal => handle.tell("removed", "", null, isLocal)
        }
    }
    readonly property Component streamComponent: Component {
        SyncStream {
            client: handle.client
            mode: handle.mode
            onMessagePublished: (message, isLocal) => handle.tell("message", message.sid, message.value, isLocal)
            onRemoved: isLocal => handle.tell("removed", "", null, isLocal)
        }
    }
}
