// What the checks of the documents have in common.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const root = new URL('../..', import.meta.url).pathname

// The project's documents, relative to its root.
export function documents() {
    return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
        .trim().split('\n').sort()
}

export const read = file => readFileSync(`${root}/${file}`, 'utf8')

// Each fenced block: { file, line (of its first line of code), language, name, text }.
export function blocks(file) {
    const found = []
    let open = null
    read(file).split('\n').forEach((line, number) => {
        const fence = line.match(/^( *)```(\S*) *(.*)$/)
        if (open && fence) {
            found.push({ ...open, text: open.lines.join('\n') + '\n' })
            open = null
        } else if (fence) {
            open = { file, line: number + 2, indent: fence[1].length, language: fence[2], name: fence[3], lines: [] }
        } else if (open) {
            open.lines.push(line.slice(open.indent))
        }
    })
    if (open)
        throw new Error(`${file}:${open.line}: a block that does not end`)
    return found
}

// The text without blocks of code.
export function prose(file) {
    return read(file).replace(/^( *)```[\s\S]*?^ *```/gm, '')
}

// Says what is wrong, and how the program ends.
export function conclude(what, problems) {
    problems.forEach(problem => console.error(problem))
    console.log(`${what}: ${problems.length === 0 ? 'all is well' : `${problems.length} to mend`}`)
    process.exitCode = problems.length === 0 ? 0 : 1
}
