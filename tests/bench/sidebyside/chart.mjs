// The rows as a bar chart, on light and dark pages.
import { timesOf } from './report.mjs';
import { isRate } from './works.mjs';

const subjects = ['ours', 'ours-qml', 'official', 'naive-qml', 'ceiling'];
const light = { page: '#ffffff', text: '#1f2933', fills: ['#0b6fc2', '#5aa9e6', '#d1495b', '#b8860b', '#829ab1'] };
const dark = { page: '#16202a', text: '#e4e9ee', fills: ['#4aa8ff', '#2f78b3', '#f0707f', '#d9a93a', '#8fa5ba'] };
const rules = ({ page, text, fills }) => [
  `.page { fill: ${page} } text { fill: ${text} }`,
  ...subjects.map((subject, i) => `.${subject} { fill: ${fills[i]} }`),
].join(' ');

const lineHeight = 16;
const left = 330;
const width = 460;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const textAt = (x, y, text, weight = '') => `<text x="${x}" y="${y}"${weight}>${escaped(text)}</text>`;
const bold = ' font-weight="bold"';

/** A bar for each row, those of a work in parts of the largest of them. */
export function svgOf(rows) {
  const most = {};
  for (const row of rows) most[row.work] = Math.max(most[row.work] ?? 0, row.value);
  let y = 44;
  let next = 0; // where there is room below the title
  let last = '';
  const bars = rows.map((row, i) => {
    let title = '';
    if (row.work !== last) {
      y = Math.max(y, next) + 14;
      next = y + 2 * lineHeight;
      title = textAt(16, y + 11, row.work, bold)
        + textAt(16, y + 11 + lineHeight, `${row.unit}; ${isRate(row.unit) ? 'more' : 'less'} is better`);
      last = row.work;
    }
    const length = Math.max(1, (row.value / most[row.work]) * width).toFixed(1);
    const times = row.ratio === null ? '' : ` (${timesOf(rows, i)})`;
    const bar = `<rect class="${row.subject}" x="${left}" y="${y}" width="${length}" height="${lineHeight - 3}"/>`
      + textAt(left + Number(length) + 6, y + 11, `${row.subject} ${row.value}${times}`);
    y += lineHeight;
    return title + bar;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 220}" height="${y + 34}" font-family="sans-serif"`
    + ` font-size="11">\n<style>${rules(light)} @media (prefers-color-scheme: dark) { ${rules(dark)} }</style>\n`
    + `<rect class="page" width="100%" height="100%"/>\n<text x="16" y="26" font-size="15"${bold}>Side by side</text>\n`
    + `${bars.join('\n')}\n</svg>\n`;
}
