// The other views of the inspector's page, how they look, and whom they let in.
import { createServer } from 'node:http';
import { secret, startServer, token } from '../server.mjs';
import { connected, Failure, heard, same, subscribed } from '../suite.mjs';
import { addressOf, authorization, open, says, show, text } from './common.mjs';

const views = ['objects', 'events', 'connections', 'services', 'tokens', 'faults', 'metrics'];
const wide = 'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)';

export const cases = {
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

  async 'connections are shown, and cut'({ page, server, executable }) {
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

  async 'everything that can be used has a name, in 360 pixels too'({ page, server, alice, pictures }) {
    const { sid } = await alice.map('prices');
    const list = await alice.list('orders');
    for (const view of [...views, addressOf('map', sid), addressOf('list', list.sid)]) {
      await page.look({ width: 1280, height: 800, dark: false });
      await show(page, server, view);
      same(await page.nameless(), [], `without a name in ${view}`);
      const file = view.replace(/objects\/IS1+\/(\w+)\/.*/, '$1');
      if (file === 'list') {
        const { items } = await list.getItems({ order: 'desc', limit: 1 });
        await list.push({ table: 5, open: true, dishes: ['cake'] });
        await page.until(says(`${items[0].index + 2} items`), 'counted');
      } else if (file === 'metrics') {
        await page.until(`document.querySelector('.spark polyline').getAttribute('points').split(' ').length > 2`, 'a line');
      }
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

  async 'whoever is not on this machine shows the secret'({ browser, server }) {
    const other = await browser.open(server.base);
    await other.send('Network.setExtraHTTPHeaders', { headers: { 'X-Forwarded-For': '10.0.0.1' } });
    await other.go(server.base);
    await other.until(`document.activeElement.type === 'password'`, 'asks');
    await other.type('not it');
    await other.press('Enter');
    await other.until(`document.querySelector('.problem').textContent !== ''`, 'refused');
    await other.type(secret); // the wrong one is selected
    await other.press('Enter');
    await other.until(`document.getElementById('live').textContent === 'Live' && document.querySelectorAll('.rows a').length > 3`, 'let in');
    await show(other, server, 'faults');
    await other.until(says('Faults are off'), 'no control from elsewhere');
  },

  async 'it goes on with a server that was started anew'({ page, server, begun, executable }) {
    await show(page, server, 'events');
    begun.complaints = page.witness.complaints.splice(0); // so far; while the server is away there will be some
    const port = new URL(server.base).port;
    await server.stop();
    await page.until(`document.getElementById('live').classList.contains('failed')`, 'away');
    begun.server = await startServer(executable, ['--port', port]);
    await page.until(`document.getElementById('live').textContent === 'Live'`, 'back');
    await fetch(`${server.base}/v1/Services/default/Documents`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ UniqueName: 'new', Data: '{"a":1}' }) });
    await fetch(`${server.base}/v1/Services/default/Documents/new`, { method: 'POST', headers: { authorization }, body: new URLSearchParams({ Data: '{"a":2}' }) });
    await page.until(says('new'), 'event after it');
  },
};
