// usage: node scaling.mjs SERVER BENCH_SUBJECT [--rounds N] [--most N] [--svg FILE]: how the cost of an event grows
// with the rows of its list, with the objects that are open, and with the clients that hear of it.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startServer, token } from '../../interop/server.mjs';
import { burst, runner } from './subjects.mjs';
import { median } from './report.mjs';

const text = { type: 'string' };
const { values, positionals } = parseArgs({ options: { rounds: text, most: text, svg: text }, allowPositionals: true });
const [serverProgram, subjectProgram] = positionals;
const rounds = Number(values.rounds ?? 5);
const most = Number(values.most ?? 1_000_000);
const server = await startServer(serverProgram);
const run = runner(subjectProgram);
const events = 20000;
const bytes = 200;
const prefix = 'beside-';

/** Processor time of the process, in µs for each event that it deals with. */
async function cost(subject, { rows = 1000, others = 0, connections = 1, count = events }) {
  const { sid } = await server.control('seed', { kind: 'list', count: rows, bytes });
  const fields = { url: server.url, token: token(serverProgram, 'subject'), sid, count, bytes, others, prefix, connections };
  const { work } = await run(subject, 'ingest', fields, { act: burst(server, sid, bytes, count) });
  return (work * 1000) / (count * connections);
}

await run('ceiling', 'make', { url: server.url, token: token(serverProgram, 'maker'), count: 1000, prefix });
const upTo = (all) => all.filter((number) => number <= most);
const series = [
  { name: 'rows of the list', points: upTo([1000, 10000, 100000, 1000000]), of: (rows) => cost('ours', { rows }) },
  { name: 'open objects', points: [1, 10, 100, 1000], of: (others) => cost('ours', { others }) },
  { name: 'clients', points: [1, 10, 100], of: (connections) => cost('ceiling', { connections, count: Math.ceil(events / connections) }) },
];
for (const line of series) {
  line.costs = line.points.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, point] of line.points.entries()) line.costs[i].push(await line.of(point));
  }
  line.medians = line.costs.map(median);
  console.log(`${line.name}: µs of processor for an event`);
  for (const [i, point] of line.points.entries())
    console.log(`${String(point).padStart(10)}${line.medians[i].toFixed(2).padStart(9)}  ${(line.medians[i] / line.medians[0]).toFixed(2)} ×`);
}
await server.stop();

const [width, height, left] = [360, 220, 50];
const panels = series.map(({ name, points, medians }, i) => {
  const x = (point) => left + i * (width + 40) + (Math.log10(point / points[0]) / Math.log10(points.at(-1) / points[0])) * (width - 60);
  const y = (value) => 40 + height * (1 - value / (2 * Math.max(...medians)));
  const dots = points.map((point, k) => `<circle cx="${x(point)}" cy="${y(medians[k])}" r="3" fill="#0b6fc2"/>`
    + `<text x="${x(point)}" y="${y(medians[k]) - 8}" text-anchor="middle">${medians[k].toFixed(2)}</text>`
    + `<text x="${x(point)}" y="${height + 58}" text-anchor="middle">${point}</text>`);
  const line = points.map((point, k) => `${x(point)},${y(medians[k])}`).join(' ');
  return `<text x="${left + i * (width + 40)}" y="24" font-weight="bold">µs an event by ${name}</text>`
    + `<polyline fill="none" stroke="#0b6fc2" stroke-width="2" points="${line}"/>${dots.join('')}`;
});
if (values.svg)
  writeFileSync(values.svg, `<svg xmlns="http://www.w3.org/2000/svg" width="${3 * (width + 40) + left}" height="${height + 80}"`
    + ` font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>${panels.join('\n')}</svg>\n`);
