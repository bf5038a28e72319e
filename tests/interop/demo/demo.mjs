// The demo and a program with the official SDK on one list: each sees what the other does.
// usage: demo.mjs <tasks> <twilio-sync-server>   in the folder that has node_modules
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { makeFolder, removeFolder } from '../cleanup.mjs';
import { Child } from './child.mjs';

const { SyncClient } = createRequire(join(process.cwd(), 'package.json'))('twilio-sync');
const [demoPath, serverPath] = process.argv.slice(2);
const secondsAllowed = 1;
const running = [];
const clients = [];

function start(path, args) {
    const child = new Child(path, args);
    running.push(child);
    return child;
}

async function openWithSdk(url, token, name) {
    const client = new SyncClient(token, {
        twilsock: { uri: url },
        logLevel: 'silent',
        retryPolicy: { min: 50, max: 500, randomness: 0 },
    });
    clients.push(client);
    return client.list(name);
}

/** The next `event` of the SDK's list that fits. */
function told(list, event, fits) {
    return new Promise(resolve => {
        const listener = args => {
            if (!fits(args))
                return;
            list.removeListener(event, listener);
            resolve(args);
        };
        list.on(event, listener);
    });
}

const slowest = { demo: 0, script: 0 };

/** Does `act` and waits until both windows have printed a line that fits; says how long that took. */
async function seenInBoth(demo, what, act, pattern) {
    const from = demo.mark;
    const begin = performance.now();
    const result = await act();
    for (const window of ['Ann', 'Ben']) {
        const line = await demo.line(new RegExp(`^${window}: ${pattern(result)}$`), { from });
        slowest.demo = Math.max(slowest.demo, line.at - begin);
        assert(line.at - begin < secondsAllowed * 1000, `${what}: seen after ${line.at - begin} ms`);
    }
    console.log(`ok - ${what}`);
    return result;
}

async function seenInScript(list, what, act, event, fits) {
    const begin = performance.now();
    const seen = told(list, event, fits);
    act();
    const result = await Promise.race([seen, new Promise((_, reject) =>
        setTimeout(() => reject(new Error(`${what}: no '${event}' in the script`)), secondsAllowed * 1000).unref())]);
    slowest.script = Math.max(slowest.script, performance.now() - begin);
    console.log(`ok - ${what}`);
    return result;
}

async function rowsOf(demo) {
    const from = demo.mark;
    demo.say('rows');
    const both = [];
    for (const window of ['Ann', 'Ben'])
        both.push(JSON.parse((await demo.line(new RegExp(`^${window}: rows `), { from })).text.slice(`${window}: rows `.length)));
    return both;
}

async function bothRows(demo, what, expected) {
    const both = await rowsOf(demo);
    for (const rows of both)
        assert.deepEqual(rows.map(row => `${row.title}:${row.done}`), expected, what);
    console.log(`ok - ${what}`);
}

async function bothStates(demo, state, from, ms = 10000) {
    for (const window of ['Ann', 'Ben'])
        await demo.line(new RegExp(`^${window}: state ${state}$`), { from, ms });
}

