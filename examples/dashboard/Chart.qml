import QtQuick
import ExampleKit

// The latest readings of each series, oldest at the left.
Canvas {
    id: chart

    required property real threshold
    property int capacity: 60
    property var series: ({})
    readonly property color grid: Theme.line
    readonly property color limit: Theme.bad

    function append(name: string, level: real) {
        const points = series[name] ?? (series[name] = [])
        points.push(level)
        if (points.length > capacity)
            points.shift()
        requestPaint()
    }

    onGridChanged: requestPaint()
    onThresholdChanged: requestPaint()
    onPaint: {
        const context = getContext("2d")
        const x = index => 2 + index * (width - 4) / (capacity - 1)
        const y = level => height - 4 - level * (height - 8) / 100
        const line = (points, color, thickness) => {
            context.beginPath()
            context.strokeStyle = color
            context.lineWidth = thickness
            context.lineJoin = "round"
            points.forEach((point, index) => index === 0 ? context.moveTo(point.x, point.y) : context.lineTo(point.x, point.y))
            context.stroke()
        }
        context.reset()
        for (const level of [0, 25, 50, 75, 100])
            line([{ x: 0, y: y(level) }, { x: width, y: y(level) }], grid, 1)
        context.globalAlpha = 0.6
        line([{ x: 0, y: y(threshold) }, { x: width, y: y(threshold) }], limit, 1.5)
        context.globalAlpha = 1
        Object.keys(series).sort().forEach((name, index) => {
            const points = series[name]
            line(points.map((level, at) => ({ x: x(capacity - points.length + at), y: y(level) })),
                 Theme.series[index % Theme.series.length], 2.5)
        })
    }
}
