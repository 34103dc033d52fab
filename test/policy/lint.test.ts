// Every file pair of test/cases/lint: a policy that compiles and exactly what is found in it. A first line `# listeners: a b` names
// those of the gateway. A new case is a new pair, no code.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderProblems } from '../../src/document/render.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { lintPolicy } from '../../src/policy/lint.js';
import { NOW } from './fixture.js';

const FOLDER = resolve(__dirname, '../cases/lint');
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

const found = (name: string) => {
  const text = readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');
  const source = { file: `${name}.yaml`, text };
  const outcome = compilePolicy(source, { now: NOW });
  if (!outcome.ok) throw new Error(renderProblems(outcome.problems, [source]));
  const listeners = /^# listeners: (.+)$/m.exec(text)?.[1]?.split(' ');
  const problems = lintPolicy(outcome.value, { now: NOW, ...(listeners === undefined ? {} : { listeners }) });
  return { source, problems: [...outcome.problems, ...problems] };
};

test.each(NAMES)('%s', (name) => {
  const { source, problems } = found(name);
  const said = renderProblems(problems, [source]);
  expect(said === '' ? 'nothing\n' : said).toBe(readFileSync(join(FOLDER, `${name}.txt`), 'utf8'));
});

test('a finding is never an error, and always has a place', () => {
  const all = NAMES.flatMap((name) => found(name).problems);
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter(({ severity, span }) => severity === 'error' || span === undefined)).toEqual([]);
});

test('every expectation has its policy', () => {
  expect(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => name.replace(/\.txt$/, '')),
  ).toEqual(NAMES);
});

test('listeners are not spoken of where they are not known', () => {
  const { source } = found('several-listeners-and-none-named');
  const outcome = compilePolicy(source, { now: NOW });
  expect(outcome.ok && lintPolicy(outcome.value, { now: NOW })).toEqual([]);
});
