import QtQuick
import Twilio.Sync

// Something to look at on a server of our own.
QtObject {
    id: samples

    required property SyncClient client
    readonly property var objects: [
        ["map", "devices"], ["list", "orders"], ["document", "settings"], ["stream", "alerts"]
    ]

    function make(): var {
        const orders = ["Tea", "Flour", "Lemons", "Honey"]
        const devices = { boiler: 71.5, fan: 0.4, pump: 12.25 }
        return Promise.all([
            client.map("devices").then(map => Promise.all(Object.keys(devices).map(
                key => map.set(key, { on: devices[key] > 1, level: devices[key], tags: ["roof", key] })))),
            client.list({ id: "orders" }).then(list => Promise.all(orders.map(
                (title, at) => list.push({ title: title, amount: 3 * at + 1, paid: at % 2 === 0 })))),
            client.document({ id: "settings", value: { theme: "dark", limits: { low: 5, high: 70 } } }),
            client.stream("alerts")
        ])
    }
}
