// usage: node rest.mjs SERVER [server options]: Twilio's helper library for backends, unmodified, against the
// server's REST API: every call of sync.v1 it serves, while clients of the SDK follow and write themselves.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { makeReport, secret, startServer } from './server.mjs';
import { connected, fails, Failure, heard, same, subscribed } from './suite.mjs';

const load = createRequire(`${process.cwd()}/`);
const twilio = load('twilio');
const { SyncClient } = load('twilio-sync');

const account = `AC${'0'.repeat(31)}5`;
const apiKey = `SK${'0'.repeat(31)}6`;

function tokenFor(identity, serviceSid) {
  const token = new twilio.jwt.AccessToken(account, apiKey, secret, { identity });
  token.addGrant(new twilio.jwt.AccessToken.SyncGrant({ serviceSid }));
  return token.toJwt();
}

function backendAt(server, ...credentials) {
  const backend = twilio(...credentials);
  backend.sync.baseUrl = server.base;
  return backend.sync.v1;
}

async function refused(promise, status, code) {
  const error = await promise.then(
    () => {
      throw new Failure(`should have failed with ${status} / ${code}`);
    },
    (e) => e,
  );
  if (!(error instanceof twilio.RestException)) throw error;
  same([error.status, error.code], [status, code], `status and code of "${error.message}"`);
  same(error.moreInfo, `https://www.twilio.com/docs/errors/${code}`, 'more_info');
  return error;
}

function dates(resource) {
  for (const name of ['dateCreated', 'dateUpdated']) {
    if (!(resource[name] instanceof Date)) throw new Failure(`${name} is no date: ${resource[name]}`);
    if (Math.abs(Date.now() - resource[name]) > 60000) throw new Failure(`${name} is not now: ${resource[name]}`);
  }
}

