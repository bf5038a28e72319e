// What goes wrong on purpose, for tests of clients.
import { control } from './api.js';
import { busily, confirmed, el, empty, field, options, toast } from './dom.js';

// Until it is switched off.
const always = 1000000;

/** One that is in force as long as its switch is on. `body` takes the number beside the switch. */
const faults = [
  { title: 'Calls fail', hint: 'answered with a 503', name: 'fail', body: () => ({ count: always }) },
  { title: 'Calls are throttled', hint: 'answered with a 429; seconds to wait', number: [1, 0, 86400], name: 'throttle', body: (n) => ({ count: always, retryAfter: n }) },
  { title: 'Nobody gets in', hint: 'new connections are refused at their init', name: 'throttle', body: () => ({ scope: 'init', count: always }) },
  { title: 'Replies get lost', hint: 'what was asked for is done', name: 'drop-next-reply', body: () => ({ count: always }) },
  { title: 'Everything is slow', hint: 'milliseconds', number: [500, 1, 60000], name: 'delay', body: (n) => ({ ms: n }) },
  { title: 'Events come twice', hint: '', name: 'duplicate-events', body: () => ({ count: always }) },
  { title: 'Events overtake each other', hint: 'milliseconds one waits for the next', number: [50, 1, 60000], name: 'reorder', body: (n) => ({ count: always, windowMs: n }) },
  { title: 'Replays stop', hint: 'after so many events', number: [1, 0, 1000], name: 'interrupt-replay', body: (n) => ({ count: always, after: n }) },
];
const deeds = [
  ['Cut all connections', 'kick-all', 'kill-all', {}],
  ['Move all connections (308)', 'offload', 'restart', { mode: 'offload' }],
  ['Crash', 'crash', 'restart', { mode: 'crash' }],
  ['Be down for 10 s', 'down', 'restart', { mode: 'crash', downMs: 10000 }],
  ['Tokens expire soon', 'soon', 'token-about-to-expire', {}],
  ['Tokens have expired', 'expired', 'token-expired', {}],
  ['Ping all', 'ping', 'ping', {}],
  ['Send garbage', 'garbage', 'garbage', {}],
];
// The page that switched them may have been left meanwhile.
const inForce = new Map();

async function apply() {
  await control('clear-faults');
  for (const [fault, number] of inForce) await control(fault.name, fault.body(number));
}

export function showFaults(host, context) {
  host.append(el('h1', {}, 'Faults'));
  if (!context.hasControl()) {
    host.append(empty('Faults are off', 'Start the server with --enable-control, and open this page on its machine.'));
    return {};
  }
  function row(fault) {
    const number = fault.number && el('input', { type: 'number', 'aria-label': `${fault.title}: ${fault.hint}`,
      min: fault.number[1], max: fault.number[2], value: inForce.get(fault) ?? fault.number[0] });
    const toggle = el('input', { type: 'checkbox', role: 'switch', checked: inForce.has(fault) });
    const set = () => busily(toggle, async () => {
      if (toggle.checked && number && !number.reportValidity()) toggle.checked = false;
      if (toggle.checked) inForce.set(fault, number ? Number(number.value) : 0);
      else inForce.delete(fault);
      await apply();
    });
    toggle.addEventListener('change', set);
    number?.addEventListener('change', () => toggle.checked && set());
    return el('li', {}, el('label', { class: 'switch' }, toggle, el('span', {}, fault.title)), number, fault.hint && el('small', {}, fault.hint));
  }
  const switches = el('ul', { class: 'switches' }, faults.map(row));
  const clear = el('button', { type: 'button', onclick: () => busily(clear, async () => {
    inForce.clear();
    await apply();
    switches.replaceChildren(...faults.map(row));
    toast('No more faults');
  }) }, 'All off');
  const deed = ([title, id, name, body]) => {
    const button = el('button', { type: 'button', 'data-deed': id, onclick: () => busily(button, async () => {
      const { kicked, connections, pinged } = await control(name, body);
      const count = kicked ?? connections ?? pinged ?? 0;
      toast(`${title}: ${count === 1 ? '1 connection' : `${count} connections`}`);
    }) }, title);
    return button;
  };
  const kind = el('select', {}, options([['list', 'list'], ['map', 'map']], 'list'));
  const count = el('input', { type: 'number', min: 1, max: 100000, value: 1000, required: true });
  const fill = el('button', {}, 'Make it');
  const seed = (event) => {
    event.preventDefault();
    busily(fill, async () => {
      const { sid } = await control('seed', { kind: kind.value, count: Number(count.value), service: context.service });
      location.hash = `#/objects/${context.service}/${kind.value}/${sid}`;
    });
  };
  const reset = el('button', { type: 'button', class: 'danger', onclick: async () => {
    if (!(await confirmed('Reset the server?', 'Everything it holds is deleted, all connections are cut, all faults end.', 'Reset'))) return;
    await busily(reset, async () => {
      inForce.clear();
      await control('reset');
      await context.reloadServices();
      switches.replaceChildren(...faults.map(row));
      toast('Reset');
    });
  } }, 'Reset the server');
  host.append(
    el('section', { class: 'card' }, el('div', { class: 'title' }, el('h2', {}, 'In force while they are on'), clear),
      el('p', { class: 'note' }, 'A switch sets all faults anew: those that tests have set by /_control end.'), switches),
    el('section', { class: 'card' }, el('h2', {}, 'Now'), el('div', { class: 'buttons' }, deeds.map(deed))),
    el('form', { class: 'card', onsubmit: seed }, el('h2', {}, 'A collection full of items'),
      el('div', { class: 'inline' }, field('Kind', kind), field('Items', count), fill)),
    el('section', { class: 'card' }, el('h2', {}, 'Begin anew'), el('div', { class: 'buttons' }, reset)));
  return {};
}
