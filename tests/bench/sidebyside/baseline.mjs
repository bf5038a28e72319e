// How far ours may fall behind the bare WebSockets, as a baseline says that was taken with the same options.
import { isRate } from './works.mjs';

// The slowest of a hundred and what is over after some milliseconds vary more than any change of the program.
const isSteady = ({ work, unit }) => unit !== 'ms' || work.endsWith(': p50');

const comparedOf = (rows) => rows.filter((row) => row.subject === 'ceiling' && row.ratio !== null && isSteady(row));

/** The ratios that a baseline is made of, by work. */
export function ratiosOf(rows) {
  return Object.fromEntries(comparedOf(rows).map((row) => [row.work, row.ratio]));
}

/**
 * Sentences about what of \c rows is worse than \c baseline by more than a third, in every round: whatever else a
 * machine does can only make single rounds slower.
 */
export function worseThan(baseline, rows) {
  return comparedOf(rows).flatMap(({ work, unit, best }) => {
    if (!(work in baseline)) return [`"${work}" is not in the baseline`];
    const before = baseline[work];
    const isWorse = isRate(unit) ? best < (before * 2) / 3 : best > (before * 3) / 2;
    return isWorse ? [`"${work}": ours is at best ${best} × the ceiling, and ${before} × in the baseline`] : [];
  });
}

/** Sentences about what \c baseline has and \c rows do not. */
export function missingFrom(rows, baseline) {
  const measured = ratiosOf(rows);
  return Object.keys(baseline).filter((work) => !(work in measured)).map((work) => `"${work}" of the baseline was not measured`);
}
