// The official SDK and our client write to the same objects at once; in the end both hold what the server holds.
// usage: mixed.mjs SERVER WRITER [--operations N] [--seed S]   in the folder that has node_modules
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { start } from '../cleanup.mjs';
import { startServer, token } from '../server.mjs';
import { everything } from '../suite.mjs';
import { SdkWriter } from './sdkwriter.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { operations: { type: 'string', default: '10000' }, seed: { type: 'string' } },
});
const [serverPath, writerPath] = positionals;
const operations = Number(values.operations);
const seed = Number(values.seed ?? randomInt(2 ** 31));
const atOnce = 8;
console.log(`${operations} operations, seed ${seed}`);

const server = await startServer(serverPath);
const connect = (identity) => new SyncClient(token(serverPath, identity), {
  twilsock: { uri: server.url },
  logLevel: 'silent',
});
const name = 'mixed';

/** What `client` gets when it pages through everything. */
async function read(client) {
  const [counter, notes, list, map] = await Promise.all([
    client.document(`${name}-counter`), client.document(`${name}-notes`), client.list(`${name}-list`), client.map(`${name}-map`),
  ]);
  return {
    counter: counter.data,
    notes: notes.data,
    list: (await everything(await list.getItems({ pageSize: 7 }))).map((item) => [item.index, item.data]),
    map: (await everything(await map.getItems({ pageSize: 7 }))).map((item) => [item.key, item.data]),
  };
}

/** The same for equal contents, whatever the order of keys. */
function canonical(value) {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, canonical(value[key])]));
}

const contents = ({ counter, notes, list, map }) => canonical({ counter, notes, list, map });
const sum = (state) => [state.counter, ...[...state.list, ...state.map].map(([, data]) => data)]
  .reduce((total, data) => total + (data.n ?? 0), 0);

async function run() {
  const sdk = new SdkWriter(connect('sdk'), name, seed);
  await sdk.open();
  // Late events leave both with values that are no longer true, so that many writes lose their race.
  await server.control('delay', { scope: 'event', ms: 10 });

  const child = start(writerPath, ['--url', server.url, '--token', token(serverPath, 'qt'), '--name', name,
    '--operations', Math.ceil(operations / 2), '--at-once', atOnce, '--seed', seed + 1].map(String),
  { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready', 'our writer has everything open');
  const began = performance.now();
  child.stdin.write('go\n');
  const ours = lines.next().then(({ value }) => {
    assert(value?.startsWith('report '), `our writer ended without a report: ${value}`);
    return JSON.parse(value.slice('report '.length));
  });
  // Whoever fails first ends the test.
  const [report] = await Promise.all([ours, sdk.run(Math.floor(operations / 2), atOnce)]);
  const seconds = (performance.now() - began) / 1000;
  assert.equal(await child.closed, 0, "our writer's exit status");

  const lostRaces = (await server.control('stats')).byStatus[412];
  const truth = contents(await read(connect('judge')));
  assert.deepEqual(report.failures, [], 'writes of our client that failed');
  assert.deepEqual(sdk.failures, [], 'writes of the SDK that failed');
  assert.deepEqual(contents(report), truth, 'our handles hold what the server holds');
  assert.deepEqual(contents(await sdk.report()), truth, "the SDK's objects hold what the server holds");
  assert.deepEqual(contents(await read(sdk.client)), truth, "the SDK's own pages agree");
  assert.equal(sum(truth), report.mutated + sdk.mutated, 'every successful mutate counts once');
  assert(report.mutated > 0.2 * operations / 2 && sdk.mutated > 0.2 * operations / 2, 'both have mutated');
  assert(lostRaces > 0, 'they got in each other\'s way');
  console.log(`ok - same contents after ${seconds.toFixed(1)} s: ${truth.list.length} list items, ${truth.map.length} map items`);
  console.log(`ok - counters add up to ${sum(truth)}: ${report.mutated} by our client, ${sdk.mutated} by the SDK`);
  console.log(`${lostRaces} writes lost a race and were made again`);
  console.log(`${report.missed} and ${sdk.missed} writes came to items that the other side had just removed`);
}

try {
  await run();
} catch (error) {
  console.log(`not ok - ${error.stack}`);
  process.exitCode = 1;
}
process.exit(); // the SDK's timers would keep it alive
