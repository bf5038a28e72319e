// The frame of the page: signing in, views by the address's hash, the service that is looked at, live events.
import { defaultService, hasControl, page, rest, signIn } from './api.js';
import { el, field, problemText, toast } from './dom.js';
import { startFeed } from './feed.js';
import { showConnections } from './connections.js';
import { remember, showEvents } from './events.js';
import { showFaults } from './faults.js';
import { showMetrics } from './metrics.js';
import { showObjects } from './objects.js';
import { showServices } from './services.js';
import { showTokens } from './tokens.js';

const views = {
  objects: ['Objects', showObjects],
  events: ['Events', showEvents],
  connections: ['Connections', showConnections],
  services: ['Services', showServices],
  tokens: ['Tokens', showTokens],
  faults: ['Faults', showFaults],
  metrics: ['Metrics', showMetrics],
};

const main = document.getElementById('main');
const nav = document.querySelector('nav');
const live = document.getElementById('live');
const serviceSelect = document.getElementById('service');

/** What all views share. */
const context = {
  service: null,
  services: [],
  serviceName: (sid) => context.services.find((service) => service.sid === sid)?.label ?? sid,
  reloadServices,
  hasControl,
};
let shown = null;

async function reloadServices() {
  const services = [];
  for (let path = 'Services?PageSize=100'; path && services.length < 1000;) {
    const { entries, next } = page(await rest(path), 'services');
    services.push(...entries);
    path = next;
  }
  for (const service of services) service.label = service.unique_name ?? (service.friendly_name || service.sid);
  context.services = services.sort((a, b) => (b.unique_name !== null) - (a.unique_name !== null));
  if (!services.some((service) => service.sid === context.service)) context.service = defaultService();
  serviceSelect.replaceChildren(...services.map((service) =>
    el('option', { value: service.sid, selected: service.sid === context.service }, service.label)));
}

async function route() {
  const [, name = 'objects', ...parameters] = (location.hash || '#/objects').split('/');
  const view = views[name] ? name : 'objects';
  for (const link of nav.children) {
    if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${views[view][0]} · Sync server`;
  if (view === 'objects' && parameters[0] && parameters[0] !== context.service) {
    context.service = parameters[0];
    serviceSelect.value = context.service;
  }
  if (shown?.name === view && shown.go?.(parameters)) return;
  shown?.leave?.();
  const host = el('div', { class: `view ${view}` });
  main.replaceChildren(host);
  try {
    shown = { name: view, ...(await views[view][1](host, context, parameters)) };
  } catch (error) {
    shown = null;
    toast(error.message, 'failed');
  }
}

function start() {
  nav.replaceChildren(...Object.entries(views).map(([view, [title]]) =>
    el('a', { href: `#/${view}`, 'data-view': view }, title)));
  nav.hidden = false;
  serviceSelect.parentElement.hidden = false;
  serviceSelect.addEventListener('change', () => {
    context.service = serviceSelect.value;
    if (location.hash === `#/objects/${context.service}`) route();
    else location.hash = `#/objects/${context.service}`;
  });
  addEventListener('hashchange', route);
  addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, textarea, select, dialog');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey) return;
    const search = main.querySelector('input[type=search]');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  startFeed({
    onState(state, text) {
      live.className = `live ${state}`;
      if (live.textContent !== text) live.textContent = text; // said aloud
    },
    onEvents(events, missed) {
      const newest = remember(events, missed);
      shown?.onEvents?.(events, missed, newest);
    },
  });
  route();
}

function askForSecret() {
  const secret = el('input', { type: 'password', autocomplete: 'current-password', required: true });
  const problem = problemText();
  const enter = async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      await signIn(secret.value);
    } catch (error) {
      problem.textContent = error.status === 401 ? 'That is not the server’s secret.' : error.message;
      secret.select();
      return;
    }
    await reloadServices();
    start();
  };
  live.textContent = 'Not signed in';
  main.replaceChildren(el('form', { class: 'card sign-in', onsubmit: enter },
    el('h1', {}, 'Sign in'), el('p', {}, 'You are not on the server’s machine: show the secret it was started with.'),
    field('Secret', secret), problem, el('div', { class: 'actions' }, el('button', { class: 'primary' }, 'Sign in'))));
  secret.focus();
}

try {
  await signIn();
  await reloadServices();
  start();
} catch (error) {
  if (error.status === 401) askForSecret();
  else {
    live.className = 'live failed';
    live.textContent = 'Not connected';
    main.replaceChildren(el('p', { class: 'problem', role: 'alert' }, error.message));
  }
}
