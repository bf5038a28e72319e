// A text area for JSON that says what is wrong while one types.
import { el } from './dom.js';
import { fault, pretty } from './json.js';

let count = 0;

export function jsonEditor(text, label) {
  count += 1;
  const id = `editor-${count}`;
  let clean = pretty(text);
  const area = el('textarea', { id, class: 'json', spellcheck: 'false', autocapitalize: 'off', rows: 10, 'aria-describedby': `${id}-fault`, value: clean });
  const said = el('p', { id: `${id}-fault`, class: 'fault', 'aria-live': 'polite' });
  const lay = el('button', { type: 'button', class: 'small', onclick: () => check() && (area.value = pretty(area.value)) }, 'Format');
  const element = el('div', { class: 'editor' },
    el('div', { class: 'editor-head' }, el('label', { for: id }, label), lay), area, said);
  let submit = null;

  function check() {
    const wrong = fault(area.value);
    said.textContent = wrong ?? '';
    area.setAttribute('aria-invalid', wrong ? 'true' : 'false');
    return !wrong;
  }
  area.addEventListener('input', check);
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit?.();
    }
  });
  return {
    element,
    check,
    focus: () => area.focus(),
    text: () => area.value,
    isDirty: () => area.value !== clean,
    onSubmit(then) {
      submit = then;
    },
    set(newText) {
      clean = pretty(newText);
      area.value = clean;
      check();
    },
  };
}
