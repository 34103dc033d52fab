// The report as Markdown. Whatever its texts hold, none becomes markup: reasons and names come from people and files.
import { markdownText, plainText } from '../document/markup.js';
import { pagesOf, type Block } from './report-pages.js';
import type { Report, Said } from './report.js';

/** Ends with a line feed. */
export function renderReportMarkdown(report: Report): string {
  const { title, about, summary, blocks, foot } = pagesOf(report);
  return `${[
    `# ${marked(title)}`,
    ...about.map((line) => marked(line)),
    ...summary.map(sentence),
    ...blocks.map(rendered),
    '---',
    marked(foot),
  ].join('\n\n')}\n`;
}

function rendered(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `## ${marked(block.text)}`;
    case 'heading-below':
      return `### ${marked(block.text)}`;
    case 'text':
      return marked(block.text);
    case 'said':
      return block.items.map((item) => `- ${sentence(item)}`).join('\n');
    case 'lines':
      return block.lines.map((line) => `    ${plainText(line)}`).join('\n');
    case 'table':
      return [block.heads, block.heads.map(() => '---'), ...block.rows.map((row) => row.map(cell))]
        .map((cells) => `| ${cells.join(' | ')} |`)
        .join('\n');
    default:
      return block satisfies never;
  }
}

function sentence({ text, source }: Said): string {
  return `${marked(text)} *(source: ${marked(source)})*`;
}

function cell(text: string): string {
  return marked(text).replaceAll('|', '\\|');
}

/** Text as text, but for what stands between two back ticks: that is code, and holds no back tick and no line end. */
function marked(text: string): string {
  return plainText(text)
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? `\`${part}\`` : markdownText(part)))
    .join('');
}
