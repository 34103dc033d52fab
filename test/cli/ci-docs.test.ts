// docs/ci.md and docs/policy.md are copied into other people's pipelines: their YAML is YAML, and their commands run as they stand.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { renderProblems } from '../../src/document/render.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { readDecisionTests } from '../../src/review/decision-tests.js';
import { judgeTests } from '../../src/review/judge.js';
import { run } from './run.js';

const ROOT = resolve(__dirname, '../..');
const CI = readFileSync(join(ROOT, 'docs/ci.md'), 'utf8');
const POLICY_PAGE = readFileSync(join(ROOT, 'docs/policy.md'), 'utf8');
const blocksOf = (text: string): readonly string[] =>
  [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
const COMMANDS = [...CI.matchAll(/\$HEADGATE ([a-z].*?)(?: > \S+.*)?$/gm)].map(([, words = '']) => words);

const before = process.cwd();
beforeAll(() => process.chdir(ROOT));
afterAll(() => process.chdir(before));

test('every example is YAML', () => {
  const jobs = blocksOf(CI).map((block) => parse(block) as object);
  expect(jobs.map((job) => Object.keys(job))).toEqual([['name', 'on', 'permissions', 'jobs'], ['policy'], ['nightly']]);
});

test('both pipelines check, lay out, test and compare', () => {
  for (const block of blocksOf(CI).slice(0, 2))
    expect([...block.matchAll(/\$HEADGATE ([a-z]+)/g)].map(([, verb]) => verb)).toEqual([
      'check',
      'fmt',
      'test',
      'diff',
    ]);
});

/** The shipped policy ends one day; until it is renewed its findings are none of this page's. */
const withoutThreshold = (words: string): readonly string[] => words.replace(' --fail-on warning', '').split(' ');
test.each([...new Set(COMMANDS.filter((words) => !words.startsWith('diff ')))])('%s', async (words) => {
  expect((await run(...words.split(' '))).code).not.toBe(64);
  expect((await run(...withoutThreshold(words))).code).toBe(0);
});

test('the decision tests of docs/policy.md pass against the shipped policy', () => {
  const text = blocksOf(POLICY_PAGE).find((block) => block.startsWith('at: ')) ?? '';
  const policy = compilePolicy(
    { file: 'config/policy.yaml', text: readFileSync(join(ROOT, 'config/policy.yaml'), 'utf8') },
    { now: Date.parse('2026-11-22T12:00:00Z') },
  );
  const source = { file: 'docs/policy.md', text };
  const tests = readDecisionTests(source, 'Europe/London');
  if (!policy.ok || !tests.ok) throw new Error(renderProblems([...policy.problems, ...tests.problems], [source]));
  expect(judgeTests(policy.value, tests.value)).toEqual({ passed: 2, failed: 0, problems: [] });
});

test('the first line of each shipped file names the schema that lies beside it', () => {
  for (const file of ['config/policy.yaml', 'config/headgate.yaml']) {
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(join(ROOT, file), 'utf8')) ?? [];
    expect([file, existsSync(join(ROOT, dirname(file), schema)) && schema.endsWith('.schema.json')]).toEqual([
      file,
      true,
    ]);
  }
});
