// The QML types: the classes with the methods that their extensions have, which give promises.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { classesOf } from './headers.mjs'

// QML type: where its methods are declared, if not in the class
const extensions = {
    SyncClient: 'clientextension', SyncDocument: 'documentextension', SyncList: 'listextension', SyncMap: 'mapextension',
    SyncInstantQuery: 'instantqueryextension', SyncMapEntry: 'mapentryextension', SyncStream: 'streamextension', SyncPaginator: 'paginator', SyncSortFilterModel: 'sortfilter'
}
const direct = { SyncDocuments: 'DocumentsElement', SyncLists: 'ListsElement', SyncMaps: 'MapsElement', SyncStreams: 'StreamsElement' }
const plain = ['SyncLiveQuery', 'SyncOutbox', 'LocalSyncServer']
const values = { SyncError: 'syncError', SyncMetrics: 'syncMetrics', SyncLimits: 'syncLimits', SyncListItem: 'syncListItem', SyncMapItem: 'syncMapItem',
    SyncStreamMessage: 'syncStreamMessage', SyncWrite: 'syncWrite' }
const kinds = { QString: 'string', QUrl: 'url', QVariantMap: 'var', QVariantList: 'var', QVariant: 'var', QJSValue: 'var', double: 'real', bool: 'bool', int: 'int', qint64: 'int' }

const kindOf = text => kinds[text.replace(/^const | ?&$/g, '')] ?? text.replace(/^Twilio::|\*|&|const /g, '').replace(/^Qml::(\w+)Element/, 'Sync$1').replace(/::/g, '.').trim()
const names = text => text.split(/,(?![^<({]*[>)}])/).map(part => part.match(/(\w+)\s*$/)?.[1]).filter(Boolean)
// As QML has them: "string name, syncError error"
const qmlParameters = text => text.split(',').filter(part => part.trim()).map(part => {
    const [, kind, name] = part.match(/^(.*?)\s*(\w+)\s*$/)
    return `${kindOf(kind.replace(/[&\s]+$/, ''))} ${name}`
}).join(', ')
// Not of C++: futures are promises, and other commands of qdoc are for C++ alone
const forQml = doc => doc.map(line => line.replace(/\\reimp|\\overload/g, 'See the base.').replace(/\\inheaderfile.*/, ''))

function inherited(type, classes) {
    return [type, ...[...type.bases.matchAll(/(?:Twilio::)?(Sync\w+)/g)].flatMap(([, base]) => {
        const found = classes.find(other => other.name === base)
        return found ? inherited(found, classes) : []
    })]
}

function handleProperties(root) {
    const macro = readFileSync(join(root, 'src/TwilioSync/api/synchandle.h'), 'utf8').match(/define TWILIOSYNC_HANDLE_PROPERTIES([\s\S]*?)\n\n/)[1]
    return [...macro.replace(/\\\n/g, ' ').matchAll(/Q_PROPERTY\((.+?[\s*])(\w+) READ (\w+)([^)]*)\)/g)]
        .map(([, kind, name, member, rest]) => ({ kind: kind.trim(), name, member, setter: rest.match(/WRITE (\w+)/)?.[1], isWritable: rest.includes('WRITE') }))
}

export function qmlTypes(root, classes) {
    const elements = new Map(Object.values(extensions).concat('directcalls')
        .flatMap(file => undocumented(join(root, 'plugin', `${file}.h`), `plugin/${file}.h`)).map(type => [type.name, type]))
    const handle = classes.find(type => type.name === 'SyncHandle')
    return classes.filter(type => extensions[type.name] || direct[type.name] || plain.includes(type.name) || values[type.name])
        .map(type => ({ name: type.name, topics: topicsOf(type) }))

    function topicsOf(type) {
        const name = values[type.name] ?? type.name
        const module = type.name === 'LocalSyncServer' ? 'Twilio.Sync.LocalServer' : 'Twilio.Sync'
        const all = inherited(type, classes)
        const brief = type.doc.findIndex(line => line === '')
        const topics = [[values[type.name] ? `\\qmlvaluetype ${name}` : `\\qmltype ${name}`, `\\inqmlmodule ${module}`,
            ...(values[type.name] ? [] : [`\\instantiates Twilio::${type.name}`]), ...forQml(type.doc)]]
        const extension = [...elements.values()].find(element => element.name === direct[type.name]
            || element.file === `plugin/${extensions[type.name]}.h`)
        const own = new Map()
        const add = (topic, key, lines) => {
            if (own.has(key))
                return
            own.set(key, true)
            topics.push([topic, ...forQml(lines)])
        }
        const docOf = member => all.flatMap(base => base.functions).find(fn => fn.name === member && fn.doc?.length && !/^\\c|^What set|^Sets what/.test(fn.doc[0]))?.doc
        for (const property of extension?.properties ?? [])
            add(`\\qmlproperty ${kindOf(property.kind)} ${name}::${property.name}`, property.name,
                property.doc.length ? property.doc : all.flatMap(base => base.properties).find(other => other.name === property.name)?.doc ?? property.doc)
        for (const property of all.flatMap(base => base.properties))
            add(`\\qmlproperty ${kindOf(property.kind)} ${name}::${property.name}${property.isWritable ? '' : '\n    \\readonly'}`, property.name, property.doc)
        if (all.includes(handle)) {
            for (const property of handleProperties(root)) {
                const said = [property.member, property.member.replace('OrNull', ''), property.setter, property.setter?.replace('OrNull', '')]
                    .map(member => docOf(member)).find(Boolean)
                add(`\\qmlproperty ${kindOf(property.kind)} ${name}::${property.name}${property.isWritable ? '' : '\n    \\readonly'}`, property.name,
                    said?.filter(line => !/^\\a \w+: /.test(line)) ?? [])
            }
        }
        for (const fn of extension?.functions.filter(fn => fn.isInvokable) ?? []) {
            const parameters = names(fn.parameters)
            add(`\\qmlmethod Promise ${name}::${fn.name}(${parameters.join(', ')})`, `${fn.name}()`,
                (fn.isGeneric ? docOf(fn.name) ?? fn.doc : fn.doc).map(line => line.replace(/\\a (\w+)/g, (match, word) => parameters.includes(word) ? match : `\\c ${word}`)))
        }
        for (const fn of all.flatMap(base => base.functions)) {
            if (fn.isSignal && !fn.name.endsWith('Changed'))
                add(`\\qmlsignal ${name}::${fn.name}(${qmlParameters(fn.parameters)})`, `on${fn.name}`, fn.doc)
            else if (fn.isInvokable && !fn.isOfProperty)
                add(`\\qmlmethod ${kindOf(fn.returned)} ${name}::${fn.name}(${qmlParameters(fn.parameters)})`, `${fn.name}()`, fn.doc)
        }
        return topics
    }
}

// As classesOf(), also of classes without a comment.
function undocumented(path, header) {
    return classesOf(path, header).map(type => ({ ...type, file: header }))
}
