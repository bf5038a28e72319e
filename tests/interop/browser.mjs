// usage: node browser.mjs SERVER [CHROMIUM]: the suite with the SDK's browser build in headless Chromium.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { end, makeFolder, removeFolder, start } from './cleanup.mjs';
import { makeReport, startServer, tokens } from './server.mjs';

const require = createRequire(`${process.cwd()}/`);
const [executable, chromium = 'chromium'] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const profile = makeFolder('sync-chromium-');

// The browser build is made for bundlers.
const { outputFiles } = await require('esbuild').build({
  stdin: {
    contents: `
      import { SyncClient } from 'twilio-sync/builds/browser.js';
      import { run } from ${JSON.stringify(join(here, 'suite.mjs'))};
      const post = (path, body) => fetch(path, { method: 'POST', body: JSON.stringify(body) });
      const env = { ...window.env, control: (name, body = {}) => post('/control/' + name, body) };
      const posted = [];
      run(SyncClient, env, (title, error) => posted.push(post('/case', { title, error: error && String(error.stack ?? error) })))
        .then(async (failed) => { await Promise.all(posted); await post('/done', { failed }); },
              (error) => post('/done', { failed: 1, error: String(error) }));
    `,
    resolveDir: process.cwd(),
  },
  bundle: true,
  write: false,
  platform: 'browser',
  define: { global: 'window' },
  nodePaths: [join(process.cwd(), 'node_modules')],
  logLevel: 'error',
});

const sync = await startServer(executable);
const report = makeReport();
let finish;
const done = new Promise((resolve) => {
  finish = resolve;
});

const pages = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const send = (type, text) => response.writeHead(200, { 'content-type': type }).end(text);
  if (request.url === '/') {
    const env = JSON.stringify({ url: sync.url, tokens: tokens(executable) });
    send('text/html; charset=utf-8', `<!doctype html><script>window.env = ${env}</script><script src="/bundle.js"></script>`);
  } else if (request.url === '/bundle.js') {
    send('text/javascript; charset=utf-8', outputFiles[0].text);
  } else if (request.url.startsWith('/control/')) {
    await sync.control(request.url.slice('/control/'.length), JSON.parse(body));
    send('application/json', '{}');
  } else if (request.url === '/case') {
    const { title, error } = JSON.parse(body);
    report(title, error ? { stack: error } : null);
    send('application/json', '{}');
  } else if (request.url === '/done') {
    send('application/json', '{}');
    finish(JSON.parse(body));
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));

const browser = start(chromium, [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', `--user-data-dir=${profile}`,
  `http://127.0.0.1:${pages.address().port}/`,
], { stdio: ['ignore', 'ignore', 'pipe'] });
let complaints = '';
browser.stderr.on('data', (data) => {
  complaints += data;
});
browser.on('error', (error) => finish({ failed: 1, error: `${chromium}: ${error.message}` }));
browser.on('exit', (code) => finish({ failed: 1, error: `${chromium} ended with ${code}: ${complaints.slice(-2000)}` }));

const { failed, error } = await done;
if (error) console.log(`not ok - ${error}`);
await end(browser);
pages.closeAllConnections();
await sync.stop();
await removeFolder(profile);
process.exit(failed === 0 ? 0 : 1);
