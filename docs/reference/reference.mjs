// usage: node reference.mjs FOLDER
// Writes what qdoc reads: the doc comments of the public headers as topics, for C++ and for QML. The headers are the only
// place where something is said; what is missing there is a warning of qdoc.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { classesOf } from './headers.mjs'
import { qmlTypes } from './qmltypes.mjs'

const root = new URL('../..', import.meta.url).pathname
const folder = process.argv[2]
const lists = readFileSync(join(root, 'src/TwilioSync/CMakeLists.txt'), 'utf8')
const headers = [...lists.match(/set\(public_headers([\s\S]*?)\)/)[1].matchAll(/\S+\.h/g)].map(match => `TwilioSync/${match[0]}`)
    .concat('server/localsyncserver.h')

const classes = headers.flatMap(header => classesOf(join(root, 'src', header), header))
const names = new Set(classes.map(type => type.name))

// Our own types, as they are called from outside the namespace.
export const qualified = text => text.replace(/(?<![\w:])([A-Z]\w+)(?![\w:]*::)/g,
    (word, name) => names.has(name) || name === 'ListQuery' || name === 'MapQuery' || name === 'Mutator' ? `Twilio::${word}` : word)

const comment = lines => `/*!\n${lines.map(line => line === '' ? '' : `    ${line}`).join('\n')}\n*/\n`

const membersOf = type => ['', '\\section1 Members', '', '\\list', ...type.functions.flatMap(fn =>
    [`\\li \\c {${fn.returned ? `${fn.returned} ` : ''}${fn.name}(${fn.parameters})${fn.suffix}}`, '', ...fn.doc]), '\\endlist']

function cppTopics(type) {
    const path = `Twilio::${type.name}`
    const topics = [comment([`\\${type.isStruct ? 'struct' : 'class'} ${path}`, '\\inmodule TwilioSync', `\\inheaderfile TwilioSync/${type.name}`,
        ...type.doc, ...(type.template ? membersOf(type) : [])])]
    // qdoc reads C++17, where a template with a concept is none
    if (type.template)
        return topics[0]
    for (const property of type.properties)
        topics.push(comment([`\\property ${path}::${property.name}`, ...property.doc]))
    for (const value of type.enums)
        topics.push(comment([`\\enum ${path}::${value.name}`, ...value.doc, ...value.values.map(([name, text]) => `\\value ${name} ${text}`)]))
    for (const variable of type.variables)
        topics.push(comment([`\\variable ${path}::${variable.name}`, ...variable.doc]))
    for (const alias of type.aliases)
        topics.push(comment([`\\typealias ${path}::${alias.name}`, ...alias.doc]))
    for (const fn of type.functions) {
        if (fn.isOfProperty)
            continue
        const returned = fn.returned === '' ? '' : `${qualified(fn.returned)} `
        topics.push(comment([`\\fn ${returned}${path}::${fn.name}(${qualified(fn.parameters)})${fn.suffix}`, ...fn.doc]))
    }
    return topics.join('\n')
}

mkdirSync(folder, { recursive: true })
for (const type of classes)
    writeFileSync(join(folder, `${type.name.toLowerCase()}.cpp`), `#include "${type.header}"\n\n${cppTopics(type)}`)
for (const type of qmlTypes(root, classes))
    writeFileSync(join(folder, `qml-${type.name.toLowerCase()}.qdoc`), type.topics.map(comment).join('\n'))
writeFileSync(join(folder, 'twiliosyncreference.h'), headers.map(header => `#include "${header}"\n`).join(''))
console.log(`${classes.length} classes`)
