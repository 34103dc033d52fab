// docs/problems.md and the code say the same: every code is documented, every example is what a case file shows.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const DOCS = readFileSync(join(ROOT, 'docs/problems.md'), 'utf8');
const SECTIONS = DOCS.split(/^### /m).slice(1);
const DOCUMENTED = SECTIONS.map((section) => /^`([a-z-]+)`/.exec(section)?.[1] ?? section.slice(0, 40));

const textsUnder = (folder: string, ending: string): readonly { name: string; text: string }[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(join(ROOT, folder, name), 'utf8') }));

/** Quoted words of the source that have the shape of a code and are used as one: after `code:`, or as a first argument. */
const codesIn = (text: string): readonly string[] =>
  [
    ...[...text.matchAll(/\bcode: (?:\w+ \? )?'([a-z-]+)'(?: : '([a-z-]+)')?/g)].flatMap((match) => [
      match[1],
      match[2],
    ]),
    ...[...text.matchAll(/\b(?:add|refused)\(\s*'([a-z]+-[a-z-]+)'/g)].map((match) => match[1]),
  ].filter((code) => code !== undefined && code !== 'custom') as string[];

test('every code of document/ and policy/ is documented', () => {
  const used = new Set(
    [...textsUnder('src/document', '.ts'), ...textsUnder('src/policy', '.ts')].flatMap(({ text }) => codesIn(text)),
  );
  expect(used.size).toBeGreaterThan(60);
  expect([...used].filter((code) => !DOCUMENTED.includes(code))).toEqual([]);
});

// Why an approval or a change does not count is told elsewhere (docs/approvals.md); here stands what is wrong with a text.
test('every code of the texts of change/ is documented, and why a signature does not count', () => {
  const texts = textsUnder('src/change', '.ts').filter(({ text }) => /\bProblem\b|\bOptionFault\b/.test(text));
  const faults = textsUnder('src/change', 'signatures.ts').flatMap(({ text }) =>
    [...(/export type SignatureFault =([^;]*);/.exec(text)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(
      (match) => match[1] ?? '',
    ),
  );
  const used = texts.flatMap(({ text }) => [
    ...[...text.matchAll(/\bcode: '([a-z-]+)'/g)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(/'((?:signer|revoked|keys)-[a-z-]+)'/g)].map((match) => match[1] ?? ''),
  ]);
  expect(faults).toHaveLength(10);
  expect(new Set(used).size).toBeGreaterThan(14);
  expect([...new Set([...faults, ...used])].filter((code) => !DOCUMENTED.includes(code))).toEqual([]);
});

test('every code that a case shows is documented', () => {
  const shown = textsUnder('test/cases/policy', '.txt').flatMap(({ text }) =>
    [...text.matchAll(/^\S+:\d+:\d+: .* \[([a-z-]+)\]$/gm)].map((match) => match[1]),
  );
  expect([...new Set(shown)].filter((code) => code === undefined || !DOCUMENTED.includes(code))).toEqual([]);
});

test('every documented code is somewhere in the source, once in the document', () => {
  const source = textsUnder('src', '.ts')
    .map(({ text }) => text)
    .join('\n');
  expect(DOCUMENTED.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  expect(DOCUMENTED).toEqual([...new Set(DOCUMENTED)]);
});

test('every section says how to mend it, and its example is what a case of test/cases shows', () => {
  const cases = textsUnder('test/cases', '.txt').map(({ name, text }) =>
    text.replaceAll(basename(name).replace(/txt$/, 'yaml'), 'policy.yaml'),
  );
  const bounds = ['yaml-size', 'yaml-tokens', 'more-problems'];
  for (const [index, section] of SECTIONS.entries()) {
    expect(section).toMatch(/^Fix: .+/m);
    const example = /```text\n([^]*?)```/.exec(section)?.[1];
    const code = DOCUMENTED[index] ?? '';
    if (example === undefined) expect([code, bounds.includes(code) || !code.startsWith('yaml-')]).toEqual([code, true]);
    else
      expect([code, cases.some((text) => text.includes(example)) && example.includes(`[${code}]`)]).toEqual([
        code,
        true,
      ]);
  }
});
