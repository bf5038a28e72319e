// Who may read, write and manage an object, where its service heeds that.
import { page, rest } from './api.js';
import { busily, el, field, into, problemText } from './dom.js';

const rights = ['read', 'write', 'manage'];

export function showPermissions(host, { path, isHeeded }) {
  const rows = el('tbody', {});
  const none = el('p', { class: 'note' }, 'Nobody has been given any.');
  const more = el('p', { class: 'note' });
  const identity = el('input', { required: true, maxlength: 256, autocomplete: 'off', spellcheck: 'false' });
  const give = el('button', {}, 'Let read');
  const problem = problemText();
  const table = el('table', {}, el('thead', {}, el('tr', {}, ['Identity', 'Read', 'Write', 'Manage', ''].map((name) =>
    (name ? el('th', { scope: 'col' }, name) : el('td', {}))))), rows);
  const details = el('details', { class: 'permissions' }, el('summary', {}, 'Permissions'),
    !isHeeded && el('p', { class: 'note' }, 'The service does not heed them: ', el('a', { href: '#/services' }, 'Services'), ' says whether clients need permissions.'),
    none, el('div', { class: 'scroller' }, table), more,
    el('form', { class: 'inline', onsubmit: add }, field('Identity', identity), give), problem);
  host.append(details);
  details.addEventListener('toggle', () => details.open && load().catch(into(problem)));

  const set = (name, granted) => rest(`${path}/Permissions/${encodeURIComponent(name)}`,
    { form: { Read: granted.read, Write: granted.write, Manage: granted.manage } });

  function row(entry) {
    const boxes = rights.map((right) => {
      const box = el('input', { type: 'checkbox', checked: entry[right], 'aria-label': `${entry.identity}: ${right}`, onchange: () =>
        busily(box, () => set(entry.identity, Object.fromEntries(rights.map((each, i) => [each, boxes[i].checked]))), (error) => {
          into(problem)(error);
          box.checked = !box.checked;
        }) });
      return box;
    });
    const remove = el('button', { type: 'button', class: 'small', 'aria-label': `Remove the permission of ${entry.identity}`, onclick: () =>
      busily(remove, async () => {
        await rest(`${path}/Permissions/${encodeURIComponent(entry.identity)}`, { method: 'DELETE' });
        await load();
      }, into(problem)) }, 'Remove');
    return el('tr', {}, el('th', { scope: 'row' }, entry.identity), boxes.map((box) => el('td', {}, box)), el('td', {}, remove));
  }
  async function load() {
    const { entries, next } = page(await rest(`${path}/Permissions?PageSize=100`), 'permissions');
    rows.replaceChildren(...entries.map(row));
    none.hidden = entries.length > 0;
    table.hidden = entries.length === 0;
    more.textContent = next ? 'The first 100 are shown.' : '';
  }
  function add(event) {
    event.preventDefault();
    problem.textContent = '';
    busily(give, async () => {
      await set(identity.value, { read: true, write: false, manage: false });
      identity.value = '';
      await load();
    }, into(problem));
  }
}
