// Starts servers and subjects, each a process of its own.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { end, start } from '../../interop/cleanup.mjs';

/** Seconds that one subject may take for one work; the slowest, 100,000 items by the SDK, takes a tenth of it. */
export const longest = 180;

/** \c promise, or an error after \c longest. */
export async function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${longest} s`)), longest * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The server that answers without looking. */
export async function startBare(subjectProgram) {
  const child = start(subjectProgram, ['bare-server'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.closed.then((status) => reject(new Error(`the bare server ended with ${status}`)));
  });
  return {
    url: line.replace(/^listening /, ''),
    control: async () => ({ sid: 'ES00000000000000000000000000000000' }),
    stop: () => end(child),
  };
}

const optionsOf = (fields) => Object.entries(fields).flatMap(([name, value]) => [`--${name}`, String(value)]);

/** What \c child says about its work; \c act runs when it is ready. */
async function figuresOf(child, act) {
  let begin;
  const acted = new Promise((resolve) => { begin = () => resolve(act?.()); });
  const said = async () => {
    let isReady = false;
    let figures;
    for await (const line of createInterface({ input: child.stdout })) {
      const words = JSON.parse(line);
      if (words.ready) {
        isReady = true;
        begin();
      } else {
        figures = words;
      }
    }
    const status = await child.closed;
    if (status !== 0 || !figures || !isReady)
      throw new Error(`it ended with ${status}, ${isReady ? 'while it worked' : 'before it was ready'}`);
    return figures;
  };
  const [own, added] = await Promise.all([said(), acted]);
  return { ...own, ...added };
}

/**
 * Gives a function that has a subject do a work once: \c act runs when it is ready, and resolves to figures that
 * are added to its own. A subject that fails, or is not done in time, is ended, and the error names it.
 */
export function runner(subjectProgram, sdkFolder) {
  const official = fileURLToPath(new URL('official.mjs', import.meta.url));
  const stdio = ['ignore', 'pipe', 'inherit'];
  return async (subject, work, fields, { options = [], act } = {}) => {
    const args = [work, ...optionsOf(fields), ...options];
    const child = subject === 'official'
      ? start(process.execPath, ['--expose-gc', official, ...args], { cwd: sdkFolder, stdio })
      : start(subjectProgram, [subject, ...args], { stdio });
    const name = `${subject} at "${work}"`;
    try {
      const failed = new Promise((_, reject) => { child.once('error', reject); });
      return await inTime(Promise.race([figuresOf(child, act), failed]));
    } catch (error) {
      await end(child, 'SIGKILL');
      throw new Error(`${name} failed: ${error.message}`);
    }
  };
}

/** A burst of updates, for a subject that is ready. */
export const burst = (server, sid, bytes, count) => async () => {
  const body = { sid, bytes, count, kind: 'update', prepared: true };
  return { started: (await server.control('publish-burst', body)).started };
};
