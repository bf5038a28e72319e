// Who is connected, and to what they are subscribed.
import { control, inspect } from './api.js';
import { badge, busily, bytes, el, empty } from './dom.js';

export async function showConnections(host, context) {
  const count = el('span', { class: 'note', role: 'status' });
  const list = el('ul', { class: 'cards', 'aria-label': 'Connections' });
  const more = el('p', { class: 'note' });
  const known = new Map();
  host.append(el('div', { class: 'title' }, el('h1', {}, 'Connections'), count), list, more);

  function card(number) {
    const name = el('strong', {});
    const facts = el('span', { class: 'note' });
    const summary = el('summary', {});
    const objects = el('ul', { class: 'subscriptions' });
    const subscriptions = el('details', {}, summary, objects);
    const buttons = context.hasControl() && el('div', { class: 'actions' },
      ...[['Cut', 'kick'], ['Token expires soon', 'token-about-to-expire'], ['Token has expired', 'token-expired']].map(([title, deed]) =>
        el('button', { type: 'button', class: 'small', 'aria-label': `${title}: connection ${number}`, onclick: (event) => busily(event.target, async () => {
          await control(deed, { conn: number });
          await update();
        }) }, title)));
    let before = '';
    return {
      element: el('li', { class: 'card' }, el('div', { class: 'title' }, name, facts), subscriptions, buttons),
      set(connection) {
        const text = JSON.stringify(connection);
        if (text === before) return;
        before = text;
        name.textContent = connection.identity ?? 'Not signed in yet';
        facts.textContent = [`#${number}`, connection.service && context.serviceName(connection.service),
          connection.buffered > 0 && `${bytes(connection.buffered)} wait for it`].filter(Boolean).join(' · ');
        const { subscriptions: all } = connection;
        summary.textContent = all === 1 ? '1 subscription' : `${all} subscriptions`;
        objects.replaceChildren(...connection.objects.map((object) => el('li', {}, badge(object.kind),
          el('a', { href: `#/objects/${object.service}/${object.kind}/${object.sid}` }, object.name ?? object.sid))));
        if (all > connection.objects.length) objects.append(el('li', { class: 'note' }, `and ${all - connection.objects.length} more`));
      },
    };
  }

  async function update() {
    const answer = JSON.parse(await inspect('connections'));
    const numbers = new Set(answer.connections.map((connection) => connection.number));
    for (const [number, { element }] of known) {
      if (numbers.has(number)) continue;
      element.remove();
      known.delete(number);
    }
    for (const connection of answer.connections) {
      if (!known.has(connection.number)) {
        known.set(connection.number, card(connection.number));
        list.append(known.get(connection.number).element);
      }
      known.get(connection.number).set(connection);
    }
    count.textContent = answer.count === 1 ? '1 client' : `${answer.count} clients`;
    more.replaceChildren(answer.next ? `The first ${answer.connections.length} are shown.` : '');
    if (answer.count === 0) more.replaceChildren(empty('Nobody is connected', 'Clients show here as they come, with their subscriptions.'));
  }
  await update();
  const timer = setInterval(() => update().catch(() => {}), 1500);
  return { leave: () => clearInterval(timer) };
}