/** The script and the demo on the server inside the demo. */
async function embeddedServer() {
    const demo = start(demoPath, ['--report', '--print-url']);
    const url = (await demo.line(/^url /)).text.slice(4);
    const token = (await demo.line(/^token /)).text.slice(6);
    await bothStates(demo, 'connected', 0);
    for (const window of ['Ann', 'Ben'])
        await demo.line(new RegExp(`^${window}: list established$`));
    const list = await openWithSdk(url, token, 'tasks');

    const milk = await seenInBoth(demo, 'what the script pushes is in both windows',
        () => list.push({ title: 'Milk', done: false }), item => `row 0 title=Milk done=false`);
    await seenInBoth(demo, 'what it ticks is ticked',
        () => list.update(milk.index, { done: true }), () => 'row 0 title=Milk done=true');
    await seenInBoth(demo, 'what it renames has the new name',
        () => list.update(milk.index, { title: 'Büttermilch 🥛' }), () => 'row 0 title=Büttermilch 🥛 done=true');

    const added = await seenInScript(list, 'what the demo adds arrives in the script',
        () => demo.say('add Bread'), 'itemAdded', args => args.item.data.title === 'Bread' && !args.isLocal);
    assert.deepEqual(added.item.data, { title: 'Bread', done: false });
    await seenInScript(list, 'what it ticks arrives',
        () => demo.say(`tick ${added.item.index}`), 'itemUpdated', args => args.item.data.done === true);
    await seenInScript(list, 'what it renames arrives',
        () => demo.say(`rename ${added.item.index} Rye bread`), 'itemUpdated',
        args => args.item.data.title === 'Rye bread');

    await seenInBoth(demo, 'what the script removes is gone from both windows',
        () => list.remove(milk.index), () => `gone item=${milk.index}`);
    await bothRows(demo, 'the rest is as it was', ['Rye bread:true']);
    await seenInScript(list, 'what the demo removes is gone in the script',
        () => demo.say(`remove ${added.item.index}`), 'itemRemoved', args => args.index === added.item.index);

    const from = demo.mark;
    demo.say('stop-server');
    await bothStates(demo, 'connecting', from);
    demo.say('start-server');
    await bothStates(demo, 'connected', from, 30000);
    console.log('ok - with the server stopped and started again both windows are connected again');
    const late = await list.push({ title: 'Late', done: false });
    await demo.line(/^Ann: row 0 title=Late/, { from });
    await demo.line(/^Ben: row 0 title=Late/, { from });
    await bothRows(demo, 'and follow the script as before', ['Late:false']);
    assert.equal(late.data.title, 'Late');

    demo.say('quit');
    assert.equal(await demo.ended, 0);
}

/** A server of its own is killed under both; others write before the demo is back. */
async function killedServer() {
    const directory = makeFolder('twilio-sync-demo-');
    const secret = 'a secret of the interop test, long enough';
    const serverArgs = port => ['--port', port, '--secret', secret, '--data', join(directory, 'data.sqlite')];
    const token = identity => execFileSync(serverPath,
        ['token', '--identity', identity, '--secret', secret]).toString().trim();

    let server = start(serverPath, serverArgs('0'));
    const url = (await server.line(/^listening /)).text.slice('listening '.length);
    const port = new URL(url).port;
    const demo = start(demoPath,
        ['--report', '--windows', '2', '--url', url, '--token', token('demo')]);
    await bothStates(demo, 'connected', 0);
    const list = await openWithSdk(url, token('script'), 'tasks');
    await seenInBoth(demo, 'a server of its own serves both',
        () => list.push({ title: 'Before', done: false }), () => 'row 0 title=Before done=false');

    const from = demo.mark;
    await server.end('SIGKILL');
    await bothStates(demo, 'connecting', from);
    demo.signal('SIGSTOP'); // so that it cannot be back before the others
    server = start(serverPath, serverArgs(port));
    await server.line(/^listening /);
    const others = await openWithSdk(url, token('script'), 'tasks');
    const [before] = (await others.getItems()).items;
    await others.update(before.index, { done: true });
    await others.push({ title: 'Meanwhile', done: false });
    await others.push({ title: 'Also meanwhile', done: true });
    demo.signal('SIGCONT');
    await bothStates(demo, 'connected', from, 30000);
    for (const window of ['Ann', 'Ben'])
        await demo.line(new RegExp(`^${window}: row 2 title=Also meanwhile done=true$`), { from, ms: 15000 });
    await bothRows(demo, 'what others wrote while the server was away is there, once',
        ['Before:true', 'Meanwhile:false', 'Also meanwhile:true']);
    demo.say('quit');
    assert.equal(await demo.ended, 0);
    assert.equal(await server.end('SIGTERM'), 0);
    await removeFolder(directory);
}

try {
    await embeddedServer();
    await killedServer();
    console.log(`slowest: ${slowest.demo.toFixed(0)} ms to the windows, ${slowest.script.toFixed(0)} ms to the script`);
} catch (error) {
    console.log(`not ok - ${error.stack}`);
    process.exitCode = 1;
} finally {
    for (const child of running)
        await child.end('SIGKILL');
    await Promise.allSettled(clients.map(client => client.shutdown()));
    process.exit();
}
