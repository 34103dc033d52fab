// Every pair of test/cases/diff: two policies and exactly what is said of the change. A new case is a new folder, no code.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderProblems } from '../../src/document/render.js';
import { causesBetween } from '../../src/policy/causes.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { type Diff, diffOf } from '../../src/policy/diff.js';
import { renderDiff } from '../../src/policy/render-diff.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';

const FOLDER = resolve(__dirname, '../cases/diff');
const NAMES = readdirSync(FOLDER).sort();
const NOW = Date.parse('2026-11-22T12:00:00Z');

/** What is said of a case, and the difference itself; null where a policy is refused. */
const compare = (name: string): { said: string; diff: Diff | null } => {
  const [old, next] = ['OLD.yaml', 'NEW.yaml'].map((file) => {
    const source = { file, text: readFileSync(join(FOLDER, name, file), 'utf8') };
    return { source, outcome: compilePolicy(source, { now: NOW }) };
  });
  if (old?.outcome.ok !== true) throw new Error(`${name}: OLD.yaml is no policy`);
  if (next?.outcome.ok !== true) {
    const problems = renderProblems(next?.outcome.problems ?? [], next === undefined ? [] : [next.source]);
    return { said: `${problems}refused\n`, diff: null };
  }
  const [a, b] = [old.outcome.value, next.outcome.value];
  const diff = diffOf({ ruleset: rulesetOf(a.policy, a.digest) }, { ruleset: rulesetOf(b.policy, b.digest) }, NOW);
  return { said: renderDiff(diff, { timezone: b.policy.timezone, causesOf: causesBetween(a, b) }), diff };
};

test.each(NAMES)('%s', (name) => {
  expect(compare(name).said).toBe(readFileSync(join(FOLDER, name, 'expected.txt'), 'utf8'));
});

test('there are fifty or more, each whole', () => {
  expect(NAMES.length).toBeGreaterThanOrEqual(50);
  for (const name of NAMES) expect([name, existsSync(join(FOLDER, name, 'expected.txt'))]).toEqual([name, true]);
});

test('what needs approval stands before what only narrows, and of each the widest first', () => {
  const breadths = ['everyone', 'registrable domain', 'subtree', 'host'];
  const orders = NAMES.map((name) => {
    const releases = compare(name).diff?.releases ?? [];
    return releases.map(({ direction, breadth }) => (direction === 'narrowing' ? 4 : 0) + breadths.indexOf(breadth));
  });
  for (const [index, order] of orders.entries())
    expect([NAMES[index], ...order]).toEqual([NAMES[index], ...[...order].sort((a, b) => a - b)]);
  // One of them has both, the narrowing being the wider.
  expect(orders).toContainEqual(expect.arrayContaining([3, 5]));
});
