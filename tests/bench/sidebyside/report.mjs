// What the runs of a work say: rows, and a table of them.
import { isRate } from './works.mjs';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

const round = (number) => Number(number.toPrecision(4));

/** What each subject's runs come to; an error if one of them does not say it. */
function figuresOf({ work: title, value, without = [] }, work, runs) {
  const names = Object.keys(runs).filter((name) => !without.includes(name));
  return Object.fromEntries(names.map((name) => {
    const figures = runs[name].map((run) => value(run, work.subjects[name]));
    if (!figures.every(Number.isFinite)) throw new Error(`${name} at "${title}" gives no figure`);
    return [name, figures];
  }));
}

/**
 * A row for each subject of each figure. \c ratio is ours to that subject's, from runs of the same round, and
 * \c target what it should be: at least that of rates, at most that of anything else. \c spread is between the
 * largest and the smallest value, in parts of the median. What is compared with another way of doing it alone,
 * called plain, has that ratio itself; where there is none, its target is of the value. \c best is the ratio of the
 * round in which ours did best.
 */
export function rowsOf(work, runs) {
  const own = Object.keys(runs).find((name) => name.startsWith('ours'));
  return work.rows.flatMap((row) => {
    const figures = figuresOf(row, work, runs);
    const other = (name) => (name === own && figures.plain ? 'plain' : name);
    return Object.keys(figures).filter((name) => name !== 'plain').map((name) => {
      const middle = median(figures[name]);
      const ratios = other(name) === own ? [] : figures[other(name)].map((value, i) => figures[own][i] / value);
      const ratio = ratios.length > 0 ? median(ratios) : null;
      const best = ratios.length > 0 ? Math[isRate(row.unit) ? 'max' : 'min'](...ratios) : null;
      const target = row.targets?.[other(name)] ?? null;
      const compared = ratio ?? middle;
      const met = target === null ? null : isRate(row.unit) ? compared >= target : compared <= target;
      return {
        work: row.work,
        subject: name,
        value: round(middle),
        unit: row.unit,
        spread: round((Math.max(...figures[name]) - Math.min(...figures[name])) / middle),
        ratio: ratio === null ? null : round(ratio),
        best: best === null ? null : round(best),
        target,
        met,
      };
    });
  });
}

/** What the ratio of the row at \c i is of; ours comes first, and is compared with doing without. */
export function timesOf(rows, i) {
  const { ratio, work } = rows[i];
  if (ratio === null) return '';
  return i > 0 && rows[i - 1].work === work ? `ours ${ratio} ×` : `${ratio} × without`;
}

export function tableOf(rows) {
  return rows.map((row, i) => {
    const title = i > 0 && rows[i - 1].work === row.work ? '' : `${row.work}, ${row.unit}\n`;
    const times = row.ratio === null ? '' : `  ${timesOf(rows, i)}`;
    const sign = isRate(row.unit) ? '≥' : '≤';
    const target = row.target === null ? '' : `, target ${sign} ${row.target}: ${row.met ? 'met' : 'MISSED'}`;
    return `${title}    ${row.subject.padEnd(10)}${String(row.value).padStart(12)}  ±${String(Math.round(row.spread * 50)).padStart(3)} %${times}${target}`;
  }).join('\n');
}
