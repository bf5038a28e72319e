// The rows as a table of ratios alone, which another machine may be compared with; for the README.
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { isRate } from './works.mjs';

const columns = [
  ['official', 'the official SDK'],
  ['naive-qml', 'a naive QML application'],
  ['ceiling', 'bare WebSockets'],
  ['plain', 'without it'],
];

/** The system by its own name, as people know it. */
function system() {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

function machine() {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim() || process.arch}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${system()}, Node ${process.versions.node}`;
}

function cell(row) {
  if (!row || row.ratio === null) return '';
  const target = row.target === null ? '' : ` (${isRate(row.unit) ? '≥' : '≤'} ${row.target}${row.met ? '' : ', missed'})`;
  return `${row.ratio} ×${target}`;
}

/** A line for each work: ours, the first of its rows, to each of the others. */
export function markdownOf(rows, rounds) {
  const works = new Map();
  for (const row of rows) {
    if (!works.has(row.work)) works.set(row.work, {});
    const isOwn = row.subject.startsWith('ours');
    if (isOwn && Object.keys(works.get(row.work)).length > 0) continue;
    works.get(row.work)[isOwn ? 'plain' : row.subject] = row;
  }
  const lines = [...works].map(([work, found]) => `| ${work} | ${columns.map(([name]) => cell(found[name])).join(' | ')} |`);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${machine()}; ours to others, medians of ${rounds} rounds, the target in brackets:\n\n`
    + `| work | ${columns.map(([, title]) => title).join(' | ')} |\n|${'---|'.repeat(columns.length + 1)}\n${lines.join('\n')}\n`;
}
