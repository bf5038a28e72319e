// usage: node guide.mjs SERVER: the programs of docs/backend.md print what it says they do.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { blocks } from '../docs/markdown.mjs';
import { makeReport, secret, startServer } from './server.mjs';
import { Failure, same } from './suite.mjs';

const run = promisify(execFile);
const interpreters = { js: process.execPath, python: 'python3', bash: 'bash' };
const folder = join(process.cwd(), 'guide'); // below node_modules' own
mkdirSync(folder, { recursive: true });

const server = await startServer(process.argv[2]);
const env = { ...process.env, TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: secret, SYNC_URL: server.base };
const report = makeReport();
const all = blocks('docs/backend.md');
const programs = all.filter((block) => /^(backend|hooks)\./.test(block.name));
let failed = 0;
for (const program of programs) {
  const file = join(folder, program.name);
  let error = null;
  try {
    writeFileSync(file, program.text);
    const said = all[all.indexOf(program) + 1];
    if (said?.language !== 'text') throw new Failure(`docs/backend.md:${program.line}: what does it print?`);
    same((await run(interpreters[program.language], [file], { env, timeout: 30000 })).stdout, said.text, 'output');
  } catch (e) {
    error = e;
    failed += 1;
  }
  report(program.name, error);
}
same(programs.map((program) => program.name), ['backend.mjs', 'backend.py', 'backend.sh', 'hooks.mjs', 'hooks.py'], 'programs');
same(await server.stop(), 0, "the server's exit status");
process.exit(failed === 0 ? 0 : 1);
