// usage: node official.mjs WORK options: the official SDK as a subject of the side-by-side benchmark; the same
// options and lines as bench_subject. The SDK is found from the current directory.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const text = { type: 'string' };
const { values, positionals } = parseArgs({
  options: { url: text, token: text, sid: text, count: text, bytes: text, prefix: text },
  allowPositionals: true,
});
const count = Number(values.count);
const item = { n: 1, pad: 'x'.repeat(Math.max(0, Number(values.bytes) - 16)) };

const wall = () => performance.timeOrigin + performance.now();
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function stopwatch() {
  const begun = wall();
  const before = process.cpuUsage();
  return (figures = {}) => {
    const { user, system } = process.cpuUsage(before);
    print({ ms: wall() - begun, work: (user + system) / 1000, ended: wall(), ...figures });
  };
}

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}

function when(emitter, event, condition) {
  return new Promise((resolve) => {
    const handler = (value) => {
      if (!condition(value)) return;
      emitter.off(event, handler);
      resolve();
    };
    emitter.on(event, handler);
  });
}

const established = (object) => when(object, '_subscriptionStateChanged', (state) => state === 'established');

async function connected() {
  const client = new SyncClient(values.token, { twilsock: { uri: values.url }, logLevel: 'silent' });
  if (client.connectionState !== 'connected')
    await when(client, 'connectionStateChanged', (state) => state === 'connected');
  return client;
}

async function readAll(list) {
  const items = [];
  let page = await list.getItems({ pageSize: 100 });
  items.push(...page.items);
  while (page.hasNextPage) {
    page = await page.nextPage();
    items.push(...page.items);
  }
  return items;
}

async function openList(client) {
  const list = await client.list(values.sid);
  await established(list);
  return list;
}

// Each item's event, until all have come.
function events(list, each) {
  return new Promise((resolve) => {
    let seen = 0;
    list.on('itemUpdated', (event) => {
      each?.(event.item);
      seen += 1;
      if (seen === count) resolve();
    });
  });
}

const works = {
  async ingest(client) {
    const list = await openList(client);
    await readAll(list);
    const all = events(list);
    const done = stopwatch();
    print({ ready: true });
    await all;
    done();
  },
  async latency(client) {
    const list = await openList(client);
    await readAll(list);
    const delays = [];
    const all = events(list, ({ data }) => delays.push(wall() - data.t));
    const done = stopwatch();
    print({ ready: true });
    await all;
    done(quantiles(delays));
  },
  async load(client) {
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    print({ ready: true });
    const done = stopwatch();
    const list = await client.list(values.sid);
    const items = await readAll(list);
    const { rss } = process.memoryUsage();
    done({ items: items.length, bytesAnItem: (rss - before) / items.length });
  },
  async pushes(client) {
    const list = await openList(client);
    print({ ready: true });
    const done = stopwatch();
    await Promise.all(Array.from({ length: count }, () => list.push(item)));
    done();
  },
  async push(client) {
    const list = await openList(client);
    print({ ready: true });
    const done = stopwatch();
    const delays = [];
    for (let i = 0; i < count; i += 1) {
      const before = wall();
      await list.push(item);
      delays.push(wall() - before);
    }
    done(quantiles(delays));
  },
  async open(client) {
    print({ ready: true });
    const done = stopwatch();
    const begun = wall();
    const all = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const document = await client.document({ id: `${values.prefix}${i}`, mode: 'open_existing' });
        return { isEstablished: established(document) };
      }),
    );
    const opened = wall() - begun;
    await Promise.all(all.map(({ isEstablished }) => isEstablished));
    done({ opened });
  },
};

await works[positionals[0]](await connected());
process.exit(0);
