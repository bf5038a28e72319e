// Starts servers and subjects, each a process of its own.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { end, start } from '../../interop/cleanup.mjs';

/** The server that answers without looking. */
export async function startBare(subjectProgram) {
  const child = start(subjectProgram, ['bare-server'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => { createInterface({ input: child.stdout }).once('line', resolve); });
  return {
    url: line.replace(/^listening /, ''),
    control: async () => ({ sid: 'ES00000000000000000000000000000000' }),
    stop: () => end(child),
  };
}

const optionsOf = (fields) => Object.entries(fields).flatMap(([name, value]) => [`--${name}`, String(value)]);

/**
 * Gives a function that has a subject do a work once: \c act runs when it is ready, and resolves to figures that
 * are added to its own.
 */
export function runner(subjectProgram, sdkFolder) {
  const official = fileURLToPath(new URL('official.mjs', import.meta.url));
  const stdio = ['ignore', 'pipe', 'inherit'];
  return async (subject, work, fields, { options = [], act } = {}) => {
    const args = [work, ...optionsOf(fields), ...options];
    const child = subject === 'official'
      ? start(process.execPath, ['--expose-gc', official, ...args], { cwd: sdkFolder, stdio })
      : start(subjectProgram, [subject, ...args], { stdio });
    let acting;
    let figures;
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line);
      if (said.ready) acting = act?.();
      else figures = said;
    }
    const status = await child.closed;
    if (status !== 0 || !figures) throw new Error(`${subject} does not do ${work}: ${status}`);
    return { ...figures, ...(await acting) };
  };
}

/** A burst of updates, for a subject that is ready. */
export const burst = (server, sid, bytes, count) => async () => {
  const body = { sid, bytes, count, kind: 'update', prepared: true };
  return { started: (await server.control('publish-burst', body)).started };
};
