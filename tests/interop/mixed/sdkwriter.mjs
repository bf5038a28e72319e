// The SDK's half of the mixed writers; writer.cpp is ours and makes the same kinds of writes.
import { subscribed } from '../suite.mjs';

const listCounters = 2;
const listNotes = 4;
const pushedKept = 30;
const mapCounters = 2;
const mapNotes = 16;
const us = 'sdk';
const lastWord = (who) => `done-${who}`;
const oneMore = (data) => ({ ...data, n: (data.n ?? 0) + 1 });

/** Numbers below `bound`, the same ones for a seed. */
function randomFrom(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

export class SdkWriter {
  mutated = 0;
  missed = 0; // items that the other side had just removed
  failures = [];
  #serial = 0;
  #items = new Map(); // of the list, as the events tell
  #entries = new Map(); // of the map
  #seenItems = new Set();
  #seenEntries = new Set();
  #looks = new Set();

  constructor(client, name, seed) {
    this.client = client;
    this.name = name;
    this.random = randomFrom(seed);
  }

  /** Makes the objects and follows their events. */
  async open() {
    const { client, name } = this;
    this.counter = await client.document({ id: `${name}-counter`, data: { n: 0 } });
    this.notes = await client.document({ id: `${name}-notes`, data: {} });
    this.list = await client.list(`${name}-list`);
    this.map = await client.map(`${name}-map`);
    await Promise.all([this.counter, this.notes, this.list, this.map].map(subscribed));
    const follow = (object, items, seen, key) => {
      for (const event of ['itemAdded', 'itemUpdated']) {
        object.on(event, ({ item }) => this.#heard(() => {
          items.set(item[key], item.data);
          seen.add(item[key]);
        }));
      }
      object.on('itemRemoved', (event) => this.#heard(() => items.delete(event[key])));
    };
    follow(this.list, this.#items, this.#seenItems, 'index');
    follow(this.map, this.#entries, this.#seenEntries, 'key');
    for (const document of [this.counter, this.notes]) document.on('updated', () => this.#heard(() => {}));
    for (let i = 0; i < listCounters + listNotes; ++i) await this.list.push(i < listCounters ? { n: 0 } : {});
    for (let i = 0; i < mapCounters; ++i) await this.map.set(`c${i}`, { n: 0 });
  }

  /** Makes `operations` writes, `atOnce` of them at a time; resolves when all of both sides have been heard of. */
  async run(operations, atOnce) {
    let left = operations;
    await Promise.all(Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await this.#write();
    }));
    await this.list.push({ done: us });
    const inList = (who) => [...this.#items.values()].some((data) => data.done === who);
    await this.#until(() => inList(us) && inList('qt'));
    // Only when nobody writes any more does a last word in a document stay.
    await this.counter.update({ [lastWord(us)]: true });
    await this.notes.update({ [lastWord(us)]: true });
    await this.map.set(lastWord(us), { done: us });
    const confirmed = (who) => [this.counter, this.notes].every((document) => lastWord(who) in document.data) && this.#entries.has(lastWord(who));
    await this.#until(() => confirmed(us) && confirmed('qt'));
  }

  /**
   * What the SDK holds of everything it has ever heard of. Its events alone would not do: the late second
   * itemRemoved of an own removal (protocol.md 16, no. 19) may follow the itemAdded of what came after.
   */
  async report() {
    const held = async (object, keys) => {
      const items = await Promise.all(keys.map((key) => object.get(key).catch((error) => {
        if (![54151, 54201].includes(error.code)) throw error;
      })));
      return keys.map((key, i) => [key, items[i]?.data]).filter(([, data]) => data);
    };
    return {
      counter: this.counter.data,
      notes: this.notes.data,
      list: await held(this.list, [...this.#seenItems].sort((a, b) => a - b)),
      map: await held(this.map, [...this.#seenEntries].sort()),
    };
  }

  #heard(change) {
    change();
    for (const look of this.#looks) look();
  }

  #until(condition) {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return;
        this.#looks.delete(look);
        resolve();
      };
      this.#looks.add(look);
      look();
    });
  }

  async #write() {
    const serial = ++this.#serial;
    const kind = this.random(100);
    const [what, call] = kind < 12 ? this.#toDocuments(kind, serial)
      : kind < 55 ? this.#toList(kind - 12, serial)
        : this.#toMap(kind - 55, serial);
    try {
      await call();
      if (what === 'mutate') this.mutated += 1;
    } catch (error) {
      // The SDK's TypeError is its way to say that an item was removed meanwhile (protocol.md 16, no. 21).
      if ([54151, 54201].includes(error.code) || (what === 'remove' && error instanceof TypeError)) this.missed += 1;
      else this.failures.push(`${what}: ${error.stack ?? error}`);
    }
  }

  #toDocuments(kind, serial) {
    if (kind < 5) return ['mutate', () => this.counter.mutate(oneMore)];
    if (kind < 7) return ['update', () => this.counter.update({ [`${us}-note`]: serial })];
    if (kind < 10) return ['set', () => this.notes.set({ by: us, at: serial })];
    return ['update', () => this.notes.update({ [us]: serial })];
  }

  #toList(kind, serial) {
    const counter = this.random(listCounters);
    const note = listCounters + this.random(listNotes);
    if (kind < 11) return ['mutate', () => this.list.mutate(counter, oneMore)];
    if (kind < 15) return ['update', () => this.list.update(counter, { [us]: serial })];
    if (kind < 22) return ['set', () => this.list.set(note, { by: us, at: serial })];
    if (kind < 27) return ['update', () => this.list.update(note, { [us]: serial })];
    const row = listCounters + listNotes + this.random(2 * pushedKept); // in balance at that many
    const [index, data] = [...this.#items][row] ?? [];
    if (index === undefined || data.done) return ['push', () => this.list.push({ by: us, at: serial })];
    return ['remove', () => this.list.remove(index)];
  }

  #toMap(kind, serial) {
    const counter = `c${this.random(mapCounters)}`;
    const note = `k${this.random(mapNotes)}`;
    if (kind < 12) return ['mutate', () => this.map.mutate(counter, oneMore)];
    if (kind < 16) return ['update', () => this.map.update(counter, { [us]: serial })];
    if (kind < 28) return ['set', () => this.map.set(note, { by: us, at: serial })];
    if (kind < 36) return ['update', () => this.map.update(note, { [us]: serial })];
    return ['remove', () => this.map.remove(note)];
  }
}