// A backend that hears webhooks, each as `isGenuine(url, signature, form)` says.
async function startReceiver(isGenuine) {
  const receiver = { heard: [], ids: [], forged: 0 };
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const form = Object.fromEntries(new URLSearchParams(body));
    if (!isGenuine(receiver.url, request.headers['x-twilio-signature'], form)) receiver.forged += 1;
    receiver.heard.push(form);
    receiver.ids.push(request.headers['i-twilio-idempotency-token']);
    response.end();
    receiver.changed?.();
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${http.address().port}/hooks/sync?of=${encodeURIComponent('ü &')}`;
  receiver.until = async (count) => {
    while (receiver.heard.length < count) await new Promise((resolve) => { receiver.changed = resolve; });
  };
  receiver.close = () => http.close(() => {}).closeAllConnections();
  return receiver;
}

const numbers = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

const cases = {
  async services({ sync }) {
    const made = await sync.services.create({ friendlyName: 'zażółć' });
    same([made.friendlyName, made.accountSid, made.aclEnabled], ['zażółć', account, false], 'service');
    dates(made);
    same((await made.fetch()).toJSON(), made.toJSON(), 'fetched');
    same((await made.update({ friendlyName: 'other' })).friendlyName, 'other', 'updated');
    await refused(sync.services.create({ webhookUrl: 'http://example.org/' }), 400, 20001);
    const more = await Promise.all(numbers(0, 4).map((n) => sync.services.create({ friendlyName: `${n}` })));
    const listed = (await sync.services.list({ pageSize: 2 })).map((service) => service.sid);
    const all = [made, ...more].map((service) => service.sid);
    if (!all.every((sid) => listed.includes(sid))) throw new Failure(`not all of ${all} in ${listed}`);
    same(await made.documents().create({ uniqueName: 'd' }).then((d) => d.serviceSid), made.sid, 'service of a document');
    for (const sid of all) same(await sync.services(sid).remove(), true, 'removed');
    await refused(made.fetch(), 404, 20404);
    await refused(sync.services(made.sid).documents.create(), 404, 20404);
    const standard = await sync.services('default').fetch();
    same([standard.sid, standard.uniqueName], [`IS${'1'.repeat(32)}`, 'default'], 'default');
  },

  async documents({ service, alice }) {
    const created = await service.documents.create({ uniqueName: 'doc', data: { text: 'ü&=+% 🎉' }, ttl: 3600 });
    same([created.data, created.createdBy, created.revision], [{ text: 'ü&=+% 🎉' }, 'system', '0'], 'created');
    dates(created);
    same(created.dateExpires - created.dateCreated, 3600000, 'expires');
    const followed = await alice.document('doc');
    same(followed.sid, created.sid, 'sid');
    await subscribed(followed);
    const updated = heard(followed, 'updated');
    const changed = await service.documents('doc').update({ data: { n: 1 }, ifMatch: created.revision });
    same([changed.data, changed.revision], [{ n: 1 }, '1'], 'changed');
    const event = await updated;
    same([event.isLocal, event.data], [false, { n: 1 }], 'event');
    await refused(service.documents('doc').update({ data: {}, ifMatch: '0' }), 412, 54103);

    await followed.set({ by: 'alice' });
    same((await service.documents(created.sid).fetch()).data, { by: 'alice' }, 'what the client wrote');
    await refused(service.documents.create({ uniqueName: 'doc' }), 409, 54301);
    await refused(service.documents.create({ data: 'no object' }), 400, 54101);
    await refused(service.documents.create({ data: { pad: 'x'.repeat(17000) } }), 413, 54006);
    await refused(service.documents('doc').update({ ttl: 99999999 }), 400, 54011);
    const removed = heard(followed, 'removed');
    same(await service.documents('doc').remove(), true, 'removed');
    same((await removed).isLocal, false, 'removal');
    const error = await refused(service.documents('doc').fetch(), 404, 20404);
    same(error.message, 'The requested resource /Services/default/Documents/doc was not found', 'message');

    const theirs = await alice.document('of alice');
    same((await service.documents('of alice').fetch()).createdBy, 'alice', 'creator');
    same((await service.documents.list()).map((doc) => doc.sid), [theirs.sid], 'all');
  },

  async lists({ service, alice }) {
    const created = await service.syncLists.create({ uniqueName: 'list', collectionTtl: 3600 });
    same(created.dateExpires - created.dateCreated, 3600000, 'expires');
    same((await service.syncLists('list').update({ ttl: 0 })).dateExpires, null, 'expires no more');
    const items = service.syncLists('list').syncListItems;
    const followed = await alice.list('list');
    await subscribed(followed);
    const added = heard(followed, 'itemAdded');
    const first = await items.create({ data: { n: 0 } });
    same([first.index, first.data, first.createdBy, first.listSid], [0, { n: 0 }, 'system', created.sid], 'item');
    dates(first);
    const event = await added;
    same([event.isLocal, event.item.index, event.item.data], [false, 0, { n: 0 }], 'added');
    const updated = heard(followed, 'itemUpdated');
    await items(0).update({ data: { n: 'zero' }, itemTtl: 1000, collectionTtl: 2000, ifMatch: first.revision });
    same((await updated).item.data, { n: 'zero' }, 'updated');
    const own = await service.syncLists('list').fetch();
    if (Math.abs(own.dateExpires - Date.now() - 2000000) > 60000) throw new Failure(`expires at ${own.dateExpires}`);
    await refused(items(0).update({ data: {}, ifMatch: first.revision }), 412, 54155);
    await refused(items(0).update({}), 400, 54010);
    await refused(items.create({ data: {}, collectionTtl: -1 }), 400, 54011);
    await refused(items(7).fetch(), 404, 20404);

    await followed.push({ by: 'alice' });
    const theirs = await items(1).fetch();
    same([theirs.data, theirs.createdBy], [{ by: 'alice' }, 'alice'], 'what the client wrote');
    const removed = heard(followed, 'itemRemoved');
    same(await items(0).remove(), true, 'removed');
    same((await removed).index, 0, 'removal');
    const gone = heard(followed, 'removed');
    await service.syncLists(created.sid).remove();
    await gone;
    await refused(service.syncLists('list').fetch(), 404, 20404);
    same(await service.syncLists.list(), [], 'all');
  },

  async maps({ service, alice }) {
    const created = await service.syncMaps.create({ uniqueName: 'map' });
    const items = service.syncMaps('map').syncMapItems;
    const followed = await alice.map('map');
    await subscribed(followed);
    const added = heard(followed, 'itemAdded');
    const first = await items.create({ key: 'a b&ü', data: { n: 0 }, ttl: 3600 });
    same([first.key, first.data, first.mapSid], ['a b&ü', { n: 0 }, created.sid], 'item');
    same((await added).item.key, 'a b&ü', 'added');
    await refused(items.create({ key: 'a b&ü', data: {} }), 409, 54208);
    await refused(items.create({ key: '', data: {} }), 400, 54209);
    const updated = heard(followed, 'itemUpdated');
    await items('a b&ü').update({ data: { n: 1 } });
    same((await updated).item.data, { n: 1 }, 'updated');
    await followed.set('mine', { by: 'alice' });
    same((await items('mine').fetch()).createdBy, 'alice', 'creator');
    await refused(items('mine').remove({ ifMatch: 'ff' }), 412, 54205);
    const removed = heard(followed, 'itemRemoved');
    same(await items('mine').remove(), true, 'removed');
    same((await removed).key, 'mine', 'removal');
    same((await service.syncMaps('map').update({ collectionTtl: 60 })).sid, created.sid, 'ttl');
    same((await service.syncMaps.list()).map((map) => map.uniqueName), ['map'], 'all');
    await service.syncMaps('map').remove();
    await refused(items('a b&ü').fetch(), 404, 20404);
  },

  async streams({ service, alice }) {
    const created = await service.syncStreams.create({ uniqueName: 'stream', ttl: 3600 });
    same(created.createdBy, 'system', 'creator');
    const followed = await alice.stream('stream');
    await subscribed(followed);
    const published = heard(followed, 'messagePublished');
    const message = await service.syncStreams('stream').streamMessages.create({ data: { text: 'hello' } });
    same(message.data, { text: 'hello' }, 'message');
    const event = await published;
    same([event.isLocal, event.message.sid, event.message.data], [false, message.sid, message.data], 'event');
    await refused(service.syncStreams('stream').streamMessages.create({ data: { pad: 'x'.repeat(5000) } }), 413, 54006);
    same((await service.syncStreams('stream').update({ ttl: 0 })).dateExpires, null, 'expires no more');
    same((await service.syncStreams('stream').fetch()).sid, created.sid, 'fetched');
    same((await service.syncStreams.list()).length, 1, 'all');
    await service.syncStreams('stream').remove();
    await refused(service.syncStreams(created.sid).streamMessages.create({ data: {} }), 404, 20404);
  },

  async pages({ service }) {
    const { sid } = await service.syncLists.create();
    const items = service.syncLists(sid).syncListItems;
    for (const n of numbers(0, 25)) await items.create({ data: { n } });
    const indices = (page) => page.map((item) => item.index);
    same(indices(await items.list({ pageSize: 10 })), numbers(0, 25), 'all');
    same(indices(await items.list({ limit: 12, pageSize: 5 })), numbers(0, 12), 'the first');
    same(indices(await items.list({ order: 'desc', pageSize: 7 })), numbers(0, 25).reverse(), 'backwards');
    same(indices(await items.list({ from: '20', pageSize: 2 })), numbers(20, 25), 'from');
    same(indices(await items.list({ from: '20', bounds: 'exclusive' })), numbers(21, 25), 'behind');
    const seen = [];
    await items.each({ pageSize: 4, callback: (item) => seen.push(item.index) });
    same(seen, numbers(0, 25), 'each');
    const first = await items.page({ pageSize: 10 });
    same(first.previousPageUrl, undefined, 'before the first page');
    const second = await first.nextPage();
    const third = await items.getPage(second.nextPageUrl);
    same([indices(third.instances), third.nextPageUrl], [numbers(20, 25), undefined], 'the last page');
    same(indices((await third.previousPage()).instances), numbers(10, 20), 'the page before');
    await refused(items.list({ order: 'up' }), 400, 20001);
    for (const n of numbers(0, 7)) await service.documents.create({ uniqueName: `page ${n}` });
    const names = (await service.documents.list({ pageSize: 3 })).map((doc) => doc.uniqueName);
    same(names.filter((name) => name.startsWith('page')), numbers(0, 7).map((n) => `page ${n}`), 'documents');
  },

  async credentials({ server }) {
    const byKey = backendAt(server, apiKey, secret, { accountSid: account });
    same((await byKey.services('default').fetch()).uniqueName, 'default', 'by an API key');
    await refused(backendAt(server, account, `${secret}x`).services('default').fetch(), 401, 20003);
    await refused(backendAt(server, account, 'x').services('default').documents.create(), 401, 20003);
  },

  async permissions({ server, sync }) {
    const { sid } = await sync.services.create({ aclEnabled: true });
    const service = sync.services(sid);
    same((await service.fetch()).aclEnabled, true, 'acl');
    await service.documents.create({ uniqueName: 'doc', data: { n: 0 } });
    await service.syncLists.create({ uniqueName: 'list' });
    await service.syncMaps.create({ uniqueName: 'map' });
    const client = await open(server, tokenFor('ann', sid));
    try {
      await fails(client.document('doc'), 403, 54007);
      await fails(client.list('list'), 403, 54007);
      const permissions = service.documents('doc').documentPermissions;
      const rights = (granted) => [granted.identity, granted.read, granted.write, granted.manage];
      const given = await permissions('ann').update({ read: true, write: false, manage: false });
      same(rights(given), ['ann', true, false, false], 'given');
      same(rights(await permissions('ann').fetch()), rights(given), 'fetched');
      const doc = await client.document('doc');
      await subscribed(doc);
      await fails(doc.set({ n: 1 }), 403, 54007);
      await permissions('ann').update({ read: true, write: true, manage: false });
      await doc.set({ n: 2 });
      await fails(doc.removeDocument(), 403, 54007);
      same((await service.documents('doc').fetch()).data, { n: 2 }, 'written');

      const seen = [];
      doc.on('updated', ({ data }) => seen.push(data.n));
      await service.documents('doc').update({ data: { n: 3 } });
      same(await permissions('ann').remove(), true, 'removed');
      await service.documents('doc').update({ data: { n: 4 } });
      await service.syncMaps('map').syncMapPermissions('ann').update({ read: true, write: true, manage: true });
      const map = await client.map('map');
      await subscribed(map); // behind anything that could have come of the document
      same(seen, [3], 'seen');
      await map.set('k', { n: 1 });
      await map.removeMap();

      const own = await client.list('own of ann');
      await own.push({ n: 1 });
      const all = await service.syncLists('own of ann').syncListPermissions.list();
      same(all.map(rights), [['ann', true, true, true]], 'permissions of its maker');
      await refused(service.syncLists('list').syncListPermissions('ann').fetch(), 404, 20404);
      same((await service.update({ aclEnabled: false })).aclEnabled, false, 'no acl');
      same((await client.list('list')).uniqueName, 'list', 'open to all');
    } finally {
      await client.shutdown().catch(() => {});
      await service.remove();
    }
  },

  async 'webhooks: every event, signed as the helper library wants it'({ server, sync }) {
    const receiver = await startReceiver((url, signature, form) => twilio.validateRequest(secret, signature, url, form));
    const { url } = receiver;
    const made = await sync.services.create({ webhookUrl: url, reachabilityWebhooksEnabled: true });
    same([made.webhookUrl, made.reachabilityWebhooksEnabled, made.webhooksFromRestEnabled], [url, true, false], 'service');
    const service = sync.services(made.sid);
    const client = await open(server, tokenFor('zoë & co', made.sid));
    const types = (fits) => receiver.heard.filter(fits).map(({ EventType }) => EventType);
    try {
      const document = await client.document({ id: 'd +&=', data: { text: 'ü +&=%' } });
      await document.set({ n: 1 });
      await document.removeDocument();
      const list = await client.list('list');
      await list.push({ n: 1 });
      await list.set(0, { n: 2 });
      await list.remove(0);
      await list.removeList();
      const map = await client.map('map');
      await map.set('key ü', { n: 1 });
      await map.set('key ü', { n: 2 });
      await map.remove('key ü');
      await map.removeMap();
      const stream = await client.stream('stream');
      await stream.publishMessage({ n: 1 });
      await stream.removeStream();
      await service.documents.create({ uniqueName: 'quiet' }); // of a backend: not told
    } finally {
      await client.shutdown().catch(() => {});
    }
    await service.update({ webhooksFromRestEnabled: true });
    await service.documents.create({ uniqueName: 'loud' });
    await receiver.until(19);
    same(receiver.forged, 0, 'forged');
    const of = (prefix) => types(({ EventType, Identity }) => EventType.startsWith(prefix) && Identity === 'zoë & co');
    same(of('document'), ['document_created', 'document_updated', 'document_removed'], 'document');
    same(of('list'), ['list_created', 'list_item_added', 'list_item_updated', 'list_item_removed', 'list_removed'], 'list');
    same(of('map'), ['map_created', 'map_item_added', 'map_item_updated', 'map_item_removed', 'map_removed'], 'map');
    same(of('stream'), ['stream_created', 'stream_message_published', 'stream_removed'], 'stream');
    same(of('endpoint'), ['endpoint_connected', 'endpoint_disconnected'], 'reachability');
    same(types(({ Identity }) => Identity === 'system'), ['document_created'], "a backend's");
    const first = receiver.heard.find(({ EventType }) => EventType === 'document_created');
    same([first.DocumentUniqueName, first.DocumentData], ['d +&=', '{"text":"ü +&=%"}'], 'fields');
    same(new Set(receiver.ids).size, receiver.ids.length, 'ids');
    same(receiver.heard.every(({ AccountSid, ServiceSid }) => AccountSid === account && ServiceSid === made.sid), true, 'SIDs');
    await service.remove();
    await receiver.until(21); // both documents
    receiver.close();
  },

  async 'a client names its service'({ server, sync }) {
    const { sid } = await sync.services.create();
    const client = await open(server, tokenFor('carol', sid));
    try {
      const { sid: made } = await client.document('mine');
      same((await sync.services(sid).documents('mine').fetch()).sid, made, 'document');
      await refused(sync.services('default').documents(made).fetch(), 404, 20404);
      const removed = heard(await client.document('mine'), 'removed');
      await sync.services(sid).remove();
      await removed;
    } finally {
      await client.shutdown().catch(() => {});
    }
  },
};

const open = (server, token) =>
  connected(new SyncClient(token, {
    twilsock: { uri: server.url },
    logLevel: 'silent',
    retryPolicy: { min: 50, max: 500, randomness: 0 },
  }));

const [executable, ...options] = process.argv.slice(2);
const report = makeReport();
const server = await startServer(executable, options);
const sync = backendAt(server, account, secret);
const alice = await open(server, tokenFor('alice', 'default'));
let failed = 0;
for (const [title, body] of Object.entries(cases)) {
  let error = null;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure('not done in 20 s')), 20000);
  });
  try {
    await Promise.race([body({ server, sync, service: sync.services('default'), alice }), late]);
  } catch (e) {
    error = e;
    failed += 1;
  }
  clearTimeout(timer);
  report(title, error);
}
await alice.shutdown().catch(() => {});
same(await server.stop(), 0, "the server's exit status");
process.exit(failed === 0 ? 0 : 1);
