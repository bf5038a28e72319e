import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import ExampleKit
import Twilio.Sync

// A map of sensors as gauges, its course as a chart, and settings that everybody shares in a document.
ApplicationWindow {
    id: window

    readonly property real threshold: settings.value.threshold ?? 70
    readonly property bool paused: settings.value.paused ?? false
    readonly property int alarms: sensors.count === 0 ? 0 : countAlarms(beats)
    property int beats: 0
    property string problem: ""

    function attempt(promise: var) {
        promise.catch(error => { window.problem = error.message })
    }

    function countAlarms(beat: int): int {
        let count = 0
        for (let row = 0; row < sensors.count; ++row)
            count += sensors.valueAt(row).level > threshold ? 1 : 0
        return count
    }

    width: 860
    height: 600
    minimumWidth: 640
    minimumHeight: 480
    visible: true
    title: qsTr("Dashboard")
    color: Theme.page

    Backend { id: backend }

    SyncClient {
        id: client

        url: backend.url
        tokenProvider: backend.tokensFor("dashboard")
    }

    SyncMap {
        id: sensors

        client: client
        uniqueName: "sensors"
        valueRoles: ["title", "unit", { name: "level", type: "real" }, { name: "lowest", type: "real" },
            { name: "highest", type: "real", default: 100 }]
        loadAll: true
        onItemAdded: item => chart.append(item.key, item.value.level)
        onItemUpdated: item => {
            chart.append(item.key, item.value.level)
            window.beats++
        }
    }

    SyncDocument {
        id: settings

        client: client
        uniqueName: "dashboard-settings"
    }

    ColumnLayout {
        anchors { fill: parent; margins: 20 }
        spacing: 16

        RowLayout {
            spacing: 12

            Text {
                text: qsTr("Greenhouse")
                color: Theme.text
                font { pixelSize: 22; bold: true }
            }
            Rectangle {
                visible: window.alarms > 0
                implicitWidth: alarmText.implicitWidth + 20
                implicitHeight: 26
                radius: 13
                color: Theme.wash(Theme.bad)

                Text {
                    id: alarmText

                    anchors.centerIn: parent
                    text: qsTr("%n above the limit", "", window.alarms)
                    color: Theme.ink(Theme.bad)
                    font { pixelSize: 12; bold: true }
                }
            }
            Item { Layout.fillWidth: true }
            ConnectionIndicator { client: client }
        }

        GridLayout {
            Layout.fillWidth: true
            columns: Math.max(1, Math.min(4, sensors.count))
            columnSpacing: 16
            rowSpacing: 16

            Repeater {
                model: sensors
                delegate: SensorCard {
                    Layout.fillWidth: true
                    Layout.preferredWidth: 1
                    threshold: window.threshold
                    tint: Theme.series[index % Theme.series.length]
                }
            }
        }

        Card {
            Layout.fillWidth: true
            Layout.fillHeight: true
            title: qsTr("The last minute")
            header: Text {
                text: qsTr("in percent of each range")
                color: Theme.faint
                font.pixelSize: 12
            }

            Chart {
                id: chart

                Layout.fillWidth: true
                Layout.fillHeight: true
                threshold: window.threshold
            }
        }

        Card {
            Layout.fillWidth: true
            padding: 12

            RowLayout {
                spacing: 14

                Text {
                    text: qsTr("Limit for all who watch")
                    color: Theme.text
                    font.pixelSize: 14
                }
                Slider {
                    id: slider

                    Layout.fillWidth: true
                    from: 0
                    to: 100
                    stepSize: 1
                    palette { dark: Theme.accent; midlight: Theme.raised; mid: Theme.line }
                    onMoved: window.attempt(settings.update({ threshold: value }))

                    // Only while nobody drags it
                    Binding on value { when: !slider.pressed; value: window.threshold; restoreMode: Binding.RestoreNone }
                }
                Text {
                    Layout.preferredWidth: 44
                    text: `${Math.round(window.threshold)} %`
                    color: Theme.text
                    font { pixelSize: 14; bold: true }
                }
                GlyphButton {
                    tint: Theme.accent
                    implicitWidth: 84
                    filled: true
                    font.pixelSize: 13
                    text: window.paused ? qsTr("Resume") : qsTr("Pause")
                    onClicked: window.attempt(settings.update({ paused: !window.paused }))
                }
            }
        }

        Text {
            Layout.fillWidth: true
            visible: text !== ""
            text: window.problem
            color: Theme.bad
            wrapMode: Text.Wrap
            font.pixelSize: 13
        }
    }

    // On a server of our own there are no devices but these
    Devices {
        id: devices

        url: backend.url
        tokenProvider: backend.embedded ? backend.tokensFor("devices") : null
        running: backend.embedded && !CommandLine.scripted
    }

    Script {
        id: script

        windows: [window]
        onSaid: line => console.info(line)
        steps: [
            {
                name: "the devices are there",
                until: () => devices.isReady
            }, {
                name: "the devices have written and the dashboard shows them",
                act: () => devices.write(),
                until: () => sensors.count === 4 && settings.status === Sync.Ready
            }, {
                name: "two dozen readings more are in the chart",
                act: () => {
                    devices.burst = 24
                    devices.write()
                },
                until: () => window.beats >= 100
            }, {
                name: "a new limit is the limit of everybody",
                act: () => window.attempt(settings.update({ threshold: 62 })),
                until: () => window.threshold === 62 && window.alarms > 0,
                picture: "dashboard"
            }
        ]
        Component.onCompleted: if (CommandLine.scripted) start()
    }
}
