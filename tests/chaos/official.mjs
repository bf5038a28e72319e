// Clients of the official SDK that write and read as ours do, and tell on standard output what they did and heard.
// usage: official.mjs CONFIGURATION (JSON), in the folder that has node_modules; lines of JSON on standard input
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { subscribed } from '../interop/suite.mjs';

const { SyncClient } = createRequire(`${process.cwd()}/`)('twilio-sync');
const { urls, tokens, writers, seed, names } = JSON.parse(process.argv[2]);
const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
process.on('unhandledRejection', (error) => tell({ log: `unhandled: ${error?.message ?? error}` }));
process.on('uncaughtException', (error) => tell({ log: `uncaught: ${error?.stack ?? error}` }));

/** Numbers below `bound`, the same ones for a seed. */
function randomFrom(start) {
  let state = start >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** What was sent may have been applied, unless the service says that it was not. */
const endOf = (error) => ((error?.status ?? 0) >= 400 ? 'refused' : 'unknown');

let calls = 0;

class Party {
  told = new Map();
  list = new Map();
  map = new Map();

  constructor(number) {
    this.number = number;
    this.client = new SyncClient(tokens[number], { twilsock: { uri: urls[number] }, logLevel: 'silent' });
    const ask = () => tell({ ask: number });
    this.client.on('tokenAboutToExpire', ask);
    this.client.on('tokenExpired', ask);
    this.client.on('connectionStateChanged', (state) => tell({ state, client: number }));
  }

  #count(what) {
    this.told.set(what, (this.told.get(what) ?? 0) + 1);
  }

  async open() {
    this.document = await this.client.document(names.document);
    this.listObject = await this.client.list(names.list);
    this.mapObject = await this.client.map(names.map);
    this.stream = await this.client.stream(names.stream);
    await Promise.all([this.document, this.listObject, this.mapObject, this.stream].map(subscribed));
    const follow = (kind, object, copy, key) => {
      const heard = ({ item }) => {
        this.#count(`${kind}, revision ${item.revision}`);
        copy.set(String(item[key]), { revision: item.revision, value: item.data });
      };
      object.on('itemAdded', heard);
      object.on('itemUpdated', heard);
      object.on('itemRemoved', (event) => {
        this.#count(`${kind}, removal of ${event[key]}`);
        copy.delete(String(event[key]));
      });
    };
    follow('list', this.listObject, this.list, 'index');
    follow('map', this.mapObject, this.map, 'key');
    this.document.on('updated', ({ data }) => this.#count(`document ${data.id}`));
    this.stream.on('messagePublished', ({ message }) => this.#count(`stream ${message.sid}`));
    const read = async (object, copy, key) => {
      for (let page = await object.getItems(); ; page = await page.nextPage()) {
        for (const item of page.items) copy.set(String(item[key]), { revision: item.revision, value: item.data });
        if (!page.hasNextPage) return;
      }
    };
    await read(this.listObject, this.list, 'index');
    await read(this.mapObject, this.map, 'key');
  }

  state() {
    return {
      connection: this.client.connectionState,
      list: Object.fromEntries(this.list),
      map: Object.fromEntries(this.map),
      document: { revision: this.document.revision, value: this.document.data },
      twice: [...this.told].filter(([, times]) => times > 1).map(([what, times]) => `${what}: told ${times} times`),
    };
  }
}

class Writer {
  #serial = 0;
  #underWay = 0;
  #items = [];
  #entries = [];

  constructor(party) {
    this.party = party;
    this.random = randomFrom(seed + party.number);
  }

  async #call(deed, target, key, id, make) {
    const call = ++calls;
    ++this.#underWay;
    tell({ call, writer: this.party.number, deed, target, key, id });
    try {
      const result = await make();
      tell({ end: call, as: 'acknowledged' });
      return result;
    } catch (error) {
      tell({ end: call, as: endOf(error), error: `${error?.message ?? error} (${error?.status}, ${error?.code})` });
      return undefined;
    } finally {
      --this.#underWay;
    }
  }

  async #push(id) {
    const item = await this.#call('push', 'list', '', id, () => this.party.listObject.push({ id }));
    if (item) this.#items.push({ key: item.index, id });
  }

  async #insert(id) {
    if (await this.#call('put', 'map', id, id, () => this.party.mapObject.set(id, { id }))) this.#entries.push({ key: id, id });
  }

  #remove(target) {
    const own = target === 'list' ? this.#items : this.#entries;
    const [{ key, id }] = own.splice(this.random(own.length), 1);
    const object = target === 'list' ? this.party.listObject : this.party.mapObject;
    return this.#call('remove', target, String(key), id, () => object.remove(key));
  }

  #count(target, id) {
    const more = (data) => ({ ...data, count: (data.count ?? 0) + 1, id });
    const number = this.random(3);
    const { document, listObject, mapObject } = this.party;
    if (target === 'document') return this.#call('count', target, '', id, () => document.mutate(more));
    if (target === 'list') return this.#call('count', target, String(number), id, () => listObject.mutate(number, more));
    return this.#call('count', target, `counter${number}`, id, () => mapObject.mutate(`counter${number}`, more));
  }

  /** As OurWriter::write(). */
  write() {
    if (this.#underWay >= 8) return undefined;
    const id = `w${this.party.number}-${++this.#serial}`;
    const what = this.random(100);
    const mostItems = 15;
    if (what < 30) return this.#items.length < mostItems ? this.#push(id) : this.#remove('list');
    if (what < 40) return this.#items.length === 0 ? this.#push(id) : this.#remove('list');
    if (what < 55) return this.#count('list', id);
    if (what < 70) return this.#count('map', id);
    if (what < 76) return this.#count('document', id);
    if (what < 80) {
      const member = `w${this.party.number}`;
      const note = { [member]: this.#serial, id };
      return this.#call('note', 'document', member, id, () => this.party.document.update(note));
    }
    if (what < 86) {
      const key = `shared${this.random(6)}`;
      return this.#call('put', 'map', key, id, () => this.party.mapObject.set(key, { id }));
    }
    if (what < 94) return this.#entries.length < mostItems ? this.#insert(id) : this.#remove('map');
    return this.#call('publish', 'stream', '', id, () => this.party.stream.publishMessage({ id }));
  }
}

const parties = urls.map((_, number) => new Party(number));
const deeds = {
  write() {
    this.writing = parties.slice(0, writers).map((party) => {
      const writer = new Writer(party);
      return setInterval(() => writer.write(), 100);
    });
  },
  stop() {
    this.writing.forEach(clearInterval);
  },
  token({ client, token }) {
    parties[client].client.updateToken(token).catch((error) => {
      tell({ log: `token of client ${client}: ${error.message}` });
    });
  },
  // As an application whose backend does not answer at once.
  retry({ client }) {
    setTimeout(() => tell({ ask: client }), 1000);
  },
  state() {
    tell({ states: parties.map((party) => party.state()) });
  },
};
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const message = JSON.parse(line);
    deeds[message.do](message);
  })
  .on('close', () => process.exit(0));
await Promise.all(parties.map((party) => party.open()));
tell({ ready: true });
