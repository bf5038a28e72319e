// usage: node links.mjs [folder of HTML]
// Every link of the documents, and of the reference if there is a folder of it, leads to something that is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { conclude, documents, prose, read, root } from './markdown.mjs'

const anchorOf = heading => heading.trim().toLowerCase().replace(/[`*_]/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[^\p{L}\p{N}\- ]/gu, '').replace(/ /g, '-')
const anchors = file => [...prose(file).matchAll(/^#+ (.*)$/gm)].map(match => anchorOf(match[1]))

const problems = []
let count = 0
for (const file of documents()) {
    for (const [, target] of prose(file).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target))
            continue
        count++
        const [path, anchor] = target.split('#')
        const to = path === '' ? file : normalize(join(dirname(file), path))
        if (!existsSync(join(root, to)))
            problems.push(`${file}: ${target}: there is no such file`)
        else if (anchor && !anchors(to).includes(anchor))
            problems.push(`${file}: ${target}: there is no such heading`)
    }
}

const html = process.argv[2]
if (html) {
    const pages = new Map(readdirSync(html).filter(name => name.endsWith('.html'))
        .map(name => [name, readFileSync(join(html, name), 'utf8')]))
    for (const [name, text] of pages) {
        for (const [, target] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
            if (/^[a-z]+:/.test(target))
                continue
            count++
            const [path, anchor] = target.split('#')
            const page = path === '' ? text : pages.get(path)
            if (page === undefined && !existsSync(join(html, path)))
                problems.push(`${name}: ${target}: there is no such page`)
            else if (anchor && page && !page.includes(`id="${anchor}"`) && !page.includes(`name="${anchor}"`))
                problems.push(`${name}: ${target}: there is no such anchor`)
        }
    }
}
conclude(`${count} links`, problems)
