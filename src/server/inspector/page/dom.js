// Elements out of names, attributes and children. Text never becomes markup.

/** `attributes`: on… are listeners, booleans and undefined make an attribute be there or not. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'value') element.value = value;
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A label above what it names. */
export const field = (label, control, hint) =>
  el('label', { class: 'field' }, el('span', {}, label), control, hint && el('small', {}, hint));

export const options = (pairs, chosen) =>
  pairs.map(([value, text]) => el('option', { value, selected: value === chosen }, text));

export function toast(text, kind = 'done') {
  const note = el('p', { class: `toast ${kind}` }, text);
  const toasts = document.getElementById('toasts');
  toasts.append(note);
  if (toasts.children.length > 3) toasts.firstChild.remove();
  setTimeout(() => note.remove(), kind === 'failed' ? 8000 : 3000);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not by https or loopback, or not allowed: the old way.
    const area = el('textarea', { class: 'offscreen', value: text });
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  toast('Copied');
}

export const copyButton = (text, label = 'Copy') =>
  el('button', { type: 'button', class: 'small', 'aria-label': `Copy ${label === 'Copy' ? text : label}`,
    onclick: () => copy(text) }, label === 'Copy' ? 'Copy' : `Copy ${label}`);

/**
 * Does `work` for `control`, once at a time; `tell` hears of a failure. Resolves to true if it went well. The control
 * is not disabled meanwhile: that would take the focus from it.
 */
export async function busily(control, work, tell = (error) => toast(error.message, 'failed')) {
  if (control.getAttribute('aria-busy') === 'true') return false;
  control.setAttribute('aria-busy', 'true');
  try {
    await work();
    return true;
  } catch (error) {
    tell(error);
    return false;
  } finally {
    control.removeAttribute('aria-busy');
  }
}

/** What went wrong with a form, beside it. */
export const problemText = () => el('p', { class: 'problem', role: 'alert' });
export const into = (problem) => (error) => {
  problem.textContent = error.message;
};

/** A modal dialog; Escape closes it, and the focus goes back to where it was. */
export function openDialog(title, ...children) {
  const heading = el('h2', { id: 'dialog-title' }, title);
  const close = el('button', { type: 'button', class: 'quiet close', 'aria-label': 'Close', onclick: () => dialog.close() }, '×');
  const dialog = el('dialog', { 'aria-labelledby': 'dialog-title' }, el('div', { class: 'dialog-head' }, heading, close), ...children);
  const before = document.activeElement;
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Resolves to whether it was confirmed. */
export function confirmed(title, text, action) {
  return new Promise((resolve) => {
    const yes = el('button', { type: 'button', class: 'danger', onclick: () => { resolve(true); dialog.close(); } }, action);
    const no = el('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel');
    const dialog = openDialog(title, el('p', {}, text), el('div', { class: 'actions' }, no, yes));
    dialog.addEventListener('close', () => resolve(false));
    no.focus();
  });
}

export const time = (value) => {
  const date = new Date(value);
  const today = date.toDateString() === new Date().toDateString();
  const text = today ? date.toLocaleTimeString() : date.toLocaleString();
  return el('time', { datetime: date.toISOString(), title: date.toLocaleString() }, text);
};

export const badge = (kind) => el('span', { class: `badge ${kind}` }, kind);

export function bytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  for (; count >= 1024 && unit < units.length - 1; count /= 1024) unit += 1;
  return `${unit === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)} ${units[unit]}`;
}

/** What is said where there is nothing. */
export const empty = (title, text) => el('div', { class: 'empty' }, el('strong', {}, title), el('p', {}, text));

/** Up and down move between the elements of `container` that `selector` finds. */
export function arrowKeys(container, selector) {
  container.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = [...container.querySelectorAll(selector)];
    const at = all.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
  });
}
