// Every pair of test/cases/diff: two policies and exactly what is said of the change. A new case is a new folder, no code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderProblems } from '../../src/document/render.js';
import { causesBetween } from '../../src/policy/causes.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { diffOf } from '../../src/policy/diff.js';
import { renderDiff } from '../../src/policy/render-diff.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';

const FOLDER = resolve(__dirname, '../cases/diff');
const NAMES = readdirSync(FOLDER).sort();
const NOW = Date.parse('2026-11-22T12:00:00Z');

const compare = (name: string): string => {
  const [old, next] = ['OLD.yaml', 'NEW.yaml'].map((file) => {
    const source = { file, text: readFileSync(join(FOLDER, name, file), 'utf8') };
    return { source, outcome: compilePolicy(source, { now: NOW }) };
  });
  if (old?.outcome.ok !== true) throw new Error(`${name}: OLD.yaml is no policy`);
  if (next?.outcome.ok !== true)
    return `${renderProblems(next?.outcome.problems ?? [], next === undefined ? [] : [next.source])}refused\n`;
  const [a, b] = [old.outcome.value, next.outcome.value];
  const diff = diffOf({ ruleset: rulesetOf(a.policy, a.digest) }, { ruleset: rulesetOf(b.policy, b.digest) }, NOW);
  return renderDiff(diff, { timezone: b.policy.timezone, causesOf: causesBetween(a, b) });
};

test.each(NAMES)('%s', (name) => {
  expect(compare(name)).toBe(readFileSync(join(FOLDER, name, 'expected.txt'), 'utf8'));
});

test('there are fifty or more, each whole', () => {
  expect(NAMES.length).toBeGreaterThanOrEqual(50);
  for (const name of NAMES) expect([name, existsSync(join(FOLDER, name, 'expected.txt'))]).toEqual([name, true]);
});
