// Makes access tokens for clients.
import { mintToken, socketUrl } from './api.js';
import { busily, copyButton, el, field, into, options, problemText } from './dom.js';

const lives = [['600', '10 minutes'], ['3600', '1 hour'], ['86400', '1 day'], ['2592000', '30 days'], ['30', '30 seconds']];

export function showTokens(host, context) {
  const identity = el('input', { required: true, maxlength: 256, autocomplete: 'off', spellcheck: 'false', value: 'alice' });
  const service = el('select', {}, options(context.services.map(({ sid, label }) => [sid, label]), context.service));
  const life = el('select', {}, options(lives, '3600'));
  const problem = problemText();
  const result = el('div', { class: 'result', 'aria-live': 'polite' });
  const make = el('button', { class: 'primary' }, 'Make a token');
  const submit = (event) => {
    event.preventDefault();
    problem.textContent = '';
    busily(make, async () => {
      const { token, expires } = await mintToken({ identity: identity.value, service: service.value, ttl: Number(life.value) });
      result.replaceChildren(el('textarea', { class: 'json', readonly: true, rows: 5, 'aria-label': 'Token', value: token }),
        el('div', { class: 'actions' }, el('small', {}, `For ${identity.value}, until ${new Date(expires).toLocaleString()}`), copyButton(token, 'token')));
    }, into(problem));
  };
  host.append(el('h1', {}, 'Tokens'), el('form', { class: 'card', onsubmit: submit },
    el('p', {}, 'A client that shows one is whom it names. They are signed with the server’s secret and good on this server.'),
    el('div', { class: 'columns' }, field('Identity', identity), field('Service', service), field('Good for', life)),
    problem, el('div', { class: 'actions' }, make), result),
  el('div', { class: 'card' }, el('h2', {}, 'Where clients connect'), el('p', { class: 'sid' }, el('code', {}, socketUrl()), copyButton(socketUrl())),
    el('h2', {}, 'Where backends call'), el('p', { class: 'sid' }, el('code', {}, location.origin), copyButton(location.origin))));
  return {};
}
