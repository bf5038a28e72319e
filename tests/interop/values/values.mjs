// Values of any kind by the official SDK, an update of one field by ours: nothing else has changed.
// usage: values.mjs SERVER UPDATER [--count N] [--fields F] [--seed S]   in the folder that has node_modules
// With --fields, for long runs, each item holds so many of the values, and a few under names of any kind.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { end, start } from '../cleanup.mjs';
import { startServer, token } from '../server.mjs';
import { subscribed } from '../suite.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '10000' },
    fields: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});
const [serverPath, updaterPath] = positionals;
const count = Number(options.count);
const fields = Number(options.fields);
const seed = Number(options.seed ?? randomInt(2 ** 31));
const atOnce = 100;
const patience = 120_000; // a busy machine may take its time
const reportEach = 100_000;

let state = seed >>> 0;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}
const oneOf = (list) => list[below(list.length)];
const string = () => Array.from({ length: below(5) }, () => oneOf(
  ['a', 'é', '😀', '\ud83d', '\udc00', '\u0000', '"', '\\', '/', '\n', '{', '},', ':', '\u2028', '\u007f'],
)).join('');
const number = () => oneOf([0, 1, -17, 0.1, 1e21, 1e-7, 2 ** 53 - 1, -(2 ** 53), 5e-324, 1.7976931348623157e308]);
const object = (depth) => Object.fromEntries(Array.from({ length: below(5) }, () => [string(), any(depth - 1)]));
function any(depth) {
  const kind = below(depth > 0 ? 7 : 5);
  if (kind === 0) return oneOf([null, true, false]);
  if (kind === 1 || kind === 2) return number();
  if (kind === 5) return Array.from({ length: below(4) }, () => any(depth - 1));
  return kind === 6 ? object(depth) : string();
}
const item = () => (fields === 1 ? object(3)
  : { ...object(3), ...Object.fromEntries(Array.from({ length: fields }, (_, i) => [`f${i}`, any(3)])) });

async function run() {
  const server = await startServer(serverPath);
  const client = new SyncClient(token(serverPath, 'sdk'), { twilsock: { uri: server.url }, logLevel: 'silent' });
  const map = await client.map('values');
  await subscribed(map);
  const child = start(updaterPath, ['--url', server.url, '--token', token(serverPath, 'qt'), '--name', 'values'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'ready', 'our client has the map open');

  const waiting = new Map(); // by key: what the next change by somebody else is told to
  map.on('itemUpdated', ({ item, isLocal }) => {
    if (!isLocal) waiting.get(item.key)?.(item.data);
  });
  const touched = (key) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no update of ${key}`)), patience);
    waiting.set(key, (data) => {
      clearTimeout(timer);
      resolve(data);
    });
  });
  const once = async (key) => {
    const value = item();
    const update = touched(key);
    await map.set(key, value);
    assert.deepStrictEqual(await update, { ...value, touched: 1 });
  };
  const items = Math.ceil(count / fields);
  for (let done = 0; done < items; done += atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, items - done) }, (_, i) => once(`k${i}`)));
    const values = Math.min(done + atOnce, items) * fields;
    if (Math.floor(values / reportEach) > Math.floor((done * fields) / reportEach)) console.log(`# ${values} values`);
  }
  console.log(`ok - ${count} values have kept all but the field that was updated`);
  await end(child);
  await server.stop();
}

console.log(`${count} values, seed ${seed}`);
try {
  await run();
} catch (error) {
  console.log(`not ok - ${error.stack}`);
  process.exitCode = 1;
}
process.exit(); // the SDK's timers would keep it alive
