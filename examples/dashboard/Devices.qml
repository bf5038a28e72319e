import QtQuick
import Twilio.Sync

// Four sensors that write what they measure, as devices elsewhere would.
QtObject {
    id: devices

    required property url url
    required property var tokenProvider
    property bool running: false
    readonly property bool isReady: readings.status === Sync.Ready
    readonly property int pendingWrites: client.pendingWrites
    property int beat: 0
    // So many more readings, each as soon as the one before is written
    property int burst: 0

    readonly property SyncClient client: SyncClient {
        url: devices.url
        tokenProvider: devices.tokenProvider
    }
    readonly property SyncDocument settings: SyncDocument {
        client: devices.tokenProvider ? devices.client : null
        uniqueName: "dashboard-settings"
    }
    readonly property SyncMap readings: SyncMap {
        client: devices.tokenProvider ? devices.client : null
        uniqueName: "sensors"
    }
    readonly property var sensors: [
        { key: "temperature", title: qsTr("Temperature"), unit: "°C", lowest: 0, highest: 40, middle: 0.58, pace: 7 },
        { key: "humidity", title: qsTr("Humidity"), unit: "%", lowest: 0, highest: 100, middle: 0.66, pace: 11 },
        { key: "light", title: qsTr("Light"), unit: "klx", lowest: 0, highest: 80, middle: 0.4, pace: 5 },
        { key: "water", title: qsTr("Water"), unit: "l", lowest: 0, highest: 200, middle: 0.5, pace: 17 }
    ]
    readonly property Timer timer: Timer {
        interval: 1000
        repeat: true
        triggeredOnStart: true
        running: devices.running && devices.isReady && !(devices.settings.value.paused ?? false)
        onTriggered: devices.write()
    }

    onPendingWritesChanged: {
        if (pendingWrites === 0 && burst > 0) {
            --burst
            write()
        }
    }

    // One reading of each; what an earlier one waits with is merged into it.
    function write() {
        ++beat
        for (const sensor of sensors) {
            const level = 100 * (sensor.middle + 0.18 * Math.sin(beat / sensor.pace) + 0.05 * Math.sin(beat * 1.7 + sensor.pace))
            readings.set(sensor.key, {
                title: sensor.title, unit: sensor.unit, lowest: sensor.lowest, highest: sensor.highest, level: level
            }, { ttl: 3600 }).catch(error => console.warn(error.message))
        }
    }
}
