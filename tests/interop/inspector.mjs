// usage: node inspector.mjs SERVER CHROMIUM [TASKS]: the server's page in headless Chromium, used by keyboard alone,
// while the official SDK and a QML ListView (the demo TASKS) follow. Pictures go into the folder inspector-pictures.
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Browser } from './cdp.mjs';
import { Child } from './demo/child.mjs';
import { makeReport, secret, startServer, token } from './server.mjs';
import { connected, Failure, heard, same, subscribed } from './suite.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const [executable, chromium, tasks] = process.argv.slice(2);
const pictures = `${process.cwd()}/inspector-pictures`;
mkdirSync(pictures, { recursive: true });

const open = (url, jwt) => connected(new SyncClient(jwt, { twilsock: { uri: url }, logLevel: 'silent', retryPolicy: { min: 50, max: 500, randomness: 0 } }));
const text = (what) => JSON.stringify(what);
const says = (what) => `document.querySelector('main').innerText.includes(${text(what)})`;
const wide = 'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)';
const views = ['objects', 'events', 'connections', 'services', 'tokens', 'faults', 'metrics'];

/** The server's own words, past every library: numbers with all their digits. */
async function dataOf(server, path) {
  const authorization = `Basic ${Buffer.from(`AC${'0'.repeat(32)}:${secret}`).toString('base64')}`;
  const answer = await fetch(`${server.base}/v1/Services/default/${path}`, { headers: { authorization } });
  return /"data":(\{.*?\}),"date_created"/.exec(await answer.text())?.[1];
}

async function show(page, server, view) {
  await page.go(`${server.base}/#/${view}`);
  await page.until(`document.querySelector('nav [aria-current]')?.dataset.view === ${text(view.split('/')[0])} && document.querySelector('main .view')?.children.length > 0`, view);
}

