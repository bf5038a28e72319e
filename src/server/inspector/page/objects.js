// The objects of a service, and the one that is looked at.
import { collections, inspect, resource, rest } from './api.js';
import { arrowKeys, badge, busily, el, empty, field, into, openDialog, options, problemText, time, toast } from './dom.js';
import { jsonEditor } from './editor.js';
import { showDetail } from './detail.js';

const kinds = [['', 'All kinds'], ['document', 'Documents'], ['list', 'Lists'], ['map', 'Maps'], ['stream', 'Streams']];

export async function showObjects(host, context, parameters) {
  let rows = [];
  let next;
  let chosen = null;
  let detail = null;
  let reloading = null;
  let asked = 0;

  const filter = el('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter by name, SID or maker', spellcheck: 'false' });
  const kind = el('select', { 'aria-label': 'Kind' }, options(kinds, ''));
  const add = el('button', { type: 'button', class: 'primary', onclick: () => create(context, open) }, 'New');
  const list = el('ul', { class: 'rows', 'aria-label': 'Objects' });
  const more = el('button', { type: 'button', class: 'more', hidden: true, onclick: () => busily(more, () => load(next)) }, 'Show more');
  const side = el('div', { class: 'pane side' }, el('div', { class: 'toolbar' }, filter, kind, add), list, more);
  const pane = el('div', { class: 'pane detail' });
  host.append(el('h1', { class: 'offscreen' }, 'Objects'), side, pane);
  arrowKeys(list, 'a');

  const address = (row) => `#/objects/${context.service}/${row.kind}/${row.sid}`;
  const open = (row) => {
    location.hash = address(row);
  };

  function rowElement(row) {
    const count = row.items === undefined ? '' : `${row.items} ${row.items === 1 ? 'item' : 'items'}`;
    return el('li', {}, el('a', { href: address(row), 'aria-current': row.sid === chosen && 'true' },
      badge(row.kind),
      el('span', { class: 'name' }, row.name ?? el('code', {}, row.sid)),
      el('span', { class: 'note' }, [count, row.subscribers > 0 && `${row.subscribers} watching`].filter(Boolean).join(' · ')),
      el('span', { class: 'note right' }, time(row.updated ?? row.created))));
  }

  function draw() {
    const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const none = filter.value || kind.value
      ? empty('Nothing fits', 'No object has that in its name, SID or maker.')
      : empty('No objects yet', 'Clients and backends make them, or you do: New.');
    list.replaceChildren(...(rows.length > 0 ? rows.map(rowElement) : [el('li', {}, none)]));
    more.hidden = next === undefined;
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  async function load(before) {
    const mine = (asked += 1);
    const limit = before === undefined ? Math.min(200, Math.max(50, rows.length)) : 50;
    const answer = JSON.parse(await inspect('objects', { service: context.service, kind: kind.value, filter: filter.value, before, limit }));
    if (mine !== asked) return;
    rows = before === undefined ? answer.objects : [...rows, ...answer.objects];
    next = answer.next;
    draw();
  }
  // Not more often than somebody can read.
  const reload = () => {
    reloading ??= setTimeout(async () => {
      reloading = null;
      await load().catch((error) => toast(error.message, 'failed'));
    }, 250);
  };
  filter.addEventListener('input', reload);
  kind.addEventListener('change', reload);

  async function choose([, chosenKind, sid]) {
    detail?.leave?.();
    detail = null;
    chosen = sid ?? null;
    host.classList.toggle('chosen', chosen !== null);
    for (const link of list.querySelectorAll('a')) {
      if (chosen && link.getAttribute('href').endsWith(`/${chosen}`)) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    if (!chosen || !collections[chosenKind]) {
      pane.replaceChildren(empty('Choose an object', 'Its value or items show here, and change as they change. / goes to the filter, ↑ and ↓ go through the objects.'));
      return;
    }
    const inner = el('div', {});
    pane.replaceChildren(el('a', { class: 'back', href: `#/objects/${context.service}` }, '← All objects'), inner);
    try {
      detail = await showDetail(inner, { context, kind: chosenKind, sid, onGone: reload });
    } catch (error) {
      inner.replaceChildren(empty(error.status === 404 ? 'It is not there any more' : 'That did not work', error.message));
    }
  }

  let service = context.service;
  await load();
  await choose(parameters);
  return {
    go(now) {
      if (context.service !== service) {
        service = context.service;
        rows = [];
        reload();
      }
      choose(now);
      return true;
    },
    onEvents(events, missed) {
      const ours = events.filter((event) => event.service === context.service);
      if (ours.length > 0 || missed > 0) reload();
      const its = ours.filter((event) => event.sid === chosen);
      if (its.length > 0 || missed > 0) detail?.onEvents?.(its);
    },
    leave() {
      clearTimeout(reloading);
      detail?.leave?.();
    },
  };
}

function create(context, open) {
  const kind = el('select', {}, options(kinds.slice(1).map(([value]) => [value, value]), 'document'));
  const name = el('input', { maxlength: 320, spellcheck: 'false', autocomplete: 'off' });
  const ttl = el('input', { type: 'number', min: 0, max: 31536000, placeholder: 'never' });
  const editor = jsonEditor('{}', 'Value');
  const problem = problemText();
  const button = el('button', { class: 'primary' }, 'Create');
  kind.addEventListener('change', () => {
    editor.element.hidden = kind.value !== 'document';
  });
  const submit = (event) => {
    event.preventDefault();
    problem.textContent = '';
    if (kind.value === 'document' && !editor.check()) return;
    busily(button, async () => {
      const form = { UniqueName: name.value || undefined, Ttl: ttl.value || undefined,
        Data: kind.value === 'document' ? editor.text() : undefined };
      const made = resource(await rest(`Services/${context.service}/${collections[kind.value]}`, { form }));
      dialog.close();
      toast(`Created ${made.unique_name ?? made.sid}`);
      open({ kind: kind.value, sid: made.sid });
    }, into(problem));
  };
  const dialog = openDialog('New object', el('form', { onsubmit: submit },
    el('div', { class: 'columns' }, field('Kind', kind), field('Expires after', ttl, 'seconds')),
    field('Unique name', name, 'may be empty'), editor.element, problem, el('div', { class: 'actions' }, button)));
  editor.onSubmit(() => button.click());
  name.focus();
}

