// node table.mjs [--strict] [--root DIR] RESULTS
// Prints which test shows which behaviour case (tests/behaviour-cases.md) and which defect of the official SDKs
// we do not have (src/protocol.md, section 16), from the JUnit files in RESULTS. What does not apply is listed
// in tests/behaviour/inapplicable/*.txt, one "NUMBER reason" a line.
//
// A test says what it shows by how its data row begins ("DOC-11 set reaches both", "CON-04, CON-14 closed",
// "defect 15 page size 1") or its function (doc11_x, test_doc11_doc12_x, defect15_x).
//
// Exit status 1: a contradiction in these inputs or, with --strict, a number without test and reason.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescapeXml(text) {
    return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
        hex ? String.fromCodePoint(parseInt(hex, 16))
            : decimal ? String.fromCodePoint(Number(decimal)) : entities[name] ?? whole);
}

/** The tests of one JUnit file as Qt Test writes it: { name, result }. */
function readResults(xml) {
    const text = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
    const tests = [];
    for (const [, attributes, inner] of text.matchAll(
        /<testcase\s((?:[^"'>]|"[^"]*"|'[^']*')*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
        const name = unescapeXml(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? '');
        const result = /<(failure|error)\b/.test(inner ?? '') ? 'failed'
            : /<skipped\b/.test(inner ?? '') ? 'skipped' : 'passed';
        tests.push({ name, result });
    }
    return tests;
}

/** Upper-case numbers such as DOC-11 and "defect 15" that the name of a test begins with. */
function numbersOf(name, prefixes) {
    const [, call, row = ''] = /^([^(]*)(?:\(([\s\S]*)\))?$/.exec(name) ?? [null, name];
    const word = `(?:${[...prefixes].join('|')})`;
    const numbers = [];
    const rowStart = new RegExp(`^(?:(${word})-(\\d+)|(defect) (\\d+))(?=$|[\\s,])[\\s,]*`);
    for (let rest = row, found; (found = rowStart.exec(rest)); rest = rest.slice(found[0].length))
        numbers.push(found[1] ? `${found[1]}-${found[2]}` : `defect ${Number(found[4])}`);
    const callStart = new RegExp(`^(?:(${word.toLowerCase()})(\\d+)|(defect)(\\d+))_`);
    // Quick tests are named Case::test_function.
    let rest = call.split('::').at(-1).replace(/^test_/, '');
    for (let found; (found = callStart.exec(rest)); rest = rest.slice(found[0].length))
        numbers.push(found[1] ? `${found[1].toUpperCase()}-${found[2]}` : `defect ${Number(found[4])}`);
    return new Set(numbers);
}

function filesIn(folder, extension) {
    if (!fs.existsSync(folder))
        return [];
    return fs.readdirSync(folder).filter(name => name.endsWith(extension)).sort()
        .map(name => path.join(folder, name));
}

/** Every number of both catalogues, in their order. */
function readCatalogue(root) {
    const cases = fs.readFileSync(path.join(root, 'tests/behaviour-cases.md'), 'utf8');
    const protocol = fs.readFileSync(path.join(root, 'src/protocol.md'), 'utf8');
    const section = protocol.split(/^## 16\..*$/m)[1] ?? '';
    const defectsIn = text => [...text.matchAll(/(?:^|: )(\d+)\. /gm)].map(([, number]) => `defect ${number}`);
    return {
        cases: [...cases.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(([, number]) => number),
        // The table is about the SDK whose interface is ours; tests may name the other one's defects as well.
        defects: defectsIn(section.split(/^KT:/m)[0]),
        allDefects: defectsIn(section),
    };
}

/** number -> reason. */
function readReasons(root, problems) {
    const reasons = new Map();
    for (const file of filesIn(path.join(root, 'tests/behaviour/inapplicable'), '.txt')) {
        for (const line of fs.readFileSync(file, 'utf8').split('\n').map(text => text.trim())) {
            if (!line || line.startsWith('#'))
                continue;
            const [, number, reason] = /^(defect \d+|\S+)\s*(.*)$/.exec(line);
            if (!reason)
                problems.push(`${path.basename(file)}: ${number} has no reason`);
            if (reasons.has(number))
                problems.push(`${path.basename(file)}: ${number} is there twice`);
            reasons.set(number, reason);
        }
    }
    return reasons;
}

/** number -> tests that show it: { title, result }. */
function readTests(folder, catalogue, problems) {
    const known = new Set([...catalogue.cases, ...catalogue.allDefects]);
    const prefixes = new Set(catalogue.cases.map(number => number.split('-')[0]));
    const tests = new Map();
    for (const file of filesIn(folder, '.xml')) {
        for (const { name, result } of readResults(fs.readFileSync(file, 'utf8'))) {
            const title = `${path.basename(file, '.xml')}::${name}${name.endsWith(')') ? '' : '()'}`;
            for (const number of numbersOf(name, prefixes)) {
                if (!known.has(number))
                    problems.push(`${title}: there is no ${number}`);
                tests.set(number, [...tests.get(number) ?? [], { title, result }]);
            }
        }
    }
    return tests;
}

/** One failure is a failure; skipped is only what no test has shown. */
function verdict(tests) {
    return ['failed', 'passed'].find(result => tests.some(test => test.result === result)) ?? 'skipped';
}

/** Prints one catalogue's lines; returns its counts as text and the numbers that have nothing. */
function printTable(heading, numbers, tests, reasons) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const inapplicable = numbers.filter(number => reasons.has(number) && !tests.has(number));
    const missing = numbers.filter(number => !reasons.has(number) && !tests.has(number));
    const width = Math.max(...numbers.map(number => number.length)) + 2;
    const line = (number, text, end = '') =>
        console.log(`${number.padEnd(width)}${end ? `${text.padEnd(80)}  ${end}` : text}`);

    console.log(heading);
    for (const number of numbers) {
        const shown = tests.get(number);
        if (shown) {
            const result = verdict(shown);
            ++count[result];
            line(number, shown.map(test => test.title).join(', '), result);
        } else if (!reasons.has(number)) {
            line(number, '-', 'no test');
        }
    }
    console.log(`\n${heading}: not applicable`);
    for (const number of inapplicable)
        line(number, reasons.get(number));
    console.log();
    const summary = `${numbers.length} (${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped, `
        + `${inapplicable.length} not applicable, ${missing.length} without a test)`;
    return { summary, missing };
}

function main(args) {
    let strict = false;
    let root = fileURLToPath(new URL('../..', import.meta.url));
    const rest = [];
    while (args.length > 0) {
        const arg = args.shift();
        if (arg === '--strict')
            strict = true;
        else if (arg === '--root')
            root = args.shift();
        else
            rest.push(arg);
    }
    if (rest.length !== 1 || rest[0].startsWith('-')) {
        console.error('usage: node table.mjs [--strict] [--root DIR] RESULTS');
        return 2;
    }
    const problems = [];
    const catalogue = readCatalogue(root);
    const reasons = readReasons(root, problems);
    const tests = readTests(rest[0], catalogue, problems);
    const known = new Set([...catalogue.cases, ...catalogue.allDefects]);
    for (const number of reasons.keys()) {
        if (!known.has(number))
            problems.push(`not applicable, and unknown: ${number}`);
        else if (tests.has(number))
            problems.push(`not applicable, and tested: ${number} by ${tests.get(number)[0].title}`);
    }
    const cases = printTable('Behaviour cases', catalogue.cases, tests, reasons);
    const defects = printTable('Defects of the official SDKs', catalogue.defects, tests, reasons);
    for (const problem of problems)
        console.log(`problem: ${problem}`);
    console.log(`cases: ${cases.summary}; defects: ${defects.summary}`);
    const incomplete = strict && cases.missing.length + defects.missing.length > 0;
    return problems.length > 0 || incomplete ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
