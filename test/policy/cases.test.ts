// Every file pair of test/cases/policy: a policy and exactly what is said of it. A new case is a new pair, no code.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NEVER_SET_CODES } from '../../src/policy/never-set.js';
import { renderProblems } from '../../src/document/render.js';
import { compilePolicy } from '../../src/policy/compile.js';

const FOLDER = resolve(__dirname, '../cases/policy');
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));
const NOW = Date.parse('2026-11-22T12:00:00Z');

test.each(NAMES)('%s', (name) => {
  const source = { file: `${name}.yaml`, text: readFileSync(join(FOLDER, `${name}.yaml`), 'utf8') };
  const outcome = compilePolicy(source, { now: NOW });
  const said = renderProblems(outcome.problems, [source]) + (outcome.ok ? 'accepted\n' : 'refused\n');
  expect(said).toBe(readFileSync(join(FOLDER, `${name}.txt`), 'utf8'));
  expect(outcome.ok).toBe(name.startsWith('accepted-'));
});

test('every expectation has its policy', () => {
  const expectations = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  expect(expectations.map((name) => name.replace(/\.txt$/, ''))).toEqual(NAMES);
  expect(NAMES.length).toBeGreaterThanOrEqual(100);
});

// A rule without a refused case is a rule that nobody holds.
test.each(NEVER_SET_CODES)('the never-set rule %s has a refused case', (code) => {
  const refused = NAMES.filter((name) => name.startsWith('never-')).map((name) =>
    readFileSync(join(FOLDER, `${name}.txt`), 'utf8'),
  );
  expect(
    refused.some((text) => text.includes(`error: `) && text.includes(` [${code}]\n`) && text.endsWith('refused\n')),
  ).toBe(true);
});
