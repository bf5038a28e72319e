// What a test starts and what it writes goes with it, however it ends.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

const running = new Set();
const folders = new Set();

/** Reaches what the program has started, too; false if nothing of it is left. */
function signalGroup(child, signal) {
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/**
 * Starts a program at the head of a process group. Its `closed` resolves to the exit code or the signal,
 * when nobody holds its output any more: only then has all been read, and its helpers are gone as well.
 */
export function start(path, args, options = {}) {
  const child = spawn(path, args, { ...options, detached: true });
  child.closed = new Promise((resolve) => {
    child.once('close', (code, signal) => {
      running.delete(child);
      if (child.pid) signalGroup(child, 'SIGKILL'); // helpers that write no output
      resolve(code ?? signal);
    });
  });
  if (child.pid) running.add(child);
  child.stdin?.on('error', () => {}); // it may have ended before it reads
  return child;
}

/** Ends a program and all it has started, at last by force; resolves as `closed` does. */
export async function end(child, signal = 'SIGTERM') {
  if (running.has(child)) {
    signalGroup(child, signal);
    signalGroup(child, 'SIGCONT'); // one that is stopped would not notice
  }
  const patience = setTimeout(() => {
    signalGroup(child, 'SIGKILL');
    for (const stream of child.stdio) stream?.destroy(); // a helper that has left the group may hold them
  }, 10000);
  const status = await child.closed;
  clearTimeout(patience);
  return status;
}

/** A new empty folder. */
export function makeFolder(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

/** Never fails: a folder that stays is no defect of what was tested. */
export async function removeFolder(folder) {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    folders.delete(folder);
  } catch (error) {
    console.log(`# stays behind: ${error.message}`);
  }
}

process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // said above, or killed by a signal: there is nobody to tell
    }
  }
});
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]));
}
