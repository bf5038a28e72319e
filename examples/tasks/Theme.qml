pragma Singleton
import QtQuick

QtObject {
    // Off in the scripted session, whose pictures must not show something half way
    property bool animated: true
    readonly property int duration: animated ? 160 : 0

    readonly property color page: "#f3f4f8"
    readonly property color card: "#ffffff"
    readonly property color line: "#e3e6ee"
    readonly property color text: "#1d2433"
    readonly property color faint: "#7b8498"
    readonly property color good: "#12a150"
    readonly property color waiting: "#e08a00"
    readonly property color bad: "#d92d20"
    readonly property int radius: 10
}
