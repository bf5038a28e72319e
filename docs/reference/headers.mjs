// Reads classes and what is said about them out of a header of ours.
import { readFileSync } from 'node:fs'
import { more } from './more.mjs'

const strip = text => text.replace(/^\s*\/\/!<?\s?/, '').trimEnd()
const say = text => text.replace(/\s+/g, ' ').trim()

// What every parameter is, where a comment does not say: the words, and the names they are for.
const words = {
    'the owner': 'parent', 'a TTL, if there is to be one': 'options', 'what is written': 'value',
    'the fields to write': 'fields', 'the function': 'mutator slot provider accepts make',
    'the index of the item': 'itemIndex', 'the key of the item': 'key itemKey', 'a SID or unique name': 'id',
    'where to start, how much to read and which way': 'query', 'the row and column': 'index', 'the role': 'role',
    'the column or row': 'section', 'columns or rows': 'orientation', 'the column': 'column', 'the row': 'row',
    'the row of the source': 'sourceRow sourceIndex', 'seconds, 0 = never': 'ttl seconds', 'what has to live': 'context',
    'the name': 'name', 'the list': 'list', 'the map': 'map', 'the document': 'document', 'the new state': 'state',
    'what went wrong': 'error', 'the item': 'item', 'the text': 'message json text',
    'whether this client did it': 'isLocal', 'the value before': 'previousValue', 'the HTTP status': 'status',
    "Twilio's error code": 'code', 'whether nothing is tried again': 'terminal', 'the SID': 'sid',
    'the access token': 'token', 'certificates and protocols': 'configuration', 'the object': 'object objectSid',
    'names and values': 'members', 'why': 'reason', 'the other one': 'other', 'where to': 'debug', 'one': 'a left',
    'the other': 'b right', 'the gadget': 'gadget', 'its class': 'type', 'the order': 'order', 'the model': 'source',
    'the row here': 'proxyIndex', 'its parent': 'sourceParent', 'who it is for': 'identity',
    'seconds until it ends': 'ttlSeconds', 'its number': 'writeId', 'what is kept': 'record', 'its internals': 'priv',
    'the level': 'level', 'the index': 'indexName', 'what is wanted': 'expression', 'values by their keys': 'items',
    'the names': 'names', 'the roles': 'roles', 'the client': 'client', 'the address': 'url', 'the mode': 'mode'
}
const parameters = new Map(Object.entries(words).flatMap(([text, names]) => names.split(' ').map(name => [name, text])))

function parameterNames(text) {
    return text.split(/,(?![^<({]*[>)}])/).map(part => part.replace(/=.*$/s, '').match(/(\w+)\s*$/)?.[1]).filter(name => name && !/^(int|void|bool)$/.test(name))
}

function withParameters(doc, text) {
    const said = doc.join('\n')
    const missing = parameterNames(text).filter(name => !said.includes(`\\a ${name}`))
    return missing.length === 0 || doc.length === 0 ? doc : [...doc, '', ...missing.map(name => `\\a ${name}: ${parameters.get(name) ?? name}.`).join(' ').split('\n')]
}

// A doc comment that begins at lines[at]: its text, and where it ends.
function commentAt(lines, at) {
    if (/^\s*\/\/!(?!<)/.test(lines[at])) {
        const doc = []
        while (at < lines.length && /^\s*\/\/!/.test(lines[at]))
            doc.push(strip(lines[at++]))
        return { doc, next: at }
    }
    if (/^\s*\/\*!/.test(lines[at])) {
        const doc = []
        let line = lines[at].replace(/^\s*\/\*!\s?/, '')
        while (!line.includes('*/')) {
            doc.push(line.trim())
            line = lines[++at]
        }
        doc.push(line.replace('*/', '').trim())
        while (doc[0] === '') doc.shift()
        while (doc[doc.length - 1] === '') doc.pop()
        return { doc: doc.map(text => text.replace(/^\\brief /, '\\brief ')), next: at + 1 }
    }
    return null
}

