// Tests table.mjs on made-up catalogues and results.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const table = fileURLToPath(new URL('table.mjs', import.meta.url));

/** A tree with three cases and two defects; files are added to it or replaced. */
function run({ options = [], files = {} }) {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'behaviour-table-'));
    const tree = {
        'tests/behaviour-cases.md': '- **DOC-01** one\n- **DOC-02** two\ntext DOC-03\n- **CON-01** three\n',
        'src/protocol.md': '## 15. Before\n7. no\n## 16. Defects\nJS:\n1. **a**\n\n2. b\n   2. no\nKT:\n\n3. c\n',
        'results/empty.xml': '',
        ...files,
    };
    try {
        for (const [name, text] of Object.entries(tree)) {
            fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
            fs.writeFileSync(path.join(root, name), text);
        }
        const { status, stdout, stderr } = spawnSync(process.execPath,
            [table, ...options, '--root', root, path.join(root, 'results')], { encoding: 'utf8' });
        assert.equal(stderr, '');
        const lines = stdout.trimEnd().split('\n');
        return {
            status,
            last: lines.at(-1),
            problems: lines.filter(line => line.startsWith('problem: ')).map(line => line.slice(9)),
            line: number => lines.find(line => line.startsWith(`${number} `))?.replace(/\s+/g, ' '),
        };
    } finally {
        fs.rmSync(root, { recursive: true });
    }
}

/** A result file as Qt Test writes it. */
function suite(...tests) {
    return `<?xml version="1.0" encoding="UTF-8" ?>\n<testsuite name="x" tests="1">\n${tests.join('\n')}\n</testsuite>\n`;
}
const passed = name => `  <testcase name="${name}" classname="x" time="0.001"/>`;
const failed = name => `  <testcase name="${name}" classname="x" time="0.001">
    <failure type="fail" message="a &gt; b"/>
    <system-out><![CDATA[</testcase><skipped]]></system-out>
  </testcase>`;
const skipped = name => `  <testcase name="${name}" classname="x" time="0.001">
    <skipped message="no faults here"/>
  </testcase>`;

const tests = {
    'how the names of tests tell their numbers'() {
        const { status, line, last, problems } = run({
            options: ['--strict'],
            files: {
                'results/tst_a.xml': suite(passed('rows(DOC&#x002D;01, CON&#x002D;01 both (of them))'),
                    passed('rows(says DOC&#x002D;02 too late)'), passed('con02ish'), passed('initTestCase')),
                'results/tst_qml.xml': suite(passed('Case::test_doc02_doc01_works(x)')),
                'results/tst_defects.xml': suite(passed('defect01_defect02_all'), passed('rows(defect 2 again)')),
            },
        });
        assert.equal(status, 0);
        assert.deepEqual(problems, []);
        assert.equal(line('DOC-01'), 'DOC-01 tst_a::rows(DOC-01, CON-01 both (of them)), '
            + 'tst_qml::Case::test_doc02_doc01_works(x) passed');
        assert.equal(line('DOC-02'), 'DOC-02 tst_qml::Case::test_doc02_doc01_works(x) passed');
        assert.equal(line('CON-01'), 'CON-01 tst_a::rows(DOC-01, CON-01 both (of them)) passed');
        assert.equal(line('defect 1'), 'defect 1 tst_defects::defect01_defect02_all() passed');
        assert.equal(line('defect 2'),
            'defect 2 tst_defects::defect01_defect02_all(), tst_defects::rows(defect 2 again) passed');
        assert.equal(last, 'cases: 3 (3 passed, 0 failed, 0 skipped, 0 not applicable, 0 without a test); '
            + 'defects: 2 (2 passed, 0 failed, 0 skipped, 0 not applicable, 0 without a test)');
    },

    'one failure counts, one pass makes up for a skipped test'() {
        const { status, line, last } = run({
            files: {
                'results/tst_a.xml': suite(failed('doc01_a'), passed('doc01_b'), skipped('doc02_a'),
                    passed('doc02_b'), skipped('con01_a')),
            },
        });
        assert.equal(status, 0);
        assert.equal(line('DOC-01'), 'DOC-01 tst_a::doc01_a(), tst_a::doc01_b() failed');
        assert.equal(line('DOC-02'), 'DOC-02 tst_a::doc02_a(), tst_a::doc02_b() passed');
        assert.equal(line('CON-01'), 'CON-01 tst_a::con01_a() skipped');
        assert.match(last, /^cases: 3 \(1 passed, 1 failed, 1 skipped, 0 not applicable, 0 without a test\)/);
    },

    'a number needs a test or a reason, if strict'() {
        const files = {
            'results/tst_a.xml': suite(passed('doc01_a'), passed('defect1_a')),
            'tests/behaviour/inapplicable/a.txt': '# why\n\nDOC-02 a cache  on disk\ndefect 2 not to be seen\n',
        };
        const loose = run({ files });
        assert.equal(loose.status, 0);
        assert.equal(loose.line('DOC-02'), 'DOC-02 a cache on disk');
        assert.equal(loose.line('defect 2'), 'defect 2 not to be seen');
        assert.equal(loose.line('CON-01'), 'CON-01 - no test');
        assert.match(loose.last, /^cases: 3 \(1 passed, .* 1 not applicable, 1 without a test\); defects: 2 \(1 /);
        assert.equal(run({ options: ['--strict'], files }).status, 1);
        files['tests/behaviour/inapplicable/b.txt'] = 'CON-01 no such host\n';
        assert.equal(run({ options: ['--strict'], files }).status, 0);
    },

    'contradictions are problems'() {
        const { status, problems } = run({
            files: {
                'results/tst_a.xml': suite(passed('doc01_a'), passed('doc77_a'), passed('rows(defect 3 of KT)'), passed('defect4_a')),
                'tests/behaviour/inapplicable/a.txt': 'DOC-01 tested\nDOC-99 unknown\nDOC-02\nCON-01 a\nCON-01 b\n',
            },
        });
        assert.equal(status, 1);
        assert.deepEqual(problems, [
            'a.txt: DOC-02 has no reason',
            'a.txt: CON-01 is there twice',
            'tst_a::doc77_a(): there is no DOC-77',
            'tst_a::defect4_a(): there is no defect 4',
            'not applicable, and tested: DOC-01 by tst_a::doc01_a()',
            'not applicable, and unknown: DOC-99',
        ]);
    },
};

let failures = 0;
for (const [name, test] of Object.entries(tests)) {
    try {
        test();
        console.log(`PASS ${name}`);
    } catch (error) {
        ++failures;
        console.log(`FAIL ${name}\n${error.stack}`);
    }
}
process.exitCode = failures > 0 ? 1 : 0;
