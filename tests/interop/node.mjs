// usage: node node.mjs SERVER [server options]: the suite in Node, then what a restart of the server keeps.
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { makeFolder, removeFolder } from './cleanup.mjs';
import { makeReport, startServer, tokens } from './server.mjs';
import { connected, heard, run, same } from './suite.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const [executable, ...options] = process.argv.slice(2);

// A client that stays open over a kill of the server finds its list again, with what it had and what comes.
async function survivesKill() {
  const folder = makeFolder('sync-interop-');
  const args = [...options, '--data', join(folder, 'data.sqlite')];
  let server = await startServer(executable, args);
  const port = new URL(server.url).port;
  const client = new SyncClient(tokens(executable).alice, {
    twilsock: { uri: server.url },
    logLevel: 'silent',
    retryPolicy: { min: 50, max: 200, randomness: 0 },
  });
  try {
    await connected(client);
    const list = await client.list('kept');
    await list.push({ n: 0 });
    const lost = heard(client, 'connectionStateChanged', (state) => state !== 'connected');
    await server.kill();
    await lost;
    server = await startServer(executable, [...args, '--port', port]);
    await connected(client);
    const added = heard(list, 'itemAdded', (event) => event.item.index === 1);
    await list.push({ n: 1 });
    await added;
    const page = await (await client.list('kept')).getItems();
    same(page.items.map((item) => item.data.n), [0, 1], 'items');
  } finally {
    await client.shutdown().catch(() => {});
    await server.stop();
    await removeFolder(folder);
  }
}

const report = makeReport();
const server = await startServer(executable, options);
let failed = await run(SyncClient, { url: server.url, control: server.control, tokens: tokens(executable) }, report);
const status = await server.stop();
same(status, 0, "the server's exit status");
try {
  await survivesKill();
  report('restart: a client finds its list again after kill -9', null);
} catch (error) {
  failed += 1;
  report('restart: a client finds its list again after kill -9', error);
}
process.exit(failed === 0 ? 0 : 1);
