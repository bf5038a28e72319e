// One object: what is known of it, and its value, items or messages.
import { pathOf, resource, rest } from './api.js';
import { badge, busily, confirmed, copyButton, el, empty, field, into, openDialog, problemText, time, toast } from './dom.js';
import { jsonEditor } from './editor.js';
import { showItems } from './items.js';
import { showPermissions } from './permissions.js';

export async function showDetail(host, { context, kind, sid, onGone }) {
  const path = pathOf(context.service, kind, sid);
  let object = resource(await rest(path));
  const facts = el('dl', { class: 'facts' });
  const problem = problemText();
  const body = el('div', {});
  const removeButton = el('button', { type: 'button', class: 'danger', onclick: remove }, 'Delete');
  host.replaceChildren(
    el('div', { class: 'title' }, badge(kind), el('h2', {}, object.unique_name ?? 'Without a name'), removeButton),
    el('p', { class: 'sid' }, el('code', {}, sid), copyButton(sid)), facts, body, problem);

  const fact = (name, ...value) => el('div', {}, el('dt', {}, name), el('dd', {}, ...value));
  function drawFacts() {
    facts.replaceChildren(...[
      object.revision && fact('Revision', object.revision),
      fact('Made by', object.created_by),
      fact('Created', time(object.date_created)),
      fact('Updated', time(object.date_updated)),
      fact('Expires', object.date_expires ? time(object.date_expires) : 'never', ' ',
        el('button', { type: 'button', class: 'small', 'aria-label': 'Change when it expires', onclick: expire }, 'Change')),
    ].filter(Boolean));
  }
  drawFacts();

  async function remove() {
    const name = object.unique_name ?? sid;
    if (!(await confirmed(`Delete ${name}?`, 'It goes with everything in it, and clients are told.', 'Delete'))) return;
    await busily(removeButton, async () => {
      await rest(path, { method: 'DELETE' });
      toast(`Deleted ${name}`);
      location.hash = `#/objects/${context.service}`;
    });
  }

  function expire() {
    const ttl = el('input', { type: 'number', min: 0, max: 31536000, required: true });
    const wrong = problemText();
    const set = el('button', { class: 'primary' }, 'Change');
    const submit = (event) => {
      event.preventDefault();
      busily(set, async () => {
        object = resource(await rest(path, { form: { Ttl: ttl.value } }));
        dialog.close();
        drawFacts();
      }, into(wrong));
    };
    const dialog = openDialog('When it expires', el('form', { onsubmit: submit },
      field('Expires after', ttl, 'seconds from now; 0 is never'), wrong, el('div', { class: 'actions' }, set)));
    ttl.focus();
  }

  async function refresh() {
    object = resource(await rest(path));
    drawFacts();
  }

  const makers = { document: showDocument, list: showItems, map: showItems, stream: showMessages };
  const inner = await makers[kind](body, {
    path, kind, problem, refresh,
    object: () => object,
    took(answer) {
      object = answer;
      drawFacts();
    },
  });
  if (kind !== 'stream') {
    const service = context.services.find((each) => each.sid === context.service);
    showPermissions(host, { path, isHeeded: service?.acl_enabled });
  }
  return {
    onEvents(events) {
      if (events.some((event) => event.type === 'removed')) {
        host.replaceChildren(empty('It is not there any more', `Removed by ${events.at(-1).by}.`));
        onGone();
        return;
      }
      inner.onEvents?.(events);
    },
    leave: () => inner.leave?.(),
  };
}

function showDocument(host, { path, object, took, problem }) {
  const editor = jsonEditor(object().data, 'Value');
  const save = el('button', { type: 'button', class: 'primary', onclick: () => write() }, 'Save');
  const theirs = el('button', { type: 'button', onclick: () => load(true) }, 'Load it');
  const changed = el('p', { class: 'notice', role: 'status', hidden: true });
  host.append(editor.element, changed, el('div', { class: 'actions' }, el('small', {}, 'Ctrl+Enter saves'), save));
  editor.onSubmit(() => save.click());

  async function load(force) {
    const now = resource(await rest(path));
    if (!force && editor.isDirty()) {
      changed.replaceChildren('Somebody else has changed it meanwhile. ', theirs);
      changed.hidden = false;
      return;
    }
    took(now);
    editor.set(now.data);
    changed.hidden = true;
    problem.textContent = '';
  }
  async function write() {
    problem.textContent = '';
    if (!editor.check()) return;
    await busily(save, async () => {
      const written = resource(await rest(path, { form: { Data: editor.text() }, revision: object().revision }));
      took(written);
      editor.set(written.data);
      changed.hidden = true;
      toast('Saved');
    }, (error) => {
      problem.textContent = error.message;
      if (error.status === 412) load(false).catch(() => {});
    });
  }
  return {
    onEvents(events) {
      // Our own, too: then nothing is different.
      const newest = events.at(-1);
      if (!newest || newest.id.toString(16) !== object().revision) load(false).catch((error) => toast(error.message, 'failed'));
    },
  };
}

function showMessages(host, { path, problem }) {
  const editor = jsonEditor('{}', 'Message');
  const publish = el('button', { type: 'button', class: 'primary', onclick: () => write() }, 'Publish');
  const seen = el('ol', { class: 'messages', 'aria-label': 'Messages since you came' });
  const none = empty('No messages since you came', 'A stream keeps none: what is published shows here as it comes.');
  host.append(editor.element, el('div', { class: 'actions' }, publish), none, seen);
  editor.onSubmit(() => publish.click());

  async function write() {
    problem.textContent = '';
    if (!editor.check()) return;
    await busily(publish, () => rest(`${path}/Messages`, { form: { Data: editor.text() } }), into(problem));
  }
  return {
    onEvents(events) {
      for (const event of events) {
        seen.prepend(el('li', {}, el('span', { class: 'note' }, time(event.time), ` by ${event.by}`), el('code', {}, event.data)));
      }
      none.hidden = seen.children.length > 0;
      while (seen.children.length > 100) seen.lastChild.remove();
    },
  };
}

