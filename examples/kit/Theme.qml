pragma Singleton
import QtQuick

// Colours and sizes, light or dark as the system is.
QtObject {
    property bool dark: system.window.hslLightness < 0.5
    // Off in a scripted session, whose pictures must not show something half way
    property bool animated: true
    readonly property int duration: animated ? 160 : 0

    readonly property color page: dark ? "#12151d" : "#f3f4f8"
    readonly property color card: dark ? "#1c212c" : "#ffffff"
    readonly property color raised: dark ? "#262d3b" : "#eef0f6"
    readonly property color line: dark ? "#313949" : "#e3e6ee"
    readonly property color text: dark ? "#eceff6" : "#1d2433"
    readonly property color faint: dark ? "#8d97ad" : "#6d768a"
    readonly property color accent: dark ? "#818cf8" : "#4f46e5"
    readonly property color good: dark ? "#34d17b" : "#12a150"
    readonly property color waiting: dark ? "#f5b041" : "#e08a00"
    readonly property color bad: dark ? "#ff7a70" : "#d92d20"
    readonly property var series: dark ? ["#818cf8", "#2dd4bf", "#fbbf24", "#f472b6"]
                                       : ["#4f46e5", "#0d9488", "#d97706", "#db2777"]
    readonly property int radius: 10

    readonly property SystemPalette system: SystemPalette { }

    // A thin layer of a colour, for what lies behind a text of it
    function wash(tint: color): color {
        return Qt.rgba(tint.r, tint.g, tint.b, dark ? 0.2 : 0.12)
    }
    // That colour for text on such a layer
    function ink(tint: color): color {
        return dark ? Qt.lighter(tint, 1.1) : Qt.darker(tint, 1.35)
    }
}
