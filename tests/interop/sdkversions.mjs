// usage: node sdkversions.mjs SERVER [server options]: every version of the official SDK that much code pins
// opens each kind of object, writes to it and hears of it at a second client.
import { createRequire } from 'node:module';
import { makeReport, startServer, tokens } from './server.mjs';
import { connected, everything, Failure, heard, same, subscribed } from './suite.mjs';

const load = createRequire(`${process.cwd()}/`);

// `value`: what the version calls the value of a document or an item; `message`: that of a message, if otherwise.
const versions = [
  { version: '0.8.6', module: 'twilio-sync-0-8-6', value: 'value' },
  { version: '0.12.4', module: 'twilio-sync-0-12-4', value: 'value' },
  { version: '1.0.0', module: 'twilio-sync-1-0-0', value: 'data', message: 'value' },
  { version: '2.0.1', module: 'twilio-sync-2-0-1', value: 'data' },
  { version: '3.0.6', module: 'twilio-sync-3-0-6', value: 'data' },
  { version: '3.1.0', module: 'twilio-sync-3-1-0', value: 'data' },
  { version: '3.4.0', module: 'twilio-sync-3-4-0', value: 'data' },
  { version: '4.0.1', module: 'twilio-sync', value: 'data' },
];

const text = 'zażółć 🎉';

const cases = {
  async document({ alice, bob, version, value }) {
    const id = `doc of ${version}`;
    const mine = await alice.document(id);
    const theirs = await bob.document(id);
    same(theirs.sid, mine.sid, 'sid');
    await subscribed(theirs);
    const updated = heard(theirs, 'updated');
    await mine.set({ text });
    const event = await updated;
    same([event.isLocal, event[value], theirs[value]], [false, { text }, { text }], 'updated');
    const merged = heard(theirs, 'updated');
    await mine.update({ n: 1 });
    same((await merged)[value], { text, n: 1 }, 'merged');
    const removed = heard(theirs, 'removed');
    await mine.removeDocument();
    same((await removed).isLocal, false, 'removed');
  },

  async list({ alice, bob, version, value }) {
    const id = `list of ${version}`;
    const mine = await alice.list(id);
    const theirs = await bob.list(id);
    await subscribed(theirs);
    const added = heard(theirs, 'itemAdded');
    const item = await mine.push({ text });
    same([item.index, (await added).item[value]], [0, { text }], 'added');
    const updated = heard(theirs, 'itemUpdated');
    await mine.set(0, { text: 'other' });
    const event = await updated;
    same([event.isLocal, event.item.index, event.item[value]], [false, 0, { text: 'other' }], 'updated');
    await Promise.all([1, 2, 3].map((n) => mine.push({ n })));
    const items = await everything(await theirs.getItems({ pageSize: 3 }));
    same(items.map((each) => each.index), [0, 1, 2, 3], 'pages');
    const removed = heard(theirs, 'itemRemoved');
    await mine.remove(0);
    same((await removed).index, 0, 'removed');
  },

  async map({ alice, bob, version, value }) {
    const id = `map of ${version}`;
    const mine = await alice.map(id);
    const theirs = await bob.map(id);
    await subscribed(theirs);
    const added = heard(theirs, 'itemAdded');
    await mine.set('a/b ü', { n: 1 });
    const first = await added;
    same([first.item.key, first.item[value]], ['a/b ü', { n: 1 }], 'added');
    const updated = heard(theirs, 'itemUpdated');
    await mine.update('a/b ü', { text });
    same((await updated).item[value], { n: 1, text }, 'updated');
    same((await theirs.get('a/b ü'))[value], { n: 1, text }, 'read');
    const removed = heard(theirs, 'itemRemoved');
    await mine.remove('a/b ü');
    same((await removed).key, 'a/b ü', 'removed');
  },

  async stream({ alice, bob, version, value, message = value }) {
    const id = `stream of ${version}`;
    const mine = await alice.stream(id);
    const theirs = await bob.stream(id);
    await subscribed(theirs);
    const published = heard(theirs, 'messagePublished');
    const sent = await mine.publishMessage({ text });
    const event = await published;
    same([event.message.sid, event.message[message]], [sent.sid, { text }], 'message');
  },

  async 'what was missed'({ alice, bob, version, control }) {
    const id = `replay of ${version}`;
    const mine = await alice.list(id);
    const theirs = await bob.list(id);
    await subscribed(theirs);
    const seen = [];
    const all = heard(theirs, 'itemAdded', (event) => seen.push(event.item.index) === 4);
    await mine.push({ n: 0 });
    await control('kick', { identity: 'bob' });
    for (let n = 1; n < 4; n += 1) await mine.push({ n });
    await all;
    same(seen, [0, 1, 2, 3], 'events');
  },
};

const [executable, ...options] = process.argv.slice(2);
const report = makeReport();
const server = await startServer(executable, options);
const identities = tokens(executable);
let failed = 0;
for (const row of versions) {
  const { SyncClient, Client } = load(row.module);
  same(load(`${row.module}/package.json`).version, row.version, `version of ${row.module}`);
  const open = (token) =>
    connected(new (SyncClient ?? Client)(token, {
      twilsock: { uri: server.url },
      logLevel: 'silent',
      retryPolicy: { min: 50, max: 500, randomness: 0 },
    }));
  const [alice, bob] = await Promise.all([open(identities.alice), open(identities.bob)]);
  for (const [title, body] of Object.entries(cases)) {
    let error = null;
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Failure('not done in 15 s')), 15000);
    });
    try {
      await Promise.race([body({ ...row, alice, bob, control: server.control }), late]);
    } catch (e) {
      error = e;
      failed += 1;
    }
    clearTimeout(timer);
    report(`${row.version}: ${title}`, error);
  }
  await Promise.all([alice, bob].map((client) => client.shutdown().catch(() => {})));
}
same(await server.stop(), 0, "the server's exit status");
process.exit(failed === 0 ? 0 : 1);
