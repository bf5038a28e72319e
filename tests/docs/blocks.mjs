// usage: node blocks.mjs FOLDER
// Writes every block of code of the documents into FOLDER, for the tools that know its language:
//   blocks.cpp      statements, each in a function of its own, and blocks called "file" as they are
//   qml/            one file each, with the objects around it that the text speaks of
//   js/, python/    one file each
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { blocks, conclude, documents } from './markdown.mjs'

const folder = process.argv[2]
rmSync(folder, { recursive: true, force: true })

function write(name, text) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
}

const qmlAround = text => `import QtQuick
import QtQuick.Controls
${text.includes('TestCase {') ? 'import QtTest\n' : ''}import Twilio.Sync
import Twilio.Sync.LocalServer

Item {
    property var backend: ({ fetchToken: () => new Promise(() => { }) })
    SyncClient { id: client }
    SyncList { id: tasks }
    SyncMap { id: settings }
    SyncDocument { id: note }
    SyncList { id: list }
    TextField { id: searchField }
    Loader {
        sourceComponent: Component {
            Item {
${text}
            }
        }
    }
}
`

const cppAround = `#include <QCoroFuture>
#include <QCoroTask>
#include <TwilioSync/LocalSyncServer>
#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncDocument>
#include <TwilioSync/SyncException>
#include <TwilioSync/SyncList>
#include <TwilioSync/SyncLiveQuery>
#include <TwilioSync/SyncMap>
#include <TwilioSync/SyncPaginator>
#include <TwilioSync/SyncSortFilterModel>
#include <TwilioSync/SyncStream>

#include <QtWidgets/QtWidgets>

using namespace Twilio;
using namespace Qt::StringLiterals;

struct Window : QObject
{
    SyncClient *client = nullptr;
    SyncList *list = nullptr;
    SyncDocument *document = nullptr;
    QTableView *view = nullptr;
    QString token;
    void greet(const SyncListItem &) { }
    template <typename F>
    void fetchToken(F done) { done(token); }
};
`

const cpp = []
const problems = []
let count = 0
const numbered = block => `${basename(block.file, '.md').replace(/[^a-z]/gi, '_').toLowerCase()}_${block.line}`

// The wire's are no code
for (const block of documents().filter(file => !/^(src|tests)/.test(file)).flatMap(blocks)) {
    const at = `${block.file}:${block.line}`
    const isOfGuide = /^getting-started/.test(basename(block.file)) && block.name.includes('.')
    count++
    if (isOfGuide) // tests/install/guide.mjs builds what they are part of
        continue
    if (block.language === 'cpp') {
        const lines = block.text.split('\n')
        const includes = lines.filter(line => line.startsWith('#include'))
        const rest = lines.map(line => line.startsWith('#include') || line.startsWith('using namespace') ? '' : line).join('\n')
        cpp.push(includes.join('\n'), block.name === 'file'
            ? `#line ${block.line} "${block.file}"\n${rest}`
            : `struct ${numbered(block)} : Window\n{\n${/co_await/.test(rest) ? 'QCoro::Task<void>' : 'void'} code()\n{\nLocalSyncServer server;\n{\n#line ${block.line} "${block.file}"\n${rest}}\n}\n};`)
    } else if (block.language === 'qml') {
        write(`qml/${numbered(block)}.qml`, /^import /.test(block.text) && /^import QtQuick/m.test(block.text)
            ? block.text
            : qmlAround(block.text.replace(/^import .*\n/gm, '').replace(/SyncClient \{ \.\.\. \}/g, '')))
    } else if (block.language === 'js') {
        write(`js/${block.name || numbered(block) + '.mjs'}`, block.text.replace(/^const (.*) = require\((.*)\)/gm, 'import * as all from $2; const $1 = all'))
    } else if (block.language === 'python') {
        write(`python/${block.name || numbered(block) + '.py'}`, block.text)
    } else if (block.language === 'cmake') {
        write(`cmake/${numbered(block)}.cmake`, block.text)
    } else if (!['', 'sh', 'bash', 'text', 'json'].includes(block.language)) { // the last three: tests/interop/guide.mjs, tst_import
        problems.push(`${at}: what checks a block of ${block.language}?`)
    }
}
write('blocks.cpp', cppAround + cpp.join('\n') + '\n')
conclude(`${count} blocks of code`, problems)
