import QtQuick
import ExampleKit

// Plays a session and looks at what the windows show after each step. A step is done when its condition, a binding
// on what is seen, becomes true; there is no waiting for time to pass, only a limit to it.
QtObject {
    id: script

    // { name, until: () => bool, act: () => void, picture: "file name without .png", light and dark }
    property var steps: []
    property var windows: []
    property int current: -1
    readonly property bool reached: current >= 0 && steps[current].until()

    signal said(string line)
    // Something is not as it should be, of which step() tells
    signal failed

    readonly property Timer limit: Timer {
        interval: 20000
        onTriggered: script.fail()
    }

    // Not from inside the change that made it true: others have yet to see it
    readonly property Timer next: Timer {
        interval: 0
        onTriggered: if (script.reached) script.advance()
    }

    onReachedChanged: if (reached) next.restart()

    function start() {
        Theme.animated = false
        begin(0)
    }

    function begin(step: int) {
        limit.restart()
        if (steps[step].act)
            steps[step].act()
        current = step
        if (reached) // as it was for the step before: no change to be told
            next.restart()
    }

    function advance() {
        const step = steps[current]
        said(`ok ${current + 1} - ${step.name}`)
        if (step.picture && !take(step.picture))
            fail()
        else if (current + 1 < steps.length)
            begin(current + 1)
        else
            Qt.exit(0)
    }

    // The windows as they are, in light and in dark.
    function take(name: string): bool {
        for (const dark of [false, true]) {
            Theme.dark = dark
            const path = Screenshots.save(windows, `${name}-${dark ? "dark" : "light"}.png`,
                                          dark ? "#3b4457" : "#cbd3e1")
            said(`screenshot ${path}`)
            if (path === "")
                return false
        }
        return true
    }

    function fail() {
        said(`not ok ${current + 1} - ${steps[current].name}`)
        failed()
        Qt.exit(1)
    }
}
