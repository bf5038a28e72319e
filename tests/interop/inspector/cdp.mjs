// A page in headless Chromium, by its DevTools protocol over a pipe: keys, looks, and all that it asks for.
import { writeFileSync } from 'node:fs';
import { end, makeFolder, removeFolder, start } from '../cleanup.mjs';
import { Failure } from '../suite.mjs';

const codes = {
  Tab: [9], Enter: [13, '\r'], Escape: [27], ' ': [32, ' '], ArrowDown: [40], ArrowUp: [38], ArrowLeft: [37],
  ArrowRight: [39], Delete: [46], Home: [36], End: [35],
};
const modifiers = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };

/** What a page did that it must not: errors, violated policies, requests to anywhere else. */
class Witness {
  constructor(origin) {
    this.origin = origin;
    this.requests = 0;
    this.complaints = [];
  }

  see(method, params) {
    if (method === 'Network.requestWillBeSent') {
      this.requests += 1;
      if (new URL(params.request.url).origin !== this.origin) this.complaints.push(`asked for ${params.request.url}`);
    } else if (method === 'Network.webSocketCreated') this.complaints.push(`opened ${params.url}`);
    else if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    else if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.complaints.push(`console: ${params.args[0]?.value}`);
    else if (method === 'Log.entryAdded' && params.entry.level === 'error') this.complaints.push(`${params.entry.text} ${params.entry.url ?? ''}`);
    else if (method === 'Audits.issueAdded' && params.issue.code !== 'GenericIssue') this.complaints.push(JSON.stringify(params.issue));
  }
}

export class Page {
  constructor(browser, session, witness) {
    this.browser = browser;
    this.session = session;
    this.witness = witness;
  }

  send(method, params = {}) {
    return this.browser.send(method, params, this.session);
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Failure(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  /** Resolves to the value of `expression` once it is true; one that fails is not. */
  async until(expression, what = expression) {
    let failure = '';
    for (const from = Date.now(); Date.now() - from < 8000;) {
      const value = await this.evaluate(expression).catch((error) => {
        failure = `\n${error.message}`;
      });
      if (value) return value;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Failure(`${what}: not in time; the page says\n${await this.evaluate('document.body.innerText')}${failure}`);
  }

  go(url) {
    return this.send('Page.navigate', { url });
  }

  /** One key, such as `a`, `Enter` or `Control+Enter`. */
  async press(combination) {
    const parts = combination === '+' ? ['+'] : combination.split('+');
    const key = parts.pop();
    const held = parts.reduce((sum, part) => sum | modifiers[part], 0);
    const [code, text] = codes[key] ?? [key.toUpperCase().charCodeAt(0), key];
    const event = { key, code: key.length === 1 ? '' : key, windowsVirtualKeyCode: code, modifiers: held };
    if (combination === 'Control+a') event.commands = ['selectAll'];
    await this.send('Input.dispatchKeyEvent', { ...event, type: text && !held ? 'keyDown' : 'rawKeyDown', text: held ? undefined : text });
    await this.send('Input.dispatchKeyEvent', { ...event, type: 'keyUp' });
  }

  async type(text) {
    await this.send('Input.insertText', { text });
  }

  /** Tabs until the element that fits has the focus: by the keyboard alone, as everything must be reached. */
  async tabTo(selector, key = 'Tab', most = 80) {
    for (let i = 0; i < most; i += 1) {
      if (await this.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`)) return;
      await this.press(key);
    }
    throw new Failure(`${selector} cannot be reached with ${key}`);
  }

  /** What can be used but does not say what it is. */
  async nameless() {
    const usable = new Set(['button', 'link', 'textbox', 'searchbox', 'combobox', 'switch', 'checkbox', 'spinbutton', 'dialog', 'navigation', 'list', 'image', 'img']);
    const { nodes } = await this.send('Accessibility.getFullAXTree');
    return nodes.filter((node) => !node.ignored && usable.has(node.role?.value) && !node.name?.value && node.role.value !== 'list')
      .map((node) => node.role.value);
  }

  look({ width, height, dark, motion = false }) {
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: motion ? 'no-preference' : 'reduce' }];
    return Promise.all([
      this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }),
      this.send('Emulation.setEmulatedMedia', { features }),
    ]);
  }

  async shoot(file) {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    writeFileSync(file, Buffer.from(data, 'base64'));
  }
}

export class Browser {
  constructor(chromium) {
    this.profile = makeFolder('sync-chromium-');
    this.child = start(chromium, [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--remote-debugging-pipe', `--user-data-dir=${this.profile}`,
    ], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
    this.complaints = '';
    this.child.stderr.on('data', (data) => {
      this.complaints += data;
    });
    this.serial = 0;
    this.waiting = new Map();
    this.witnesses = new Map();
    const [, , , to, from] = this.child.stdio;
    this.pipe = to;
    to.on('error', () => {});
    let unread = '';
    from.setEncoding('utf8').on('data', (data) => {
      const messages = (unread + data).split('\0');
      unread = messages.pop();
      for (const message of messages) this.take(JSON.parse(message));
    });
    this.child.closed.then((status) => {
      for (const { reject } of this.waiting.values()) reject(new Failure(`${chromium} ended with ${status}: ${this.complaints.slice(-2000)}`));
    });
  }

  take({ id, result, error, method, params, sessionId }) {
    if (id === undefined) {
      this.witnesses.get(sessionId)?.see(method, params);
      return;
    }
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Failure(`DevTools: ${error.message}`));
    else resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      this.serial += 1;
      this.waiting.set(this.serial, { resolve, reject });
      this.pipe.write(`${JSON.stringify({ id: this.serial, method, params, sessionId })}\0`);
    });
  }

  /** An empty page that may ask `origin` for things, and nobody else. */
  async open(origin) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const witness = new Witness(origin);
    const page = new Page(this, sessionId, witness);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log', 'Audits', 'Accessibility']) await page.send(`${domain}.enable`);
    this.witnesses.set(sessionId, witness);
    return page;
  }

  async close() {
    const status = await end(this.child);
    await removeFolder(this.profile);
    return status;
  }
}
