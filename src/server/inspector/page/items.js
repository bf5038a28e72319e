// The items of a list or map, a page at a time, and the one that is edited.
import { page, resource, rest } from './api.js';
import { arrowKeys, busily, confirmed, el, empty, field, openDialog, options, problemText, time, toast } from './dom.js';
import { jsonEditor } from './editor.js';

const nameOf = (kind, item) => (kind === 'list' ? String(item.index) : item.key);

export async function showItems(host, { path, kind, refresh }) {
  const isList = kind === 'list';
  let shown = { entries: [], previous: null, next: null };
  let at = null;
  let reloading = null;
  let known = null;

  const from = el('input', { type: 'search', placeholder: isList ? 'From index' : 'From key', 'aria-label': isList ? 'Show items from this index on' : 'Show items from this key on', spellcheck: 'false' });
  const order = el('select', { 'aria-label': 'Order' }, options([['asc', 'Ascending'], ['desc', 'Descending']], 'asc'));
  const add = el('button', { type: 'button', class: 'primary', onclick: () => edit(null) }, 'Add item');
  const rows = el('tbody', {});
  const table = el('table', { class: 'items' },
    el('thead', {}, el('tr', {}, ...[isList ? 'Index' : 'Key', 'Value', 'By', 'Updated'].map((name) => el('th', { scope: 'col' }, name)))), rows);
  const none = empty('No items here', 'Add one, or wait for a client to.');
  const turn = (name, url) => el('button', { type: 'button', onclick: (event) => busily(event.target, () => load(url())) }, name);
  const before = turn('Previous', () => shown.previous);
  const behind = turn('Next', () => shown.next);
  const pages = el('div', { class: 'pages', role: 'group', 'aria-label': 'Pages' }, before, behind);
  host.append(el('div', { class: 'toolbar' }, from, order, add), el('div', { class: 'scroller' }, table), none, pages);
  arrowKeys(rows, 'button');

  function first() {
    const query = new URLSearchParams({ PageSize: 25, Order: order.value });
    if (from.value) query.set('From', from.value);
    return `${path}/Items?${query}`;
  }

  function row(item) {
    const name = nameOf(kind, item);
    const isNew = known && known.get(name) !== item.revision;
    return el('tr', { class: isNew ? 'flash' : undefined },
      el('th', { scope: 'row' }, el('button', { type: 'button', class: 'link', 'data-item': name, title: name, 'aria-label': `Edit item ${name}`, onclick: () => edit(item) }, name === '' ? '""' : name)),
      el('td', { class: 'value', onclick: () => edit(item) }, el('code', {}, item.data.length > 400 ? `${item.data.slice(0, 400)}…` : item.data)),
      el('td', {}, item.created_by), el('td', {}, time(item.date_updated)));
  }

  async function load(url) {
    const answer = page(await rest(url), 'items');
    const same = at === url;
    known = same ? new Map(shown.entries.map((item) => [nameOf(kind, item), item.revision])) : null;
    at = url;
    shown = answer;
    const focused = rows.contains(document.activeElement) ? document.activeElement.dataset.item : null;
    rows.replaceChildren(...shown.entries.map(row));
    if (focused) [...rows.querySelectorAll('button')].find((button) => button.dataset.item === focused)?.focus();
    table.hidden = shown.entries.length === 0;
    none.hidden = !table.hidden;
    before.disabled = !shown.previous;
    behind.disabled = !shown.next;
    pages.hidden = !shown.previous && !shown.next;
  }
  const restart = () => load(first()).catch((error) => toast(error.message, 'failed'));
  const reload = () => {
    reloading ??= setTimeout(async () => {
      reloading = null;
      await Promise.all([load(at), refresh()]).catch((error) => error.status !== 404 && toast(error.message, 'failed'));
    }, 150);
  };
  from.addEventListener('change', restart);
  from.addEventListener('search', restart);
  order.addEventListener('change', restart);

  function edit(item) {
    const isNew = item === null;
    const editor = jsonEditor(isNew ? '{}' : item.data, 'Value');
    const key = el('input', { required: true, spellcheck: 'false', autocomplete: 'off', maxlength: 320 });
    const ttl = el('input', { type: 'number', min: 0, max: 31536000, placeholder: isNew ? 'never' : 'as it is' });
    const problem = problemText();
    const save = el('button', { class: 'primary' }, isNew ? 'Add' : 'Save');
    const address = isNew ? null : `${path}/Items/${encodeURIComponent(nameOf(kind, item))}`;
    const remove = el('button', { type: 'button', class: 'danger', onclick: async () => {
      if (!(await confirmed(`Delete item ${nameOf(kind, item)}?`, 'Clients that follow it are told.', 'Delete'))) return;
      if (await busily(remove, () => rest(address, { method: 'DELETE' }))) {
        dialog.close();
        reload();
      }
    } }, 'Delete');
    const submit = (event) => {
      event.preventDefault();
      problem.textContent = '';
      if (!editor.check()) return;
      busily(save, async () => {
        const form = { Data: editor.text(), ItemTtl: ttl.value || undefined };
        if (isNew && !isList) form.Key = key.value;
        const saved = resource(await rest(address ?? `${path}/Items`, { form, revision: item?.revision }));
        dialog.close();
        toast(isNew ? `Added ${nameOf(kind, saved)}` : 'Saved');
        reload();
      }, (error) => {
        problem.textContent = error.status === 412 ? `Somebody else has changed it meanwhile: ${error.message}` : error.message;
      });
    };
    const facts = !isNew && el('p', { class: 'note' }, `Revision ${item.revision} · made by ${item.created_by} · `,
      ...(item.date_expires ? ['expires ', time(item.date_expires)] : ['updated ', time(item.date_updated)]));
    const dialog = openDialog(isNew ? 'New item' : `Item ${nameOf(kind, item)}`, el('form', { onsubmit: submit },
      facts, isNew && !isList && field('Key', key), editor.element, field('Expires after', ttl, 'seconds; 0 is never'),
      problem, el('div', { class: 'actions' }, !isNew && remove, save)));
    editor.onSubmit(() => save.click());
    if (isNew && !isList) key.focus();
    else editor.focus();
  }

  await load(first());
  return { onEvents: reload, leave: () => clearTimeout(reloading) };
}
