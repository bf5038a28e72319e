// Starts twilio-sync-server for a test and mints its tokens.
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { end, start } from './cleanup.mjs';

export const secret = 'interop-secret';

export function token(executable, identity, ttl = 3600) {
  const args = ['token', '--identity', identity, '--secret', secret, '--ttl', String(ttl)];
  return execFileSync(executable, args, { encoding: 'utf8' }).trim();
}

export function tokens(executable) {
  return {
    alice: token(executable, 'alice'),
    alice2: token(executable, 'alice'),
    bob: token(executable, 'bob'),
  };
}

/** Resolves to {url, base, stop, kill, control} when the server listens. */
export async function startServer(executable, args = []) {
  const child = start(executable, ['--secret', secret, '--enable-control', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.closed.then((status) => reject(new Error(`the server ended with ${status}`)));
  });
  const url = line.replace(/^listening /, '');
  const base = url.replace(/^ws/, 'http').replace(/\/v3\/wsconnect$/, '');
  return {
    url,
    base,
    async control(name, body = {}) {
      const response = await fetch(`${base}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`control ${name}: ${await response.text()}`);
      return response.json();
    },
    stop: () => end(child),
    kill: () => end(child, 'SIGKILL'),
  };
}

/** Prints a case as TAP does. */
export function makeReport() {
  let number = 0;
  return (title, error) => {
    number += 1;
    console.log(error ? `not ok ${number} - ${title}: ${error.stack ?? error}` : `ok ${number} - ${title}`);
  };
}
