// usage: node sidebyside.mjs SERVER BENCH_SUBJECT SDK_FOLDER [--rounds N] [--share X] [--brief] [--only REGEX]
// [--json FILE] [--markdown FILE] [--svg FILE] [--baseline FILE] [--write FILE]: our library beside the official
// SDK, a naive QML application and bare WebSockets.
//
// One server for all. In each round each subject of a work does it once, in a process of its own, one after the
// other; a ratio is the median of those of the rounds. --brief has those that no baseline is about do it in the
// first round only. With --baseline it fails if a ratio to the ceiling is worse by more than a third than FILE
// says, which --write has written, in each round, and is so again when the work is measured once more.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFolder } from '../../interop/cleanup.mjs';
import { startServer, token } from '../../interop/server.mjs';
import { missingFrom, ratiosOf, worseThan } from './baseline.mjs';
import { svgOf } from './chart.mjs';
import { markdownOf } from './markdown.mjs';
import { rowsOf, tableOf } from './report.mjs';
import { burst, inTime, runner, startBare } from './subjects.mjs';
import { worksOf } from './works.mjs';

const text = { type: 'string' };
const { values, positionals } = parseArgs({
  options: {
    rounds: text, share: text, brief: { type: 'boolean' }, only: text,
    json: text, markdown: text, svg: text, baseline: text, write: text,
  },
  allowPositionals: true,
});
const [serverProgram, subjectProgram, sdkFolder] = positionals;
const rounds = Number(values.rounds ?? 5);
const only = new RegExp(values.only ?? '');
const baseline = values.baseline && JSON.parse(readFileSync(values.baseline, 'utf8'));
const pace = 4; // ms between two changes that are told of one by one

const server = await startServer(serverProgram);
const file = join(makeFolder('sync-bench-'), 'data.sqlite');
const servers = { memory: server, file: await startServer(serverProgram, ['--data', file]), bare: await startBare(subjectProgram) };
const run = runner(subjectProgram, sdkFolder);
const mint = (identity) => token(serverProgram, identity);
let lists = 0;

async function paced(body, count) {
  for (let i = 0; i < count; i += 1) {
    await server.control('publish-burst', { ...body, count: 1 });
    await new Promise((resolve) => { setTimeout(resolve, pace); });
  }
}

/** One subject at one work, once. */
async function once(work, name) {
  const { as = name, task = work.task, on = 'memory', count, options } = work.subjects[name];
  const at = servers[on];
  const common = { url: at.url, token: mint('subject'), count };
  if (work.documents) {
    const act = work.kick ? () => at.control('kick', { identity: 'subject' }).then(() => ({})) : undefined;
    return run(as, task, { ...common, prefix: `documents-${work.documents}-` }, { options, act });
  }
  const uniqueName = `bench-${(lists += 1)}`;
  const { bytes } = work;
  const { sid } = await inTime(at.control('seed', { kind: 'list', count: work.seed, bytes, uniqueName }));
  const pacedChanges = work.paced ? () => paced({ sid, bytes, kind: 'update' }, count) : undefined;
  const act = work.burst ? burst(at, sid, bytes, count) : pacedChanges;
  return run(as, task, { ...common, sid, bytes }, { options, act });
}

const made = new Set();

async function makeDocuments(count) {
  if (made.has(count)) return;
  made.add(count);
  await run('ceiling', 'make', { url: server.url, token: mint('maker'), count, prefix: `documents-${count}-` });
}

/** All subjects at \c work, in turn. */
async function measured(work) {
  if (work.documents) await makeDocuments(work.documents);
  const names = Object.keys(work.subjects);
  const runs = Object.fromEntries(names.map((name) => [name, []]));
  const isCompared = (name) => 'ceiling' in runs && (name === names[0] || name === 'ceiling');
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      if (round === 0 || !values.brief || isCompared(name)) runs[name].push(await once(work, name));
    }
  }
  const rows = rowsOf(work, runs);
  console.log(tableOf(rows));
  return rows;
}

const rows = [];
const worse = [];
for (const work of worksOf(Number(values.share ?? 1))) {
  if (!work.rows.some((row) => only.test(row.work))) continue;
  let found = await measured(work);
  const first = baseline ? worseThan(baseline, found) : [];
  if (first.length > 0) {
    console.log(`${first.join('\n')}: once more`);
    found = await measured(work);
    worse.push(...worseThan(baseline, found));
  }
  rows.push(...found);
}
for (const each of Object.values(servers)) await each.stop();

const counted = (met) => rows.filter((row) => row.met === met).length;
console.log(`${counted(true)} targets met, ${counted(false)} missed`);
const told = rows.map(({ best, ...row }) => row);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ rows: told }, null, 1)}\n`);
if (values.svg) writeFileSync(values.svg, svgOf(rows));
if (values.markdown) writeFileSync(values.markdown, markdownOf(rows, rounds));
if (values.write) writeFileSync(values.write, `${JSON.stringify(ratiosOf(rows), null, 1)}\n`);
if (baseline && !values.only) worse.push(...missingFrom(rows, baseline));
for (const line of worse) console.log(line);
if (worse.length > 0) process.exitCode = 1;
