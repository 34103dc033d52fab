// The report as one HTML page: no script, nothing loaded from elsewhere, made to be printed. Whatever its texts hold, none becomes markup.
import { htmlText, plainText } from '../document/markup.js';
import { pagesOf, type Block } from './report-pages.js';
import type { Report, Said } from './report.js';

const STYLE = `
:root { color-scheme: light; --line: #c8ccd2; --quiet: #5b6470; --soft: #f4f6f8; --ink: #1b1f24; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 3rem; color: var(--ink); background: #fff;
  font: 0.95rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--ink); break-after: avoid; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; break-after: avoid; }
p { margin: .3rem 0; }
.about { color: var(--quiet); margin: 0; }
.summary { background: var(--soft); border-left: 4px solid var(--ink); padding: .75rem 1rem; margin: 1rem 0 0; }
.summary p { font-size: 1.05rem; margin: .5rem 0; }
ul { margin: .3rem 0; padding-left: 1.25rem; }
.source { color: var(--quiet); font-size: .85em; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .85rem; }
th, td { border: 1px solid var(--line); padding: .3rem .45rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
th { background: var(--soft); font-weight: 600; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
td.when { min-width: 8em; }
td.name { min-width: 8.5em; }
.officer { background: #fff6d6; }
code { font: .92em ui-monospace, monospace; background: var(--soft); border-radius: .2rem; padding: 0 .25em; }
pre { background: var(--soft); border: 1px solid var(--line); padding: .6rem .75rem; white-space: pre-wrap; font: .8rem/1.45 ui-monospace, monospace; }
.foot { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .5rem; color: var(--quiet); font-size: .85rem; }
@media screen and (max-width: 62rem) { table { font-size: .75rem; } td.when { min-width: 6.5em; } td.name { min-width: 6.5em; } }
@media screen and (max-width: 48rem) { table { display: block; overflow-x: auto; } }
@page { size: A4; margin: 14mm 12mm; }
@media print { body { padding: 0; max-width: none; font-size: 9pt; } h2 { margin-top: 1.2rem; } table { font-size: 7.5pt; } pre { font-size: 7.5pt; }
  th, td { padding: .2rem .3rem; } td.when { min-width: 7.3em; } td.name { min-width: 7em; }
  .summary p { font-size: 10.5pt; } .officer, th, .summary, code, pre { print-color-adjust: exact; } }
`.trim();

/** A whole document in UTF-8, ended by a line feed. */
export function renderReportHtml(report: Report): string {
  const { title, about, summary, blocks, foot } = pagesOf(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${htmlText(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>${marked(title)}</h1>
${about.map((line) => `<p class="about">${marked(line)}</p>`).join('\n')}
<div class="summary">
${summary.map((each) => `<p>${sentence(each)}</p>`).join('\n')}
</div>
${blocks.map(rendered).join('\n')}
<p class="foot">${marked(foot)}</p>
</body>
</html>
`;
}

function rendered(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2>${marked(block.text)}</h2>`;
    case 'heading-below':
      return `<h3>${marked(block.text)}</h3>`;
    case 'text':
      return `<p>${marked(block.text)}</p>`;
    case 'said':
      return `<ul>\n${block.items.map((item) => `<li>${sentence(item)}</li>`).join('\n')}\n</ul>`;
    case 'lines':
      return `<pre>${block.lines.map((line) => htmlText(plainText(line))).join('\n')}</pre>`;
    case 'table':
      return tableOf(block);
    default:
      return block satisfies never;
  }
}

function tableOf({ heads, rows }: Extract<Block, { kind: 'table' }>): string {
  const body = rows.map((row) => {
    const cells = row.map((text, index) => `<td${classOf(heads[index] ?? '', text)}>${marked(text)}</td>`);
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table>
<thead><tr>${heads.map((head) => `<th>${htmlText(head)}</th>`).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>`;
}

function classOf(head: string, text: string): string {
  if (head === 'source') return ' class="source"';
  if (head === 'header' || head === 'field' || head === 'domain') return ' class="name"';
  if (head === 'when' || head === 'first' || head === 'last') return ' class="when"';
  return head === 'for the officer' && text !== '' ? ' class="officer"' : '';
}

function sentence({ text, source }: Said): string {
  return `${marked(text)} <span class="source">[${marked(source)}]</span>`;
}

/** Text as text, but for what stands between two back ticks: that is code. */
function marked(text: string): string {
  return plainText(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? `<code>${htmlText(part)}</code>` : htmlText(part)))
    .join('');
}
