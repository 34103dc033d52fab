// No text of a history, an approval, a policy or a request becomes markup, in HTML or in Markdown; and the page loads nothing.
import { reportOf } from '../../src/report/incident.js';
import { renderReportHtml } from '../../src/report/report-html.js';
import { renderReportMarkdown } from '../../src/report/report-markdown.js';
import type { Report } from '../../src/report/report.js';
import { HOSTILE, epochWorld } from './worlds.js';

/** Every string of the report but those of closed lists replaced. */
const withTexts = (report: Report, text: string): Report => {
  const replaced = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      return ['basis', 'jurisdiction', 'kind', 'how', 'state', 'unintelligible'].includes(key) ? value : text;
    }
    if (Array.isArray(value)) return value.map((each) => replaced(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, name)]));
  };
  return replaced(report, '') as Report;
};
const REPORT = reportOf(epochWorld());
const tagsOf = (html: string): readonly string[] => html.match(/<[^>]*>/g) ?? [];

test('in HTML hostile texts have the tags of plain ones, and no other', () => {
  const [plain, hostile] = ['x', HOSTILE].map((text) => tagsOf(renderReportHtml(withTexts(REPORT, text))));
  expect(hostile?.filter((tag) => !/^<\/?code>$/.test(tag))).toEqual(plain?.filter((tag) => !/^<\/?code>$/.test(tag)));
  expect(hostile?.filter((tag) => tag === '<code>').length).toBe(hostile?.filter((tag) => tag === '</code>').length);
});

test('the page has no script, no style of elsewhere, no picture and no address to load from', () => {
  const html = renderReportHtml(withTexts(REPORT, HOSTILE));
  expect(tagsOf(html).filter((tag) => /<(script|link|img|iframe|object|base|form|a|svg)\b/i.test(tag))).toEqual([]);
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).not.toMatch(/url\(|@import|<[^>]*\s(on\w+|src|href)=/i);
});

test('in Markdown hostile texts have the lines of plain ones, and no mark of their own', () => {
  const [plain = '', hostile = ''] = ['x', HOSTILE].map((text) => renderReportMarkdown(withTexts(REPORT, text)));
  const shapeOf = (text: string): readonly string[] =>
    text.split('\n').map((line) => /^(#+ |\| |- | {4}|---|)/.exec(line)?.[0] ?? '');
  expect(shapeOf(hostile)).toEqual(shapeOf(plain));
  // Outside code nothing of it is left; inside it is code.
  const outside = hostile
    .split('\n')
    .filter((line) => !line.startsWith('    '))
    .map((line) => line.replace(/`[^`]*`/g, ''));
  expect(outside.filter((line) => /<|\[a\]|\*\*|http:\/\//.test(line))).toEqual([]);
  const rows = hostile.split('\n').filter((line) => line.startsWith('| '));
  const bars = (line: string): number => line.replaceAll('\\|', '').split('|').length;
  const rowsOfPlain = plain.split('\n').filter((line) => line.startsWith('| '));
  expect(rows.map(bars)).toEqual(rowsOfPlain.map(bars));
});
