// What the inspector's cases have in common.
import { createRequire } from 'node:module';
import { secret } from '../server.mjs';
import { connected } from '../suite.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');

export const open = (url, jwt) =>
  connected(new SyncClient(jwt, { twilsock: { uri: url }, logLevel: 'silent', retryPolicy: { min: 50, max: 500, randomness: 0 } }));

/** Part of an expression for the page. */
export const text = (what) => JSON.stringify(what);
export const says = (what) => `document.querySelector('main').innerText.includes(${text(what)})`;
export const authorization = `Basic ${Buffer.from(`AC${'0'.repeat(32)}:${secret}`).toString('base64')}`;
export const addressOf = (kind, sid) => `objects/IS${'1'.repeat(32)}/${kind}/${sid}`;

/** Has the page show `view`: its name, or the address of an object. */
export async function show(page, server, view) {
  await page.go(`${server.base}/#/${view}`);
  await page.until(`document.querySelector('nav [aria-current]')?.dataset.view === ${text(view.split('/')[0])} && document.querySelector('main .view')?.children.length > 0`, view);
}
