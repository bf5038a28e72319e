// usage: node guide.mjs GUIDE FOLDER PREFIX
// Does what docs/GUIDE.md tells somebody to do who has installed to PREFIX, in an empty FOLDER: writes the files it
// shows, types the commands it shows, and counts both. The application must push its item.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { blocks, conclude, prose, read } from '../docs/markdown.mjs'

const [guide, folder, prefix] = process.argv.slice(2)
const file = `docs/${guide}.md`
const numbers = ['no', 'one', 'two', 'three', 'four', 'five']
// What "ten minutes" is made of: more than this is another guide
const most = { lines: 22, files: 3, commands: 3 }
const patience = 30000

// The files come before anything is typed; what comes after is further reading.
const all = blocks(file)
const typed = all.findIndex(block => block.language === '' && block.name === '')
const shown = all.slice(0, typed)
const commands = all[typed].text.trim().split('\n')
const codeLines = text => text.split('\n').filter(line => line.trim() !== '').length

const problems = []
const expect = (holds, problem) => { if (!holds) problems.push(`${file}: ${problem}`) }

const steps = [...read(file).matchAll(/^\*\*(\d+)\.\*\*/gm)].map(match => Number(match[1]))
expect(steps.every((step, at) => step === at + 1), `its steps are ${steps.join(', ')}`)
const promised = prose(file).match(/(\w+) steps from an empty folder/)?.[1].toLowerCase()
expect(promised === numbers[steps.length], `it promises ${promised} steps and has ${steps.length}`)
expect(shown.every(block => block.name.includes('.')), 'a block before the commands says not which file it is')
expect(shown.length <= most.files, `${shown.length} files`)
expect(commands.length <= most.commands, `${commands.length} commands`)
expect(codeLines(shown[0].text) <= most.lines, `${shown[0].name} has ${codeLines(shown[0].text)} lines`)

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const block of shown)
    writeFileSync(join(folder, block.name), block.text)

// Whether \a command says that an item has been pushed; it is ended then, as a window stays open.
function pushes(command) {
    return new Promise(resolve => {
        const program = spawn(command, { cwd: folder })
        const limit = setTimeout(() => program.kill(), patience)
        let said = ''
        for (const output of [program.stdout, program.stderr]) {
            output.on('data', data => {
                said += data
                if (/pushed at index \d/.test(said))
                    program.kill()
            })
        }
        program.on('error', error => { said += error.message })
        program.on('close', () => {
            clearTimeout(limit)
            resolve(said)
        })
    })
}

const started = Date.now()
const application = commands.pop()
for (const command of commands) {
    try {
        execFileSync('sh', ['-c', command.replace('/where/it/is/installed', prefix)], { cwd: folder, stdio: 'pipe', encoding: 'utf8' })
    } catch (error) {
        console.error(error.stdout + error.stderr)
        expect(false, `'${command}' failed`)
        break
    }
}
if (problems.length === 0) {
    const said = await pushes(application)
    expect(/pushed at index \d/.test(said), `'${application}' pushed nothing:\n${said}`)
}
conclude(`${guide}: ${steps.length} steps, ${commands.length + 1} commands, `
    + `${shown.map(block => `${block.name} of ${codeLines(block.text)}`).join(', ')} lines, ${((Date.now() - started) / 1000).toFixed(0)} s of a machine`, problems)
