// Every folder of test/cases/report: a world of worlds.ts and exactly what the report of it says, in the three formats. HEADGATE_WRITE_CASES=1
// writes them anew, for a person to read before they are kept.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reportOf } from '../../src/report/incident.js';
import { renderReportHtml } from '../../src/report/report-html.js';
import { renderReportMarkdown } from '../../src/report/report-markdown.js';
import { WORLDS } from './worlds.js';

const FOLDER = resolve(__dirname, '../cases/report');
const FORMATS = {
  'expected.md': renderReportMarkdown,
  'expected.html': renderReportHtml,
  'expected.json': (report: ReturnType<typeof reportOf>) => `${JSON.stringify(report, null, 2)}\n`,
} as const;

describe.each(Object.entries(WORLDS))('%s', (name, world) => {
  const report = reportOf(world());

  test.each(Object.entries(FORMATS))('%s', (file, render) => {
    if (process.env['HEADGATE_WRITE_CASES'] === '1') {
      mkdirSync(join(FOLDER, name), { recursive: true });
      writeFileSync(join(FOLDER, name, file), render(report));
    }
    expect(render(report)).toBe(readFileSync(join(FOLDER, name, file), 'utf8'));
  });
});

test('each folder is of a world', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(WORLDS).sort());
});
