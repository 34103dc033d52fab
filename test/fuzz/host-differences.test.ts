// What is said of one host is what the comparison lists there: over random pairs of policies and hosts, the same differences, no more
// and no fewer. The comparison itself is held against brute force in differ.test.ts.
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.js';
import { diffOf, type ReleaseChange } from '../../src/policy/diff.js';
import { hostDifferencesOf } from '../../src/policy/host-differences.js';
import { renderHostPattern } from '../../src/policy/host-pattern.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import { isCovered, type PolicyFile } from './brute-force.js';
import { NOW, policyPair, wholeFile } from './policy-files.js';
import { holds } from './property.js';

const labels = fc.constantFrom('a', 'b', 'z');
const host = fc
  .tuple(fc.array(labels, { maxLength: 3 }), fc.constantFrom('example', 'z', 'a'))
  .map(([below, top]) => [...below, top].join('.'));
const hosts = fc.array(fc.oneof({ weight: 9, arbitrary: host }, fc.constantFrom('192.0.2.7', '2001:db8::1')), {
  minLength: 1,
  maxLength: 20,
});

const rulesetFor = (file: PolicyFile): Ruleset | undefined => {
  const outcome = compilePolicy({ file: 'policy.yaml', text: JSON.stringify(wholeFile(file)) }, { now: NOW });
  return outcome.ok ? rulesetOf(outcome.value.policy, outcome.value.digest) : undefined;
};

const isAddress = (each: string): boolean => /^[\d.]+$|:/.test(each);
const isAt = ({ regions }: ReleaseChange, at: string): boolean =>
  regions.some(({ pattern, except }) => {
    const isInside = (each: typeof pattern): boolean => {
      if (each.host === '') return each.kind === 'any' || !at.includes('.') || isAddress(at);
      return isAddress(at) ? each.kind === 'exact' && each.host === at : isCovered(renderHostPattern(each), at);
    };
    return isInside(pattern) && !except.some(isInside);
  });
const textOf = (each: object): string => {
  const { regions: _regions, breadth: _breadth, witness: _witness, ...difference } = each as ReleaseChange;
  return JSON.stringify(difference);
};

test('the differences of a host are those of the comparison there', () => {
  let compared = 0;
  holds(fc.record({ pair: policyPair, hosts }), ({ pair, hosts: asked }) => {
    const [old, next] = pair.map(rulesetFor);
    if (old === undefined || next === undefined) return;
    const { releases } = diffOf({ ruleset: old }, { ruleset: next }, NOW);
    const differences = hostDifferencesOf(old, next, NOW);
    for (const each of asked) {
      const listed = releases.filter((change) => isAt(change, each)).map(textOf);
      compared += listed.length;
      expect(differences.of(each).map(textOf).sort()).toEqual(listed.sort());
    }
  });
  expect(compared).toBeGreaterThan(1000);
});
