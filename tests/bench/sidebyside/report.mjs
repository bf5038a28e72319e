// What the runs of a work say: rows, a table and a bar chart of them.
import { isRate } from './works.mjs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const round = (number) => Number(number.toPrecision(4));

/**
 * A row for each subject of each figure. \c ratio is ours to that subject's, from runs of the same round, and
 * \c target what it should be: at least that of rates, at most that of anything else. \c spread is between the
 * largest and the smallest value, in parts of the median. What is compared with another way of doing it alone,
 * called plain, has that ratio itself.
 */
export function rowsOf(work, runs) {
  const names = Object.keys(runs);
  const own = names.find((name) => name.startsWith('ours'));
  return work.rows.flatMap(({ work: title, unit, value, targets, without = [] }) => {
    const figures = Object.fromEntries(
      names.map((name) => [name, runs[name].map((run) => value(run, work.subjects[name]))]),
    );
    const shown = (name) => name !== 'plain' && !without.includes(name) && figures[name].every(Number.isFinite);
    return names.filter(shown).map((name) => {
      const middle = median(figures[name]);
      const other = name === own ? 'plain' : name;
      const ratio = figures[other] ? median(figures[own].map((ours, i) => ours / figures[other][i])) : null;
      const target = targets?.[other] ?? null;
      const met = target === null ? null : isRate(unit) ? ratio >= target : ratio <= target;
      return {
        work: title,
        subject: name,
        value: round(middle),
        unit,
        spread: round((Math.max(...figures[name]) - Math.min(...figures[name])) / middle),
        ratio: ratio === null ? null : round(ratio),
        target,
        met,
      };
    });
  });
}

/** The best ratio of ours to the ceiling's in any round, by work; what took milliseconds varies too much. */
export function bestRatios(work, runs) {
  if (!runs.ours || !runs.ceiling) return {};
  const measured = work.rows.filter(({ unit }) => unit !== 'ms' && unit !== 'bytes');
  return Object.fromEntries(measured.map(({ work: title, unit, value }) => {
    const figures = (name) => runs[name].map((run) => value(run, work.subjects[name]));
    const ceiling = figures('ceiling');
    const ratios = figures('ours').map((ours, i) => ours / ceiling[i]);
    return [title, round(isRate(unit) ? Math.max(...ratios) : Math.min(...ratios))];
  }));
}

/** What of \c now is worse by more than a third than \c before. */
export function worseThan(before, now) {
  return Object.entries(now).flatMap(([work, ratio]) => {
    if (!(work in before)) return [`${work} is not in the baseline`];
    const isWorse = work.endsWith(': cost') ? ratio > before[work] * 1.5 : ratio < (before[work] * 2) / 3;
    return isWorse ? [`${work}: ours is ${ratio} × the ceiling, ${before[work]} in the baseline`] : [];
  });
}

export function tableOf(rows) {
  return rows.map((row, i) => {
    const title = i > 0 && rows[i - 1].work === row.work ? '' : `${row.work}, ${row.unit}\n`;
    const times = row.ratio === null ? '' : `  ours ${row.ratio} ×`;
    const sign = isRate(row.unit) ? '≥' : '≤';
    const target = row.target === null ? '' : `, target ${sign} ${row.target}: ${row.met ? 'met' : 'MISSED'}`;
    return `${title}    ${row.subject.padEnd(10)}${String(row.value).padStart(12)}  ±${String(Math.round(row.spread * 50)).padStart(3)} %${times}${target}`;
  }).join('\n');
}

const colours = { ours: '#0b6fc2', 'ours-qml': '#5aa9e6', official: '#d1495b', 'naive-qml': '#b8860b', ceiling: '#829ab1' };
const barHeight = 16;
const left = 330;
const width = 460;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** A bar for each row, those of a work in parts of the largest of them. */
export function svgOf(rows) {
  const most = {};
  for (const row of rows) most[row.work] = Math.max(most[row.work] ?? 0, row.value);
  let y = 30;
  let last = '';
  const bars = rows.map((row) => {
    const title = row.work === last ? '' : `<text x="16" y="${(y += 14) + 12}" font-weight="bold">${escaped(row.work)}</text>`;
    last = row.work;
    const length = Math.max(1, (row.value / most[row.work]) * width);
    const bar = `<rect x="${left}" y="${y}" width="${length}" height="${barHeight - 3}" fill="${colours[row.subject]}"/>`
      + `<text x="${left + length + 6}" y="${y + 11}">${escaped(row.subject)} ${row.value} ${escaped(row.unit)}`
      + `${row.ratio === null ? '' : ` (ours ${row.ratio} ×)`}</text>`;
    y += barHeight;
    return title + bar;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 260}" height="${y + 20}" font-family="sans-serif"`
    + ` font-size="11" fill="#1f2933">\n<rect width="100%" height="100%" fill="white"/>\n`
    + `<text x="16" y="22" font-size="15" font-weight="bold">Side by side</text>\n${bars.join('\n')}\n</svg>\n`;
}