function readBody(type, lines) {
    let access = type.isStruct ? 'public' : 'private'
    let doc = []
    let previous = null
    for (let at = 0; at < lines.length; ++at) {
        const comment = commentAt(lines, at)
        if (comment) {
            doc = comment.doc
            at = comment.next - 1
            continue
        }
        const line = lines[at].trim()
        if (line === '' || line.startsWith('//')) {
            if (line === '')
                doc = []
            continue
        }
        const label = line.match(/^(public|protected|private|Q_SIGNALS):$/)
        if (label) {
            access = label[1]
            doc = []
            continue
        }
        // One declaration, over as many lines as it takes
        let text = line
        let depth = 0
        const count = part => { for (const c of part) depth += '({'.includes(c) ? 1 : ')}'.includes(c) ? -1 : 0 }
        count(line)
        while (at + 1 < lines.length && (depth > 0 || !/[;}]$|^Q_\w+(\(.*\))?$|^TWILIOSYNC_\w+$|^using enum/s.test(text.replace(/\/\/.*$/, '').trim()))) {
            text += '\n' + lines[++at]
            count(lines[at])
        }
        declare(type, text, access, doc, entry => { previous = entry })
        doc = []
    }
}

function declare(type, text, access, doc, told) {
    const one = say(text.replace(/\/\/!<?.*$/gm, ''))
    const property = one.match(/^Q_PROPERTY\(\s*(.+?[\s*&])(\w+) (READ|MEMBER) (\w+)(.*)\)$/)
    if (property) {
        const [, kind, name, how, member, rest] = property
        type.properties.push({ name, kind: say(kind), how, member, setter: rest.match(/WRITE (\w+)/)?.[1], notify: rest.match(/NOTIFY (\w+)/)?.[1],
            isConstant: rest.includes('CONSTANT'), isWritable: how === 'MEMBER' ? !rest.includes('CONSTANT') : rest.includes('WRITE'), doc })
        return
    }
    if (/^(Q_|TWILIOSYNC_|friend |static_assert|using enum|template|requires|class |QT_)/.test(one) || access === 'private')
        return
    const enumeration = one.match(/^enum (?:class )?(\w+)[^{]*\{/)
    if (enumeration) {
        const values = [...text.slice(text.indexOf('{') + 1).matchAll(/\s*([A-Z]\w*)(?:\s*=[^,/}]*)?\s*(?:,|(?=\s*(?:\/\/|\})))\s*(?:\/\/!<?\s*(.*(?:\n\s*\/\/!<\s*.*)*))?/gm)]
        type.enums.push({ name: enumeration[1], doc,
            values: values.map(([, name, comment]) => [name, say((comment ?? '').replace(/\/\/!<?/g, ' ')) || '\\e {}']) })
        return
    }
    if (access === 'protected' && !/override|virtual/.test(one))
        return
    const alias = one.match(/^using (\w+) =/)
    if (alias) {
        type.aliases.push({ name: alias[1], doc })
        return
    }
    const fn = one.match(/^((?:\[\[nodiscard\]\] |explicit |virtual |static |Q_INVOKABLE |inline |constexpr )*)(.*?)(~?\w+|operator\s?\S+?)\((.*?)\)((?: const)?(?: noexcept)?)(?: override)?(?:\s*:.*)?(?:\s*=\s*\w+)?\s*(?:requires .*)?(?:;|\{.*)$/)
    if (fn && !one.startsWith('struct ')) {
        const [, marks, returned, name, parameters, suffix] = fn
        const entry = { name, returned: say(returned), parameters: parameters.replace(/\s*=\s*(\{\}|[^,]+)/g, ''), suffix: suffix.replace(' noexcept', ' noexcept'),
            isStatic: marks.includes('static'), isInvokable: marks.includes('Q_INVOKABLE'), isSignal: access === 'Q_SIGNALS', isOverride: / override/.test(one), access }
        entry.doc = doc.length ? withParameters(doc, entry.parameters) : null
        type.functions.push(entry)
        return
    }
    const variable = one.match(/^(?:static constexpr )?(?:[\w:<>, ]+?) (\w+)(?: = .*)?;$/)
    if (variable)
        type.variables.push({ name: variable[1], doc })
}

// What is said elsewhere of a member, of the class or of one that it stands on.
const saidOf = (type, name) => more[`${type.name}::${name}`] ? [more[`${type.name}::${name}`]] : []

// Properties are told by what their functions say; functions without a word of their own by what they are.
function complete(type) {
    for (const property of type.properties) {
        const functions = type.functions.filter(fn => [property.member, property.setter].includes(fn.name) && fn.access !== 'Q_SIGNALS')
        const members = type.variables.filter(variable => variable.name === property.member)
        const docs = [...functions, ...members].flatMap(entry => entry.doc && !entry.isGeneric ? [...entry.doc.filter(line => !/^\\a \w+: /.test(line)), ''] : [])
        property.doc = property.doc.length ? property.doc : docs.filter((line, at) => line !== '' || at > 0)
        property.doc = property.doc.map(line => line.replace(/\\a (\w+)/g, '\\c $1'))
        if (property.doc.length === 0)
            property.doc = saidOf(type, property.name)
        type.variables = type.variables.filter(variable => variable.name !== property.member)
        for (const fn of functions)
            fn.isOfProperty = functions.filter(other => other.name === fn.name).length === 1
        const isOnly = type.properties.filter(other => other.notify === property.notify).length === 1
        for (const fn of type.functions.filter(fn => isOnly && fn.name === property.notify && fn.isSignal && fn.parameters === ''))
            fn.isOfProperty = true
    }
    for (const entry of [...type.variables, ...type.aliases]) {
        if (entry.doc.length === 0)
            entry.doc = saidOf(type, entry.name)
    }
    for (const fn of type.functions) {
        if (fn.doc)
            continue
        const first = type.functions.find(other => other.name === fn.name && other.doc?.length)
        if (fn.name === type.name)
            fn.doc = withParameters([fn.parameters === '' ? `Makes one with nothing in it.` : 'Makes one.'], fn.parameters)
        else if (fn.name.startsWith('~'))
            fn.doc = ['Destroys it.']
        else if (fn.isOverride)
            fn.doc = ['\\reimp']
        else if (fn.name === 'operator=')
            fn.doc = withParameters(['Assigns.'], fn.parameters)
        else if (fn.name.startsWith('operator '))
            fn.doc = ['Converts it.']
        else if (fn.name.endsWith('Changed') && fn.isSignal)
            fn.doc = withParameters([`\\c ${fn.name.replace(/Changed$/, '')} is another.`], fn.parameters)
        else if (first)
            fn.doc = ['\\overload']
        else if (said(setterOf(fn.name)))
            fn.doc = [`What ${setterOf(fn.name)}() has set.`]
        else if (said(getterOf(fn.name)))
            fn.doc = withParameters([`Sets what ${getterOf(fn.name)}() tells.`], fn.parameters)
        else
            fn.doc = withParameters(saidOf(type, fn.name), fn.parameters) // of none qdoc warns
        fn.isGeneric = true
    }
    for (const fn of type.functions)
        fn.doc = withReturn(fn)

    function said(name) {
        return type.functions.some(other => other.name === name && other.doc && !other.isGeneric)
    }
}

const setterOf = name => `set${name[0].toUpperCase()}${name.slice(1)}`
const getterOf = name => name.startsWith('set') ? name[3].toLowerCase() + name.slice(4) : ''

// qdoc wants to be told of a bool what it is that is returned.
function withReturn(fn) {
    if (fn.returned !== 'bool' || fn.doc.length === 0 || /return|reimp|overload/i.test(fn.doc.join(' ')))
        return fn.doc
    const told = fn.doc[0].replace(/^(True|False|Whether|What)/, word => `Returns ${word.toLowerCase()}`)
    return told === fn.doc[0] ? [...fn.doc, '', 'Returns whether it did.'] : [told, ...fn.doc.slice(1)]
}

export function classesOf(path, header) {
    const lines = readFileSync(path, 'utf8').split('\n')
    const classes = []
    let doc = []
    let template = null
    for (let at = 0; at < lines.length; ++at) {
        const comment = commentAt(lines, at)
        if (comment) {
            doc = comment.doc
            at = comment.next - 1
            continue
        }
        const line = lines[at]
        if (line.startsWith('template <'))
            template = line
        const start = line.match(/^(class|struct) (?:TWILIOSYNC_\w+ )?(\w+)(?: final)?(?:\s*:\s*(.*))?$/)
        if (start && lines[at + 1] === '{') {
            const end = lines.findIndex((text, index) => index > at && text === '};')
            if (doc.length) {
                const type = { name: start[2], isStruct: start[1] === 'struct', bases: start[3] ?? '', header, doc, properties: [], enums: [],
                    functions: [], variables: [], aliases: [], lines: lines.slice(at + 2, end) }
                type.template = template
                readBody(type, type.lines)
                complete(type)
                classes.push(type)
            }
            at = end
        }
        if (start || line.trim() === '')
            template = null
        if (!line.startsWith('//') && !line.startsWith('template'))
            doc = []
    }
    return classes
}