const cases = {
  async 'it opens, says it is live, and lists what is there'({ page, server, alice }) {
    const map = await alice.map('prices');
    for (const [name, eur] of [['coffee', 3.2], ['juice', 4.1], ['tea', 2.5], ['<img src=x onerror=alert(1)>', 0]]) await map.set(name, { eur, currency: 'EUR' });
    const list = await alice.list('orders');
    for (let i = 0; i < 60; i += 1) await list.push({ table: i % 12, open: i % 3 > 0, dishes: ['soup', 'tea'] });
    await (await alice.document('settings')).set({ theme: 'dark', language: 'en', n: 1 });
    await alice.stream('cursors');
    await page.go(server.base);
    await page.until(`document.getElementById('live').textContent === 'Live'`, 'live');
    await page.until(`document.querySelectorAll('.rows a').length === 4`, 'objects');
    same(await page.evaluate(`document.getElementById('service').selectedOptions[0].textContent`), 'default', 'service');
  },

  async 'by keyboard alone an item is edited, and clients see it'({ page, server, alice }) {
    const map = await alice.map('prices');
    await subscribed(map);
    await page.press('/');
    await page.type('pric');
    await page.until(`document.querySelectorAll('.rows a').length === 1`, 'filtered');
    await page.tabTo('.rows a');
    await page.press('Enter');
    await page.until(`document.querySelectorAll('table.items tbody tr').length === 4`, 'items');
    await page.tabTo('table.items button');
    await page.press('ArrowDown');
    await page.tabTo('[data-item="tea"]', 'ArrowDown');
    await page.press('Enter');
    await page.until(`document.activeElement.matches('dialog textarea')`, 'editor');
    const updated = heard(map, 'itemUpdated', ({ item }) => item.key === 'tea');
    await page.press('Control+a');
    await page.type('{"eur": 12345678901234567890, "note": "zażółć"');
    await page.press('Control+Enter');
    await page.until(`document.querySelector('dialog .fault').textContent !== ''`, 'a fault is said');
    await page.type('}');
    await page.press('Control+Enter');
    same((await updated).item.data.note, 'zażółć', 'what the client sees');
    await page.until(`!document.querySelector('dialog')`, 'closed');
    same(await dataOf(server, 'Maps/prices/Items/tea'), '{"eur":12345678901234567890,"note":"zażółć"}', 'digits');
    await page.until(`document.activeElement.dataset?.item === 'tea'`, 'the focus is where it was');
  },

  async 'what a client changes shows at once, and nobody overwrites it unawares'({ page, alice }) {
    const map = await alice.map('prices');
    await map.set('coffee', { eur: 3.5 });
    await page.until(`[...document.querySelectorAll('td.value')].some((cell) => cell.textContent === '{"eur":3.5}')`, 'new value');
    await page.tabTo('[data-item="coffee"]', 'ArrowUp');
    await page.press('Enter');
    await page.until(`document.activeElement.matches('dialog textarea')`, 'editor');
    await map.set('coffee', { eur: 3.6 });
    await page.press('Control+a');
    await page.type('{"eur": 9}');
    await page.press('Control+Enter');
    await page.until(`document.querySelector('dialog .problem').textContent.includes('412')`, 'refused');
    same((await map.get('coffee')).data.eur, 3.6, 'value');
    await page.press('Escape');
    await page.until(`!document.querySelector('dialog')`, 'closed');
  },

  async 'items are added and removed'({ page, alice }) {
    const map = await alice.map('prices');
    await page.tabTo('.detail .toolbar button.primary', 'Shift+Tab');
    await page.press('Enter');
    await page.until(`document.activeElement.matches('dialog input')`, 'key');
    await page.type('water');
    const added = heard(map, 'itemAdded');
    await page.tabTo('dialog textarea');
    await page.press('Control+Enter');
    same((await added).item.key, 'water', 'added');
    await page.until(`document.querySelector('[data-item="water"]')`, 'shown');
    await page.tabTo('[data-item]');
    await page.tabTo('[data-item="water"]', 'ArrowDown');
    await page.press('Enter');
    await page.until(`document.activeElement.matches('dialog textarea')`, 'editor');
    await page.tabTo('dialog button.danger');
    await page.press('Enter');
    await page.until(`document.querySelectorAll('dialog').length === 2`, 'asks');
    const removed = heard(map, 'itemRemoved');
    await page.tabTo('dialog:last-of-type button.danger', 'Shift+Tab');
    await page.press('Enter');
    same((await removed).key, 'water', 'removed');
    await page.until(`!document.querySelector('dialog')`, 'closed');
  },

  async 'items come in pages'({ page, server, alice }) {
    const { sid } = await alice.list('orders');
    await page.go(`${server.base}/#/objects/IS${'1'.repeat(32)}/list/${sid}`);
    const first = `document.querySelector('table.items tbody button')?.textContent`;
    await page.until(`document.querySelectorAll('table.items tbody tr').length === 25 && ${first} === '0'`, 'first page');
    await page.tabTo('.pages button:last-child');
    await page.press('Enter');
    await page.until(`${first} === '25'`, 'second');
    await page.press('Enter');
    await page.until(`${first} === '50' && document.querySelectorAll('table.items tbody tr').length === 10`, 'last');
    same(await page.evaluate(`document.querySelector('.pages button:last-child').disabled`), true, 'no more');
    await page.tabTo('.detail .toolbar input', 'Shift+Tab');
    await page.type('42');
    await page.press('Enter');
    await page.until(`${first} === '42'`, 'from 42');
  },

  async 'documents and streams'({ page, server, alice }) {
    const doc = await alice.document('settings');
    await subscribed(doc);
    await page.go(`${server.base}/#/objects/IS${'1'.repeat(32)}/document/${doc.sid}`);
    await page.until(`document.querySelector('.detail textarea')?.value.includes('"theme": "dark"')`, 'value');
    await page.tabTo('.detail textarea');
    const updated = heard(doc, 'updated', ({ isLocal }) => !isLocal);
    await page.press('Control+a');
    await page.type('{"theme": "light"}');
    await page.press('Control+Enter');
    same((await updated).data, { theme: 'light' }, 'what the client sees');
    await doc.set({ theme: 'client' });
    await page.until(`document.querySelector('.detail textarea').value.includes('client')`, 'followed');
    const stream = await alice.stream('cursors');
    await subscribed(stream);
    await page.go(`${server.base}/#/objects/IS${'1'.repeat(32)}/stream/${stream.sid}`);
    await page.until(`document.querySelector('.detail h2')?.textContent === 'cursors'`, 'stream');
    await stream.publishMessage({ x: 7 });
    await page.until(`document.querySelector('.messages')?.textContent.includes('{"x":7}')`, 'message');
  },

  async 'a QML ListView follows, too'({ page, server }) {
    if (!tasks) throw new Failure('skip');
    const demo = new Child(tasks, ['--report', '--windows', '1', '--url', server.url, '--token', token(executable, 'demo')]);
    try {
      await demo.line(/^Ann: list established$/);
      await show(page, server, 'objects');
      await page.press('/');
      await page.type('tasks');
      await page.until(`[...document.querySelectorAll('.rows .name')].map((name) => name.textContent).join() === 'tasks'`, 'found');
      await page.tabTo('.rows a');
      await page.press('Enter');
      await page.until(`document.querySelector('.detail h2')?.textContent === 'tasks'`, 'opened');
      await page.tabTo('.detail .toolbar button.primary');
      await page.press('Enter');
      await page.until(`document.activeElement.matches('dialog textarea')`, 'editor');
      await page.press('Control+a');
      await page.type('{"title": "Milk", "done": false}');
      await page.press('Control+Enter');
      await demo.line(/^Ann: row 0 title=Milk done=false$/);
      await page.until(`document.querySelector('[data-item="0"]') && !document.querySelector('dialog')`, 'shown');
      await page.tabTo('[data-item="0"]');
      await page.press('Enter');
      await page.until(`document.activeElement.matches('dialog textarea')`, 'editor');
      await page.press('Control+a');
      await page.type('{"title": "Milk", "done": true}');
      await page.press('Control+Enter');
      await demo.line(/^Ann: row 0 title=Milk done=true$/);
      await page.until(`!document.querySelector('dialog')`, 'closed');
      const from = demo.mark;
      demo.say('add Bread');
      await demo.line(/title=Bread/, { from });
      await page.until(`document.querySelector('table.items').textContent.includes('Bread')`, 'what the window adds');
    } finally {
      await demo.end('SIGTERM');
    }
  },

  async 'events come as they happen'({ page, server, alice }) {
    await show(page, server, 'events');
    const map = await alice.map('prices');
    await map.set('tea', { eur: 2.7 });
    await page.until(`document.querySelector('.view.events li')?.innerText.includes('item updated tea')`, 'event');
    same(await page.evaluate(`document.querySelector('.view.events li').innerText.includes('by alice')`), true, 'whose');
    for (let i = 0; i < 20; i += 1) await map.set('n', { i });
    await page.until(`document.querySelectorAll('.view.events li').length > 20`, 'all');
    await page.press('/');
    await page.type('"i":19');
    await page.until(`document.querySelectorAll('.view.events li').length === 1`, 'filtered');
  },

  async 'connections are shown, and cut'({ page, server }) {
    const bob = await open(server.url, token(executable, 'bob'));
    await subscribed(await bob.map('prices'));
    await show(page, server, 'connections');
    await page.until(`${says('bob')} && ${says('alice')} && ${says('1 subscription')}`, 'connections');
    const lost = heard(bob, 'connectionStateChanged', (state) => state !== 'connected');
    const number = await page.evaluate(`[...document.querySelectorAll('.cards > li')].find((card) => card.innerText.includes('bob')).innerText.match(/#(\\d+)/)[1]`);
    await page.tabTo(`button[aria-label="Cut: connection ${number}"]`);
    await page.press('Enter');
    await lost;
    await bob.shutdown().catch(() => {});
  },

  async 'tokens let clients in'({ page, server }) {
    await show(page, server, 'tokens');
    await page.tabTo('form input');
    await page.press('Control+a');
    await page.type('carol');
    await page.press('Enter');
    const jwt = await page.until(`document.querySelector('.result textarea')?.value`, 'token');
    const carol = await open(server.url, jwt);
    await carol.shutdown().catch(() => {});
  },

  async 'services are made and removed'({ page, server }) {
    await show(page, server, 'services');
    await page.tabTo('form input');
    await page.type('Staging');
    await page.press('Enter');
    await page.until(`[...document.getElementById('service').options].some((option) => option.textContent === 'Staging')`, 'made');
    await page.tabTo('.cards button.danger', 'Shift+Tab');
    await page.press('Enter');
    await page.until(`document.querySelector('dialog')`, 'asks');
    await page.tabTo('dialog button.danger', 'Shift+Tab');
    await page.press('Enter');
    await page.until(`document.getElementById('service').options.length === 1`, 'removed');
  },

  async 'faults are switches'({ page, server, alice }) {
    await show(page, server, 'faults');
    await page.tabTo('.switches li:nth-child(5) input[role=switch]');
    await page.press(' ');
    await page.until(`document.activeElement.checked && !document.activeElement.ariaBusy`, 'on');
    const map = await alice.map('prices');
    let begin = Date.now();
    await map.set('slow', { n: 1 });
    if (Date.now() - begin < 450) throw new Failure('it is not slow');
    await page.press(' ');
    await page.until(`!document.activeElement.checked && !document.activeElement.ariaBusy`, 'off');
    begin = Date.now();
    await map.set('slow', { n: 2 });
    if (Date.now() - begin > 400) throw new Failure('it is still slow');
    const lost = heard(alice, 'connectionStateChanged', (state) => state !== 'connected');
    await page.tabTo('[data-deed="kick-all"]');
    await page.press('Enter');
    await lost;
    await connected(alice);
  },

  async 'everything that can be used has a name, in 360 pixels too'({ page, server, alice }) {
    const { sid } = await alice.map('prices');
    const list = await alice.list('orders');
    for (const view of [...views, `objects/IS${'1'.repeat(32)}/map/${sid}`, `objects/IS${'1'.repeat(32)}/list/${list.sid}`]) {
      await page.look({ width: 1280, height: 800, dark: false });
      await show(page, server, view);
      same(await page.nameless(), [], `without a name in ${view}`);
      const file = view.replace(/objects\/IS1+\/(\w+)\/.*/, '$1');
      if (file === 'list') await list.push({ table: 5, open: true, dishes: ['cake'] });
      await new Promise((resolve) => setTimeout(resolve, view === 'metrics' ? 3000 : 400)); // for a picture worth looking at
      await page.shoot(`${pictures}/${file}-light.png`);
      await page.look({ width: 1280, height: 800, dark: true });
      await page.shoot(`${pictures}/${file}-dark.png`);
      await page.look({ width: 360, height: 720, dark: false });
      await page.until('innerWidth === 360');
      same(await page.evaluate(wide), 0, `pixels beyond the window in ${view}`);
      await page.shoot(`${pictures}/${file}-360.png`);
    }
    await page.evaluate(`document.querySelector('table.items tbody button').click()`);
    await page.until(`document.querySelector('dialog')`, 'dialog');
    same(await page.nameless(), [], 'without a name in the dialog');
    same(await page.evaluate(wide), 0, 'pixels beyond the window with a dialog');
    await page.shoot(`${pictures}/dialog-360.png`);
    await page.look({ width: 1280, height: 800, dark: true });
    await page.shoot(`${pictures}/dialog-dark.png`);
    await page.press('Escape');
  },

  async 'pages of other origins get nothing'({ browser, server }) {
    const pages = createServer((request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>other</title>'));
    await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));
    try {
      const other = await browser.open(server.base);
      await other.go(`http://127.0.0.1:${pages.address().port}/`);
      await other.until(`document.title === 'other'`);
      const outcome = (options, path = '/_inspect/session') => other.evaluate(
        `fetch(${text(server.base + path)}, ${text(options)}).then(async (r) => r.type + ' ' + r.status + ' ' + (await r.text()).length, () => 'refused')`);
      same(await outcome({ method: 'POST' }), 'refused', 'read with CORS');
      same(await outcome({ method: 'POST', mode: 'no-cors' }), 'opaque 0 0', 'without'); // answered with a 403, of which nothing can be seen
      same(await outcome({ headers: { 'X-Inspector-Key': 'x' } }, '/_inspect/metrics'), 'refused', 'with a key');
      const framed = await other.evaluate(`new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.src = ${text(server.base)};
        frame.onload = () => { let inside; try { inside = frame.contentDocument?.body.innerText; } catch {} resolve(inside ?? 'closed'); };
        document.body.append(frame);
      })`);
      same(framed, 'closed', 'in a frame');
    } finally {
      pages.closeAllConnections();
      pages.close();
    }
  },

  async 'it goes on with a server that was started anew'({ page, server, begun }) {
    await show(page, server, 'events');
    begun.complaints = page.witness.complaints.splice(0); // so far; while the server is away there will be some
    const port = new URL(server.base).port;
    await server.stop();
    await page.until(`document.getElementById('live').classList.contains('failed')`, 'away');
    begun.server = await startServer(executable, ['--port', port]);
    await page.until(`document.getElementById('live').textContent === 'Live'`, 'back');
    const authorization = `Basic ${Buffer.from(`AC${'0'.repeat(32)}:${secret}`).toString('base64')}`;
    await fetch(`${server.base}/v1/Services/default/Documents`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ UniqueName: 'new', Data: '{"a":1}' }) });
    await fetch(`${server.base}/v1/Services/default/Documents/new`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ Data: '{"a":2}' }) });
    await page.until(says('new'), 'event after it');
  },
};

