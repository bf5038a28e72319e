// What the official SDK must see on our server, the same in Node and in a browser.
// A case gets two connected clients of different identities in one service.

export class Failure extends Error {}

const show = (value) => JSON.stringify(value) ?? String(value);

export function same(actual, expected, what) {
  if (show(actual) !== show(expected)) throw new Failure(`${what}: got ${show(actual)}, want ${show(expected)}`);
}

export async function fails(promise, status, code) {
  let error;
  try {
    await promise;
  } catch (e) {
    error = e;
  }
  if (!error) throw new Failure(`should have failed with ${status} / ${code}`);
  same([error.status, error.code], [status, code], `status and code of "${error.message}"`);
}

// Resolves when `emitter` has emitted `event` with arguments that fit.
export function heard(emitter, event, fits = () => true) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failure(`no fitting '${event}' in time`)), 8000);
    emitter.on(event, (value) => {
      if (!fits(value)) return;
      clearTimeout(timer);
      resolve(value);
    });
  });
}

export async function connected(client) {
  if (client.connectionState !== 'connected') await heard(client, 'connectionStateChanged', (s) => s === 'connected');
  return client;
}

// The SDK shows it to tests only; before 1.0 the objects of applications were their own implementation.
export const subscribed = (object) => {
  const impl = Object.entries(object).find(([key]) => key.endsWith('Impl'))?.[1] ?? object;
  if (impl.subscriptionState === 'established') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failure('not subscribed in time')), 8000);
    const look = setInterval(() => {
      if (impl.subscriptionState !== 'established') return;
      clearInterval(look);
      clearTimeout(timer);
      resolve();
    }, 5);
  });
};

let serial = 0;
const name = (kind) => `${kind} ${Date.now().toString(36)}/${++serial} ü&?#%`;

export async function everything(paginator) {
  const items = [...paginator.items];
  while (paginator.hasNextPage) {
    paginator = await paginator.nextPage();
    items.push(...paginator.items);
  }
  return items;
}

