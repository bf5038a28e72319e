import QtQuick
import QtTest

// Every block of QML in the documents is loaded, and says nothing against it.
TestCase {
    name: "Blocks"

    readonly property var files: BLOCKS

    function test_block_data() {
        return files.map(file => ({ tag: file, file: file }))
    }

    function test_block(row) {
        const component = Qt.createComponent(row.file)
        compare(component.errorString(), "")
        const object = component.createObject(null)
        verify(object)
        object.destroy()
    }
}