const report = makeReport();
const begun = { server: await startServer(executable), complaints: [] };
const { server } = begun;
const browser = new Browser(chromium);
const page = await browser.open(server.base);
await page.send('Page.addScriptToEvaluateOnNewDocument', {
  source: `document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
});
await page.look({ width: 1280, height: 800, dark: false });
const alice = await open(server.url, token(executable, 'alice'));
let failed = 0;
for (const [title, body] of Object.entries(cases)) {
  let error = null;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure('not done in 40 s')), 40000);
  });
  try {
    await Promise.race([body({ page, server, alice, browser, begun }), late]);
  } catch (e) {
    error = e;
  }
  clearTimeout(timer);
  if (error?.message === 'skip') {
    console.log(`# skipped: ${title}`);
    continue;
  }
  if (error) {
    failed += 1;
    await page.shoot(`${pictures}/failed-${failed}.png`).catch(() => {});
  }
  report(title, error);
}
// A 412 is a test above, and the one error that a browser notes by itself.
const complaints = begun.complaints.filter((complaint) => !complaint.includes('status of 412'));
report('nothing was asked of anybody else, no policy was violated, nothing failed', complaints.length > 0 || page.witness.requests < 50
  ? `${page.witness.requests} requests; ${complaints.join('\n')}` : null);
if (complaints.length > 0) failed += 1;
await alice.shutdown().catch(() => {});
await browser.close();
await begun.server.stop();
process.exit(failed === 0 ? 0 : 1);

