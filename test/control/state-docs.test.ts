// docs/state.md and the code say the same: files of the folder, codes, kinds of history records.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EARLIER_KEPT } from '../../src/change/gate-state.js';
import { HISTORY_NAMESPACE } from '../../src/change/checkpoint.js';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/state.md'), 'utf8');
const sourceOf = (...files: readonly string[]): string =>
  files.map((file) => readFileSync(join(ROOT, 'src', file), 'utf8')).join('\n');
const namesIn = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].flatMap((match) => match.slice(1).filter((name) => name !== undefined))),
];
/** First cells of the table that begins with `title`. */
const rows = (title: string): string[] => {
  const [, table = ''] = page.split(`| ${title} |`);
  return namesIn(table.split('\n\n')[0] ?? '', /^\| `([^`]+)` \|/gm);
};

test('every code of the state and of the history is there, and no other', () => {
  const files = ['control/state-folder.ts', 'control/history-file.ts', 'change/history-record.ts'];
  const text = sourceOf(...files);
  const codes = namesIn(text, /'((?:state|history)-[a-z-]+)'/g);
  const marks = namesIn(text, /readonly why: '([a-z]+)'; readonly/g).map((why) => `history-${why}`);
  expect(marks).toHaveLength(5);
  expect(rows('code').sort()).toEqual([...codes, ...marks].sort());
});

test('every kind of record is there, in order, and no other', () => {
  const kinds = namesIn(sourceOf('change/history-record.ts'), /readonly kind: '([a-z-]+)'(?: \| '([a-z-]+)')?/g);
  expect(kinds).toHaveLength(12);
  expect(rows('kind')).toEqual(kinds);
});

test('every file that the gateway keeps is there', () => {
  const folder = readdirSync(join(ROOT, 'src/control')).filter((name) => name.endsWith('.ts'));
  const text = sourceOf(...folder.map((name) => `control/${name}`), 'cli/history-verify.ts');
  const kept = namesIn(text, /'((?:state|clock|lockdown|novelty)\.json|history\.jsonl|LOCKDOWN|lock)'/g);
  expect(
    rows('file')
      .filter((name) => !name.endsWith('/'))
      .sort(),
  ).toEqual(kept.sort());
  expect(page).toContain(`up to ${EARLIER_KEPT} before it`);
  expect(page).toContain(`-n ${HISTORY_NAMESPACE} `);
});
