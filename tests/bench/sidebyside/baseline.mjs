// How far ours may fall behind the bare WebSockets, as a baseline says that was taken with the same options.
import { isRate } from './works.mjs';

// The slowest of a hundred and what is over after some milliseconds vary more than any change of the program.
const isSteady = ({ work, unit }) => unit !== 'ms' || work.endsWith(': p50');

/** The ratios that a baseline is made of, by work. */
export function ratiosOf(rows) {
  const compared = rows.filter((row) => row.subject === 'ceiling' && row.ratio !== null && isSteady(row));
  return Object.fromEntries(compared.map((row) => [row.work, row.ratio]));
}

/** Sentences about what of \c rows is worse than \c baseline by more than a third. */
export function worseThan(baseline, rows) {
  const units = Object.fromEntries(rows.map(({ work, unit }) => [work, unit]));
  return Object.entries(ratiosOf(rows)).flatMap(([work, ratio]) => {
    if (!(work in baseline)) return [`"${work}" is not in the baseline`];
    const before = baseline[work];
    const isWorse = isRate(units[work]) ? ratio < (before * 2) / 3 : ratio > (before * 3) / 2;
    return isWorse ? [`"${work}": ours is ${ratio} × the ceiling, and ${before} × in the baseline`] : [];
  });
}

/** Sentences about what \c baseline has and \c rows do not. */
export function missingFrom(rows, baseline) {
  const measured = ratiosOf(rows);
  return Object.keys(baseline).filter((work) => !(work in measured)).map((work) => `"${work}" of the baseline was not measured`);
}
