// usage: node sidebyside.mjs SERVER BENCH_SUBJECT SDK_FOLDER [--rounds N] [--share X] [--only REGEX] [--json FILE]
// [--svg FILE] [--baseline FILE] [--write FILE]: our library beside the official SDK, a naive QML application and bare WebSockets.
//
// One server for all. In each round each subject of a work does it once, in a process of its own, one after the
// other; a ratio is the median of those of the rounds. With --baseline it fails if one to the ceiling, of the best
// round, is worse by more than a third than FILE says, which --write has written.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFolder } from '../../interop/cleanup.mjs';
import { startServer, token } from '../../interop/server.mjs';
import { bestRatios, rowsOf, svgOf, tableOf, worseThan } from './report.mjs';
import { burst, runner, startBare } from './subjects.mjs';
import { worksOf } from './works.mjs';

const text = { type: 'string' };
const { values, positionals } = parseArgs({
  options: { rounds: text, share: text, only: text, json: text, svg: text, baseline: text, write: text },
  allowPositionals: true,
});
const [serverProgram, subjectProgram, sdkFolder] = positionals;
const rounds = Number(values.rounds ?? 5);
const only = new RegExp(values.only ?? '');
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
    const act = work.kick && (() => at.control('kick', { identity: 'subject' }).then(() => ({})));
    return run(as, task, { ...common, prefix: `documents-${work.documents}-` }, { options, act });
  }
  const uniqueName = `bench-${(lists += 1)}`;
  const { bytes } = work;
  const { sid } = await at.control('seed', { kind: 'list', count: work.seed, bytes, uniqueName });
  const act = work.burst ? burst(at, sid, bytes, count) : work.paced && (() => paced({ sid, bytes, kind: 'update' }, count));
  return run(as, task, { ...common, sid, bytes }, { options, act });
}

async function makeDocuments(count) {
  await run('ceiling', 'make', { url: server.url, token: mint('maker'), count, prefix: `documents-${count}-` });
}

const rows = [];
const best = {};
const made = new Set();
for (const work of worksOf(Number(values.share ?? 1))) {
  if (!work.rows.some((row) => only.test(row.work))) continue;
  if (work.documents && !made.has(work.documents)) {
    made.add(work.documents);
    await makeDocuments(work.documents);
  }
  const runs = Object.fromEntries(Object.keys(work.subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of Object.keys(work.subjects)) runs[name].push(await once(work, name));
  }
  const some = rowsOf(work, runs);
  Object.assign(best, bestRatios(work, runs));
  console.log(tableOf(some));
  rows.push(...some);
}
for (const each of Object.values(servers)) await each.stop();
if (values.json) writeFileSync(values.json, `${JSON.stringify({ rows }, null, 1)}\n`);
if (values.svg) writeFileSync(values.svg, svgOf(rows));
const missed = rows.filter((row) => row.met === false);
console.log(`${rows.filter((row) => row.met).length} targets met, ${missed.length} missed`);
if (values.write) writeFileSync(values.write, `${JSON.stringify(best, null, 1)}\n`);
if (values.baseline) {
  const worse = worseThan(JSON.parse(readFileSync(values.baseline, 'utf8')), best);
  for (const line of worse) console.log(line);
  if (worse.length > 0) process.exitCode = 1;
}
