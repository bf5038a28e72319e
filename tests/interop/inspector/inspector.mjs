// usage: node inspector.mjs SERVER CHROMIUM [TASKS]: the server's page in headless Chromium, used by keyboard alone,
// while the official SDK and a QML ListView (the demo TASKS) follow. Pictures go into the folder inspector-pictures.
import { mkdirSync } from 'node:fs';
import { makeReport, startServer, token } from '../server.mjs';
import { Failure } from '../suite.mjs';
import { Browser } from './cdp.mjs';
import { open } from './common.mjs';
import { cases as objectCases } from './objectcases.mjs';
import { cases as serverCases } from './servercases.mjs';

const [executable, chromium, tasks] = process.argv.slice(2);
const pictures = `${process.cwd()}/inspector-pictures`;
mkdirSync(pictures, { recursive: true });

const report = makeReport();
const begun = { server: await startServer(executable), complaints: [] };
const { server } = begun;
const browser = new Browser(chromium);
const page = await browser.open(server.base);
await page.send('Page.addScriptToEvaluateOnNewDocument', {
  source: `document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
});
await page.look({ width: 1280, height: 800, dark: false });
const alice = await open(server.url, token(executable, 'alice'));
let failed = 0;
for (const [title, body] of Object.entries({ ...objectCases, ...serverCases })) {
  let error = null;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure('not done in 40 s')), 40000);
  });
  try {
    await Promise.race([body({ page, server, alice, browser, begun, executable, tasks, pictures }), late]);
  } catch (e) {
    error = e;
  }
  clearTimeout(timer);
  if (error?.message === 'skip') {
    console.log(`# skipped: ${title}`);
    continue;
  }
  if (error) {
    failed += 1;
    await page.shoot(`${pictures}/failed-${failed}.png`).catch(() => {});
  }
  report(title, error);
}
// A 412 is a test above, and the one error that a browser notes by itself.
const complaints = begun.complaints.filter((complaint) => !complaint.includes('status of 412'));
report('nothing was asked of anybody else, no policy was violated, nothing failed', complaints.length > 0 || page.witness.requests < 50
  ? `${page.witness.requests} requests; ${complaints.join('\n')}` : null);
if (complaints.length > 0) failed += 1;
await alice.shutdown().catch(() => {});
await browser.close();
await begun.server.stop();
process.exit(failed === 0 ? 0 : 1);

