// The server's own JSON: the REST API of backends, /_inspect and /_control. Nothing else is called.
import { elements, members } from './json.js';

export class ApiError extends Error {
  constructor(status, body) {
    const { code, message, error } = body ?? {};
    super(code ? `${message} (${status} / ${code})` : error ?? message ?? `The server answered ${status}`);
    this.status = status;
    this.code = code;
  }
}

let session = null;

async function ask(path, { method = 'GET', headers = {}, body, signal } = {}) {
  const response = await fetch(path, { method, headers, body, signal, credentials: 'omit', cache: 'no-store' });
  const text = await response.text();
  if (!response.ok) {
    let answer = null;
    try {
      answer = JSON.parse(text);
    } catch {
      // not from this server
    }
    throw new ApiError(response.status, answer);
  }
  return text;
}

/** Lets the page in: by itself on the server's machine, with the server's secret from elsewhere. */
export async function signIn(secret) {
  const body = JSON.stringify(secret === undefined ? {} : { secret });
  session = JSON.parse(await ask('/_inspect/session', { method: 'POST', body }));
  return session;
}

export const defaultService = () => session.service;
export const hasControl = () => session.control;
export const socketUrl = () => `${location.protocol.replace('http', 'ws')}//${location.host}/v3/wsconnect`;

// A server that has been started anew has another key.
async function withSession(call) {
  try {
    return await call();
  } catch (error) {
    if (error.status !== 401) throw error;
    await signIn();
    return call();
  }
}

export const inspect = (path, query = {}, signal = undefined) =>
  withSession(() => {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
    return ask(`/_inspect/${path}?${new URLSearchParams(given)}`, { headers: { 'X-Inspector-Key': session.key }, signal });
  });

export const mintToken = (body) =>
  withSession(() =>
    ask('/_inspect/tokens', { method: 'POST', headers: { 'X-Inspector-Key': session.key }, body: JSON.stringify(body) }),
  ).then(JSON.parse);

/** A call of the REST API: `path` below /v1/, or an address it has given; `form` makes it a POST. */
export function rest(path, { method, form, revision } = {}) {
  return withSession(() => {
    const headers = { Authorization: `Basic ${btoa(`${session.account}:${session.key}`)}` };
    if (revision !== undefined) headers['If-Match'] = revision;
    const body = form && new URLSearchParams(Object.entries(form).filter(([, value]) => value !== undefined));
    // By its path alone: the page may have come by another name than the addresses in answers.
    const url = path.startsWith('http') ? new URL(path) : new URL(`/v1/${path}`, location.origin);
    return ask(url.pathname + url.search, { method: method ?? (form ? 'POST' : 'GET'), headers, body });
  });
}

/** What the REST API answered with, and the text of its `data`, which keeps all digits. */
export function resource(text) {
  const data = members(text).get('data');
  return { ...JSON.parse(text), data };
}

export function page(text, key) {
  const all = members(text);
  const { previous_page_url: previous, next_page_url: next } = JSON.parse(all.get('meta'));
  return { entries: elements(all.get(key)).map(resource), previous, next };
}

export const control = (name, body = {}) =>
  ask(`/_control/${name}`, { method: 'POST', body: JSON.stringify(body) }).then(JSON.parse);

export const collections = { document: 'Documents', list: 'Lists', map: 'Maps', stream: 'Streams' };
export const pathOf = (service, kind, sid) => `Services/${service}/${collections[kind]}/${encodeURIComponent(sid)}`;