export const cases = {
  async 'document: written by one, seen by the other'({ alice, bob }) {
    const id = name('doc');
    const mine = await alice.document({ id, data: { a: 1 } });
    const theirs = await bob.document({ id, mode: 'open_existing' });
    same(theirs.data, { a: 1 }, 'initial data');
    await subscribed(theirs);
    const updated = heard(theirs, 'updated');
    await mine.set({ text: 'zażółć 🎉 \u0000', deep: [{ x: null }, 1.5, true] });
    const event = await updated;
    same([event.isLocal, event.data], [false, { text: 'zażółć 🎉 \u0000', deep: [{ x: null }, 1.5, true] }], 'event');
    same(event.previousData, { a: 1 }, 'previous data');
    await mine.update({ a: 2 });
    await mine.mutate((data) => ({ ...data, b: data.a + 1, deep: undefined }));
    same((await bob.document(id)).sid, mine.sid, 'sid');
    const removed = heard(theirs, 'removed');
    await mine.removeDocument();
    same((await removed).isLocal, false, 'removed');
    await fails(bob.document({ id, mode: 'open_existing' }), 404, 54300);
  },

  async 'document: mutations of two clients at once all count'({ alice, bob }) {
    const id = name('doc');
    const both = [await alice.document({ id, data: { n: 0 } }), await bob.document(id)];
    await Promise.all(both.map(subscribed));
    const eight = both.map((doc) => heard(doc, 'updated', (e) => e.data.n === 8));
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((i) => both[i % 2].mutate((data) => ({ n: data.n + 1 }))));
    await Promise.all(eight);
    await both[0].mutate((data) => (data.n === 8 ? { n: 'eight' } : null));
    same(both[0].data, { n: 'eight' }, 'sum');
  },

  async 'list: push, set, update, mutate, remove'({ alice, bob }) {
    const id = name('list');
    const mine = await alice.list(id);
    const theirs = await bob.list(id);
    await subscribed(theirs);
    const added = heard(theirs, 'itemAdded');
    const item = await mine.push({ title: 'one' });
    same(item.index, 0, 'first index');
    same((await added).item.data, { title: 'one' }, 'added');
    const updated = heard(theirs, 'itemUpdated', (e) => e.item.data.done === true);
    await mine.set(0, { title: 'two' });
    await mine.update(0, { done: true });
    same((await updated).item.data, { title: 'two', done: true }, 'updated');
    await mine.mutate(0, (data) => ({ ...data, n: 7 }));
    same((await theirs.get(0)).index, 0, 'get');
    const removed = heard(theirs, 'itemRemoved');
    await mine.remove(0);
    same((await removed).index, 0, 'removed');
    same((await mine.push({})).index, 1, 'indices are not used again');
    await fails((await bob.list(id)).get(99), 404, 54151);
    const gone = heard(theirs, 'removed');
    await mine.removeList();
    await gone;
  },

  async 'list: 120 items, page by page, both ways'({ alice, bob }) {
    const id = name('list');
    const mine = await alice.list(id);
    for (let i = 0; i < 120; i += 20) await Promise.all(Array.from({ length: 20 }, (_, k) => mine.push({ n: i + k })));
    const theirs = await bob.list(id);
    const up = await everything(await theirs.getItems({ pageSize: 50 }));
    same(up.map((i) => i.index), Array.from({ length: 120 }, (_, i) => i), 'ascending');
    const down = await everything(await theirs.getItems({ pageSize: 33, order: 'desc' }));
    same(down.map((i) => i.index), Array.from({ length: 120 }, (_, i) => 119 - i), 'descending');
    const middle = await theirs.getItems({ from: 60, pageSize: 10 });
    same([middle.items[0].index, middle.hasPrevPage], [60, true], 'from the middle');
  },

  async 'map: keys of any kind, created and replaced'({ alice, bob }) {
    const id = name('map');
    const mine = await alice.map(id);
    const theirs = await bob.map(id);
    await subscribed(theirs);
    const keys = ['a/b', 'ä ö', 'x&y=z?', '"quoted"', '日本', 'A', 'a'];
    for (const key of keys) await mine.set(key, { key });
    const sorted = await everything(await theirs.getItems({ pageSize: 3 }));
    same(sorted.map((i) => i.key), [...keys].sort(), 'order');
    const updated = heard(theirs, 'itemUpdated', (e) => e.item.key === 'a/b');
    await mine.set('a/b', { v: 2 }, { ttl: 3600 });
    same((await updated).item.data, { v: 2 }, 'replaced');
    await mine.update('x&y=z?', { more: true });
    same((await theirs.get('x&y=z?')).key, 'x&y=z?', 'get');
    await mine.mutate('new one', (data) => ({ ...data, made: true }));
    same((await bob.map(id)).sid, mine.sid, 'sid');
    await Promise.all([0, 1, 2, 3, 4, 5].map((i) => [mine, theirs][i % 2].mutate('n', (d) => ({ n: (d.n ?? 0) + 1 }))));
    const removed = heard(theirs, 'itemRemoved', (e) => e.key === 'n');
    await mine.remove('n');
    await removed;
    await fails(mine.remove('never there'), 404, 54201);
    const gone = heard(theirs, 'removed');
    await mine.removeMap();
    await gone;
    await fails(bob.map({ id, mode: 'open_existing' }), 404, 54300);
  },

  async 'stream: messages in order'({ alice, bob }) {
    const id = name('stream');
    const mine = await alice.stream(id);
    const theirs = await bob.stream(id);
    await subscribed(theirs);
    const seen = [];
    const all = heard(theirs, 'messagePublished', (e) => seen.push(e.message.data.n) === 20);
    const sids = [];
    for (let n = 0; n < 20; ++n) sids.push((await mine.publishMessage({ n, text: 'ü' })).sid);
    await all;
    same(seen, Array.from({ length: 20 }, (_, n) => n), 'order');
    same(new Set(sids).size, 20, 'sids differ');
    await fails(mine.publishMessage({ pad: 'x'.repeat(5000) }), 413, 54006);
    const removed = heard(theirs, 'removed');
    await mine.removeStream();
    await removed;
  },

  async 'live query: items come, change and leave'({ alice, bob }) {
    const id = name('index');
    const map = await alice.map(id);
    await map.set('bob', { attributes: { worker_name: 'Bob' } });
    await map.set('ann', { attributes: { worker_name: 'Ann' } });
    const live = await bob.liveQuery(id, 'data.attributes.worker_name == "Bob"');
    same(live.getItems(), { bob: { attributes: { worker_name: 'Bob' } } }, 'first result');
    same((await bob.liveQuery(id, 'data.attributes.worker_name == "Bob"')).sid, live.sid, 'one query');
    let updated = heard(live, 'itemUpdated');
    await map.set('ann', { attributes: { worker_name: 'Bob' }, n: 1 });
    let item = await updated;
    same([item.key, item.value], ['ann', { attributes: { worker_name: 'Bob' }, n: 1 }], 'comes');
    updated = heard(live, 'itemUpdated');
    await map.update('ann', { n: 2 });
    item = await updated;
    same([item.key, item.value.n], ['ann', 2], 'changes');
    let removed = heard(live, 'itemRemoved');
    await map.set('bob', { attributes: { worker_name: 'Cy' } });
    same(await removed, { key: 'bob' }, 'leaves');
    removed = heard(live, 'itemRemoved');
    await map.remove('ann');
    same(await removed, { key: 'ann' }, 'is removed');
    same(live.getItems(), {}, 'last result');
    live.close();
    await fails(bob.liveQuery(id, 'data.a = 1'), 400, 54507);
    await fails(bob.liveQuery(id, `data.a IN [${Array(30).fill('"x"')}]`), 400, 54510);
    await fails(bob.liveQuery(name('none'), ''), 400, 54502);
  },

  async 'live query: over a lost connection'({ alice, bob, control }) {
    const id = name('index');
    const map = await alice.map(id);
    for (const key of ['a', 'b', 'c']) await map.set(key, { on: 'yes' });
    const live = await bob.liveQuery(id, 'data.on == "yes"');
    const events = [];
    live.on('itemUpdated', ({ key }) => events.push(`+${key}`));
    live.on('itemRemoved', ({ key }) => events.push(`-${key}`));
    const last = heard(live, 'itemUpdated', ({ key }) => key === 'd');
    await control('delay', { ms: 10_000, scope: 'event', identity: 'bob' });
    await map.set('b', { on: 'no' });
    await map.set('d', { on: 'yes' });
    await control('kick', { identity: 'bob' });
    await control('clear-faults');
    await last;
    same(events, ['-b', '+d'], 'the difference');
    same(live.getItems(), { a: { on: 'yes' }, c: { on: 'yes' }, d: { on: 'yes' } }, 'result');
  },

  async 'instant query: searches, and one that is followed'({ alice, bob }) {
    const id = name('index');
    const map = await alice.map(id);
    await map.set('a', { n: 1 });
    await map.set('b', { n: 2 });
    const query = await bob.instantQuery(id);
    await fails(query.subscribe(), 400, 54507);
    const result = heard(query, 'searchResult');
    await query.search('data.n NOT_IN ["1"]');
    same(await result, { b: { n: 2 } }, 'found');
    const live = await query.subscribe();
    const updated = heard(live, 'itemUpdated');
    await map.set('c', { n: 3 });
    same((await updated).key, 'c', 'followed');
    await query.search('');
    same(Object.keys(query.getItems()), ['a', 'b', 'c'], 'everything');
    await fails(query.search('('), 400, 54507);
  },

  async 'what is refused has its code'({ alice }) {
    await fails(alice.map({ id: name('none'), mode: 'open_existing' }), 404, 54300);
    const id = name('doc');
    await alice.document({ id, mode: 'create_new' });
    await fails(alice.document({ id, mode: 'create_new' }), 409, 54301);
    await fails(alice.document({ mode: 'create_new', data: { pad: 'x'.repeat(17000) } }), 413, 54006);
    await fails(alice.list({ id: 'x'.repeat(400), mode: 'create_new' }), 400, 54302);
    const list = await alice.list();
    await fails(list.setTtl(99999999), 400, 54011);
  },

  async 'ttl: an item goes by itself, with its event'({ alice, bob }) {
    const id = name('map');
    const mine = await alice.map(id);
    const theirs = await bob.map(id);
    await subscribed(theirs);
    const removed = heard(theirs, 'itemRemoved');
    const started = Date.now();
    await mine.set('short', { v: 1 }, { ttl: 1 });
    const event = await removed;
    same([event.key, event.previousItemData], ['short', { v: 1 }], 'removed');
    const took = Date.now() - started;
    if (took < 900 || took > 2500) throw new Failure(`gone after ${took} ms, want about 1000`);
  },

  async 'reconnect: what was missed is replayed once'({ alice, bob, control }) {
    const id = name('list');
    const mine = await alice.list(id);
    const theirs = await bob.list(id);
    await subscribed(theirs);
    const seen = [];
    const all = heard(theirs, 'itemAdded', (e) => seen.push(e.item.index) >= 6);
    await mine.push({ n: 0 });
    await control('delay', { ms: 50, scope: 'event', identity: 'bob' });
    await mine.push({ n: 1 });
    await control('kick', { identity: 'bob' });
    for (let n = 2; n < 6; ++n) await mine.push({ n });
    await control('clear-faults');
    await all;
    same(seen, [0, 1, 2, 3, 4, 5], 'events');
  },

  async 'token: renewed without a break; warned of its end'({ alice, control, tokens }) {
    const states = [];
    alice.on('connectionStateChanged', (state) => states.push(state));
    await alice.updateToken(tokens.alice2);
    const warned = heard(alice, 'tokenAboutToExpire');
    await control('token-about-to-expire', { identity: 'alice' });
    await warned;
    same([states, alice.connectionState], [[], 'connected'], 'states');
  },
};

/** Runs all cases; `report(name, error)` after each. `env`: {url, tokens, control}. Resolves to the number failed. */
export async function run(SyncClient, env, report) {
  const open = (token) =>
    connected(new SyncClient(token, {
      twilsock: { uri: env.url },
      logLevel: 'silent',
      retryPolicy: { min: 50, max: 500, randomness: 0 },
    }));
  let failed = 0;
  for (const [title, body] of Object.entries(cases)) {
    let alice;
    let bob;
    let error = null;
    let timer;
    try {
      alice = await open(env.tokens.alice);
      bob = await open(env.tokens.bob);
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Failure('not done in 20 s')), 20000);
      });
      await Promise.race([body({ ...env, alice, bob }), late]);
    } catch (e) {
      error = e;
      failed += 1;
    }
    clearTimeout(timer);
    await Promise.all([alice, bob].map((client) => client?.shutdown().catch(() => {})));
    report(title, error);
  }
  return failed;
}
