// Objects and what is in them, on the inspector's page.
import { Child } from '../demo/child.mjs';
import { token } from '../server.mjs';
import { fails, Failure, heard, same, subscribed } from '../suite.mjs';
import { addressOf, authorization, open, show } from './common.mjs';

/** The server's own words, past every library: numbers with all their digits. */
async function dataOf(server, path) {
  const answer = await fetch(`${server.base}/v1/Services/default/${path}`, { headers: { authorization } });
  return /"data":(\{.*?\}),"date_created"/.exec(await answer.text())?.[1];
}

export const cases = {
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
    await page.go(`${server.base}/#/${addressOf('list', sid)}`);
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
    await page.go(`${server.base}/#/${addressOf('document', doc.sid)}`);
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
    await page.go(`${server.base}/#/${addressOf('stream', stream.sid)}`);
    await page.until(`document.querySelector('.detail h2')?.textContent === 'cursors'`, 'stream');
    await stream.publishMessage({ x: 7 });
    await page.until(`document.querySelector('.messages')?.textContent.includes('{"x":7}')`, 'message');
  },

  async 'a QML ListView follows, too'({ page, server, executable, tasks }) {
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

  async 'permissions are given where the service heeds them'({ page, server, alice, executable }) {
    const { sid } = await alice.document('settings');
    await show(page, server, 'services');
    await page.tabTo('input[role=switch]');
    await page.press(' ');
    await page.until(`document.activeElement.checked && !document.activeElement.ariaBusy`, 'on');
    const bob = await open(server.url, token(executable, 'bob'));
    try {
      await fails(bob.document(sid), 403, 54007);
      await page.go(`${server.base}/#/${addressOf('document', sid)}`);
      await page.until(`document.querySelector('.permissions summary')`, 'permissions');
      await page.tabTo('.permissions summary');
      await page.press('Enter');
      await page.until(`document.querySelector('.permissions').innerText.includes('Nobody has been given any')`, 'none yet');
      await page.tabTo('.permissions form input');
      await page.type('bob');
      await page.press('Enter');
      await page.until(`document.querySelector('.permissions tbody').innerText.includes('bob')`, 'given');
      const doc = await bob.document(sid);
      await fails(doc.set({ by: 'bob' }), 403, 54007);
      await page.tabTo('[aria-label="bob: write"]', 'Shift+Tab');
      await page.press(' ');
      await page.until(`document.activeElement.checked && !document.activeElement.ariaBusy`, 'may write');
      await doc.set({ by: 'bob' });
      await page.until(`document.querySelector('.detail textarea').value.includes('bob')`, 'written');
    } finally {
      await bob.shutdown().catch(() => {});
      await show(page, server, 'services');
      await page.tabTo('input[role=switch]');
      await page.press(' ');
      await page.until(`!document.activeElement.checked && !document.activeElement.ariaBusy`, 'off');
    }
  },
};
