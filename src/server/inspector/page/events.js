// What changes anywhere on the server, as it happens. The newest is on top.
import { badge, el, empty, time } from './dom.js';
import { pretty } from './json.js';

const most = 300;
// The newest first; also of the time before anybody looked.
let kept = [];

/** Notes events that have come, whatever is shown. */
export function remember(events, missed) {
  const newest = [...(missed > 0 ? [{ missed }] : []), ...events].slice(-most).reverse();
  kept = [...newest, ...kept].slice(0, most);
  return newest;
}

export function showEvents(host, context) {
  let isPaused = false;
  const filter = el('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter by anything in the events', spellcheck: 'false' });
  const pause = el('button', { type: 'button', 'aria-pressed': 'false', onclick: toggle }, 'Pause');
  const clear = el('button', { type: 'button', onclick: () => { kept = []; draw(); } }, 'Clear');
  const list = el('ol', { class: 'events', 'aria-label': 'Events, the newest first' });
  host.append(el('h1', {}, 'Events'), el('div', { class: 'toolbar' }, filter, pause, clear), list);
  filter.addEventListener('input', draw);

  function row(event) {
    if (event.missed) return el('li', { class: 'missed' }, `${event.missed} events came faster than they could be shown`);
    const href = event.type === 'removed' ? undefined : `#/objects/${event.service}/${event.kind}/${event.sid}`;
    const name = event.name ?? event.sid;
    const head = [time(event.time), badge(event.kind), el(href ? 'a' : 'span', { href, class: 'name' }, name),
      el('span', { class: 'type' }, `${event.type} `, event.item !== undefined && el('code', {}, event.item)),
      el('span', { class: 'note' }, `by ${event.by}${event.rest ? ' (REST)' : ''}`),
      el('span', { class: 'note right' }, context.serviceName(event.service))];
    if (event.data === undefined || event.data === '{}') return el('li', {}, el('div', { class: 'event' }, head));
    const value = el('details', {}, el('summary', {}, el('code', {}, event.data.slice(0, 200))));
    value.addEventListener('toggle', () => value.children.length < 2 && value.append(el('pre', {}, pretty(event.data))));
    return el('li', {}, el('div', { class: 'event' }, head), value);
  }
  const fits = (event) => {
    const text = filter.value.toLowerCase();
    return !text || event.missed || [event.name, event.sid, event.kind, event.type, event.item, event.by, event.data, context.serviceName(event.service)]
      .some((part) => part !== undefined && String(part).toLowerCase().includes(text));
  };
  function draw() {
    const rows = kept.filter(fits).map(row);
    list.replaceChildren(...(rows.length > 0 ? rows : [el('li', {}, filter.value && kept.length > 0
      ? empty('Nothing fits', 'No event that was seen has that in it.')
      : empty('Nothing has changed since you came', 'Whatever clients and backends change shows here at once, of all services.'))]));
  }
  function toggle() {
    isPaused = !isPaused;
    pause.textContent = isPaused ? 'Go on' : 'Pause';
    pause.setAttribute('aria-pressed', String(isPaused));
    if (!isPaused) draw();
  }
  draw();
  return {
    onEvents(events, missed, newest) {
      if (isPaused) return;
      if (list.querySelector('.empty')) list.replaceChildren();
      list.prepend(...newest.filter(fits).map(row));
      while (list.children.length > most) list.lastChild.remove();
      if (list.children.length === 0) draw();
    },
  };
}
