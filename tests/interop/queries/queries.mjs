// Random live queries of the official SDK and of ours over one map, while it is written to and connections are lost:
// both must hold what a naive evaluator says, and what an instant query finds.
// usage: queries.mjs SERVER FOLLOWER [--queries N] [--writes W] [--seed S]   in the folder that has node_modules
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { end, start } from '../cleanup.mjs';
import { startServer, token } from '../server.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    queries: { type: 'string', default: '60' },
    writes: { type: 'string', default: '400' },
    seed: { type: 'string' },
  },
});
const [serverPath, followerPath] = positionals;
const seed = Number(options.seed ?? randomInt(2 ** 31));

let state = seed >>> 0;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}
const oneOf = (list) => list[below(list.length)];
const names = ['a', 'b', 'c'];
const words = ['', 'x', 'xy', 'ü', '1', '2', 'true', 'say "x"'];

function value(depth) {
  const kind = below(depth > 0 ? 8 : 6);
  if (kind === 0) return null;
  if (kind === 1) return below(2) === 0;
  if (kind === 2) return below(3);
  if (kind < 6) return oneOf(words);
  return kind === 6 ? Array.from({ length: below(4) }, () => value(depth - 1)) : object(depth - 1);
}
const object = (depth) => Object.fromEntries(names.filter(() => below(3) > 0).map((name) => [name, value(depth)]));

// { text, wants(key, data) }
function condition() {
  const path = Array.from({ length: 1 + below(2) }, () => oneOf(names));
  const field = below(6) === 0 ? 'key' : `data.${path.join('.')}`;
  const found = (key, data) => (field === 'key' ? key
    : path.reduce((at, name) => (at !== null && typeof at === 'object' && !Array.isArray(at) ? at[name] : undefined), data));
  const texts = (at) => (Array.isArray(at) ? at : [at])
    .filter((one) => ['string', 'number', 'boolean'].includes(typeof one)).map(String);
  const some = Array.from({ length: below(4) }, () => oneOf(words));
  const word = oneOf(words);
  const kind = below(4);
  const [positive, negative, wants] = [
    [`== ${JSON.stringify(word)}`, `!= ${JSON.stringify(word)}`, (at) => texts(at).includes(word)],
    [`IN ${JSON.stringify(some)}`, `NOT_IN ${JSON.stringify(some)}`, (at) => texts(at).some((t) => some.includes(t))],
    [`CONTAINS ${JSON.stringify(word)}`, `NOT_CONTAINS ${JSON.stringify(word)}`, (at) => texts(at).some((t) => t.includes(word))],
    ['== null', '!= null', (at) => at === null || at === undefined],
  ][kind];
  const isNegated = below(2) === 0;
  return { text: `${field} ${isNegated ? negative : positive}`, wants: (key, data) => wants(found(key, data)) !== isNegated };
}

function expression(depth) {
  const kind = depth === 0 ? 0 : below(3);
  if (kind === 0) return condition();
  const parts = Array.from({ length: 2 + below(2) }, () => expression(depth - 1));
  const text = parts.map((part) => `(${part.text})`).join(kind === 1 ? ' AND ' : ' || ');
  return { text, wants: (...item) => (kind === 1 ? parts.every((p) => p.wants(...item)) : parts.some((p) => p.wants(...item))) };
}

const sorted = (items) => Object.entries(items).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

async function run() {
  const server = await startServer(serverPath);
  const open = (identity) => new SyncClient(token(serverPath, identity), {
    twilsock: { uri: server.url }, logLevel: 'silent', retryPolicy: { min: 50, max: 200, randomness: 0 },
  });
  const [writer, reader] = [open('writer'), open('reader')];
  const map = await writer.map('workers');
  const truth = {};
  const write = async () => {
    const key = `k${below(30)}`;
    if (below(4) === 0 && key in truth) {
      delete truth[key];
      await map.remove(key);
    } else {
      truth[key] = object(2);
      await map.set(key, truth[key]);
    }
  };
  for (let i = 0; i < 40; ++i) await write();

  const child = start(followerPath, ['--url', server.url, '--token', token(serverPath, 'qt'), '--index', 'workers'],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const report = async () => {
    child.stdin.write('report\n');
    return JSON.parse((await lines.next()).value);
  };

  const followed = [];
  for (let i = 0; i < Number(options.queries); ++i) {
    const query = i === 0 ? { text: '', wants: () => true } : expression(2);
    const live = await reader.liveQuery('workers', query.text);
    const seen = live.getItems(); // and what its events say
    live.on('itemUpdated', (item) => { seen[item.key] = item.value; });
    live.on('itemRemoved', (item) => { delete seen[item.key]; });
    child.stdin.write(`${JSON.stringify([query.text])}\n`);
    followed.push({ ...query, live, seen });
  }

  const writes = Number(options.writes);
  for (let i = 1; i <= writes; ++i) {
    await write();
    if (i % Math.floor(writes / 4) === 0) {
      await server.control('kick', { identity: 'reader' });
      await server.control('kick', { identity: 'qt' });
    }
  }

  const expected = followed.map((query) => sorted(Object.fromEntries(
    Object.entries(truth).filter(([key, data]) => query.wants(key, data)),
  )));
  const held = async () => ({
    sdk: followed.map((query) => sorted(query.live.getItems())),
    'events of the SDK': followed.map((query) => sorted(query.seen)),
    ours: (await report()).map((query) => query.rows),
  });
  let now;
  let states = [];
  const areLive = () => states.every((query) => query.live && query.error === '');
  for (let i = 0; i < 200; ++i) {
    now = await held();
    states = await report();
    if (areLive() && Object.values(now).every((all) => JSON.stringify(all) === JSON.stringify(expected))) break;
    await wait(50);
  }
  followed.forEach((query, i) => {
    for (const [who, all] of Object.entries(now)) assert.deepEqual(all[i], expected[i], `${who}: ${query.text}`);
  });
  assert.ok(areLive(), 'ours are all live');

  const instant = await reader.instantQuery('workers');
  for (const [i, query] of followed.entries()) {
    let heard;
    instant.once('searchResult', (items) => { heard = items; });
    await instant.search(query.text);
    assert.deepEqual(sorted(instant.getItems()), expected[i], `instant query: ${query.text}`);
    assert.deepEqual(heard, instant.getItems());
  }
  const found = expected.reduce((sum, items) => sum + items.length, 0);
  assert.ok(found > 0, 'something is found');

  followed.forEach((query) => query.live.close());
  child.stdin.end();
  await child.closed;
  await Promise.all([writer, reader].map((client) => client.shutdown()));
  await server.stop();
  console.log(`${followed.length} queries, ${writes} writes, ${found} items found: all agree`);
}

console.log(`seed ${seed}`);
run().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
