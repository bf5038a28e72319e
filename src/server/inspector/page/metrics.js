// Figures of the server, once a second while they are looked at.
import { inspect } from './api.js';
import { bytes, el, svg } from './dom.js';

const seconds = 90;
const plain = (n) => Math.round(n).toLocaleString();

/** `rate`: what it grows by in a second, rather than how much it is. */
const figures = [
  ['Events', 'events', plain, true],
  ['Calls', 'requests', plain, true],
  ['Frames in', 'framesIn', plain, true],
  ['Frames out', 'framesOut', plain, true],
  ['Bytes in', 'bytesIn', bytes, true],
  ['Bytes out', 'bytesOut', bytes, true],
  ['Objects', 'objects', plain, false],
  ['Items', 'items', plain, false],
  ['Memory', 'rss', bytes, false],
];

// The newest is on the right. Rates begin at zero; of the others it shows how they move.
function line(values, isRate) {
  const low = isRate ? 0 : Math.min(...values) - 1;
  const high = Math.max(...values, low + 1) + (isRate ? 0 : 1);
  const x = (i) => (100 - ((values.length - 1 - i) * 100) / (seconds - 1)).toFixed(2);
  const points = values.map((value, i) => `${x(i)},${(28 - ((value - low) / (high - low)) * 26).toFixed(2)}`).join(' ');
  return svg('svg', { viewBox: '0 0 100 30', preserveAspectRatio: 'none', 'aria-hidden': 'true', class: 'spark' },
    svg('polygon', { points: `${x(0)},30 ${points} 100,30` }), svg('polyline', { points }));
}

export async function showMetrics(host) {
  const cards = el('ul', { class: 'figures', 'aria-label': 'Figures' });
  const totals = el('dl', { class: 'facts' });
  const statuses = el('dl', { class: 'facts' });
  host.append(el('h1', {}, 'Metrics'), cards,
    el('section', { class: 'card' }, el('h2', {}, 'Since the server started'), totals),
    el('section', { class: 'card' }, el('h2', {}, 'Calls of clients by the status of their answers'), statuses));
  const series = new Map(figures.map(([, name]) => [name, []]));
  let before = null;
  let beforeAt = 0;

  const facts = (pairs) => pairs.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value)));
  async function update() {
    const now = JSON.parse(await inspect('metrics'));
    const at = performance.now();
    cards.replaceChildren(...figures.map(([title, name, format, isRate]) => {
      const values = series.get(name);
      const value = !isRate ? now[name] : before ? Math.max(0, ((now[name] - before[name]) * 1000) / (at - beforeAt)) : 0;
      values.push(value);
      if (values.length > seconds) values.shift();
      return el('li', { class: 'card figure' }, el('span', { class: 'note' }, title), el('strong', {}, format(value), isRate ? el('small', {}, '/s') : null), line(values, isRate));
    }));
    before = now;
    beforeAt = at;
    totals.replaceChildren(...facts([['Connections', plain(now.connectionsTotal)], ['Sign-ins', plain(now.inits)], ['Events', plain(now.events)],
      ['Frames refused', plain(now.rejected)], ['Received', bytes(now.bytesIn)], ['Sent', bytes(now.bytesOut)]]));
    const byStatus = Object.entries(now.byStatus);
    statuses.replaceChildren(...(byStatus.length > 0 ? facts(byStatus.map(([status, count]) => [status, plain(count)])) : [el('p', { class: 'note' }, 'None yet')]));
  }
  await update();
  const timer = setInterval(() => update().catch(() => {}), 1000);
  return { leave: () => clearInterval(timer) };
}
