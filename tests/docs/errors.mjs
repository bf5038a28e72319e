// usage: node errors.mjs
// docs/errors.md has every text of an error that the library makes, and no other.
import { execFileSync } from 'node:child_process'
import { conclude, read, root } from './markdown.mjs'

// What is filled in when an error is made is an ellipsis in the table.
const plain = text => text.replace(/%\d/g, '…').replace(/\\"/g, '"').replace(/\|/g, '\\|').trim()
const literal = /(?:u"((?:[^"\\]|\\.)*)"_s|QStringLiteral\(\s*"((?:[^"\\]|\\.)*)"(?:\s*"((?:[^"\\]|\\.)*)")?)/

const made = new Map()
const files = execFileSync('git', ['ls-files', 'src/TwilioSync/*.cpp', 'src/TwilioSync/*.h'], { cwd: root, encoding: 'utf8' })
for (const file of files.trim().split('\n')) {
    const source = read(file).replace(/^\s*\/\/.*$/gm, '')
    for (const start of source.matchAll(/(?:SyncError(?: \w+)?|fileError)\((?!\))/g)) {
        const rest = source.slice(start.index + start[0].length).replace(/^\s+/, '')
        const match = rest.slice(0, rest.search(/;\s*\n/)).match(literal)
        if (match)
            made.set(plain((match[1] ?? '') + (match[2] ?? '') + (match[3] ?? '')), file)
    }
}

const listed = [...read('docs/errors.md').matchAll(/^\| `(.+?)` \|/gm)].map(match => match[1])
const problems = [
    ...[...made].filter(([text]) => !listed.includes(text)).map(([text, file]) => `docs/errors.md: missing: ${text} (${file})`),
    ...listed.filter(text => !made.has(text)).map(text => `docs/errors.md: nothing says: ${text}`)
]
conclude(`${made.size} texts of errors`, problems)
