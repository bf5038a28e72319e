import QtQuick
import QtWebSockets

// What an application does without the library: JavaScript that splits frames, parses JSON and keeps a ListModel.
Item {
    id: root

    required property bool isShown
    required property string work
    required property url url
    required property string token
    required property string sid
    required property int total
    readonly property ListModel rows: ListModel { }

    property bool isReady: false
    property bool isDone: false
    property int lastId: 0
    property int seen: 0
    property int pushed: 0
    property var waiting: ({})

    function load() {
        readPage(null, () => { isDone = true })
    }

    function push(count, bytes) {
        const data = JSON.stringify({ data: { n: 1, pad: "x".repeat(Math.max(0, bytes - 16)) } })
        for (let i = 0; i < count; ++i)
            call("POST", "/v3/Lists/" + sid + "/Items", {}, data, () => { ++pushed })
    }

    function readPage(from, done) {
        const params = { PageSize: "100", Order: "asc", HideExpired: "true" }
        if (from !== null)
            params.From = String(from)
        call("GET", "/v3/Lists/" + sid + "/Items", params, "", (page) => {
            for (const item of page.items)
                rows.append({ itemIndex: item.index, n: item.data.n, t: item.data.t ?? 0, pad: item.data.pad })
            if (page.meta.next_token)
                readPage(page.items[page.items.length - 1].index + 1, done)
            else
                done()
        })
    }

    function send(header, payload) {
        const id = "TM" + String(++lastId).padStart(32, "0")
        const text = JSON.stringify(Object.assign({ id: id, payload_size: payload.length,
                                                    payload_type: "application/json" }, header))
        const frame = "TWILSOCK V3.0 " + text.length + "\r\n" + text + "\r\n" + payload
        const bytes = new Uint8Array(frame.length)
        for (let i = 0; i < frame.length; ++i)
            bytes[i] = frame.charCodeAt(i)
        socket.sendBinaryMessage(bytes.buffer)
        return header.id ? header.id : id
    }

    function call(method, path, params, body, done) {
        waiting[send({ method: "message", active_grant: "data_sync",
                       http_request: { host: "cds.us1.twilio.com", path: path, method: method, params: params,
                                       headers: { "Content-Type": "application/json" } } }, body)] = done
    }

    function receive(message) {
        const text = String(message) // of an ArrayBuffer, what its bytes are as UTF-8
        const line = text.indexOf("\r\n")
        const size = Number(text.slice(14, line))
        const header = JSON.parse(text.slice(line + 2, line + 2 + size))
        const payload = text.slice(line + size + 4)
        const body = payload ? JSON.parse(payload) : null
        if (header.method === "reply") {
            const done = waiting[header.id]
            delete waiting[header.id]
            if (header.http_status && header.http_status.code >= 300)
                throw new Error("the service answers " + header.http_status.code)
            if (done)
                done(body)
            return
        }
        send({ method: "reply", id: header.id, status: { code: 200, status: "ok" } }, "")
        if (header.method === "notification")
            handle(body)
    }

    function handle(body) {
        if (body.event_type === "subscription_established") {
            if (work === "ingest" || work === "latency")
                readPage(null, () => { isReady = true })
            else
                isReady = true
            return
        }
        for (const event of body.events ? body.events : [body.event]) {
            if (body.event_type !== "list_item_updated")
                continue
            rows.set(event.item_index, { n: event.item_data.n, t: event.item_data.t, pad: event.item_data.pad })
            if (++seen === total)
                isDone = true
        }
    }

    width: 480
    height: 640

    Rows {
        anchors.fill: parent
        visible: root.isShown
        model: root.isShown ? root.rows : null
    }

    WebSocket {
        id: socket

        url: root.url
        active: true
        onBinaryMessageReceived: (message) => root.receive(message)
        onStatusChanged: (status) => {
            if (status !== WebSocket.Open)
                return
            root.waiting[root.send({ method: "init", token: root.token, continuation_token: null, metadata: {},
                                     registrations: [], tweaks: null, capabilities: ["client_update"] }, "")] = () => {
                root.call("POST", "/v4/Subscriptions", {}, JSON.stringify({
                    event_protocol_version: 4, action: "establish", correlation_id: 1, retried_requests: 0,
                    ttl_in_s: -1, requests: [{ object_sid: root.sid, object_type: "list" }]
                }), () => { })
            }
        }
    }
}
