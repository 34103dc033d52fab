// Once is enough: what leaves, asked again, leaves as it is.
import fc from 'fast-check';
import { plan } from '../../src/decision/plan.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, policy } from './arbitraries.js';
import { holds } from './property.js';

const withoutPseudonyms = policy.map((given) => ({
  ...given,
  partners: given.partners.map((partner) => ({
    ...partner,
    release: partner.release.filter((rule) => rule.form === 'unchanged'),
  })),
}));

test('a plan of what a plan lets out lets it all out, and strips nothing', () => {
  holds(fc.record({ policy: withoutPseudonyms, head, circumstances }), (given) => {
    const ruleset = rulesetOf(given.policy, '');
    const once = { ...given.circumstances, via: false };
    const first = plan(ruleset, given.head, once);
    if (first.kind !== 'forward') throw new Error('the head is well-formed');
    const again = plan(
      ruleset,
      { method: first.method, target: first.path, version: '1.1', fields: first.fields },
      once,
    );
    if (again.kind !== 'forward') throw new Error(`refused: ${again.kind}`);
    expect(again.fields).toEqual(first.fields);
    expect(again.authority).toEqual(first.authority);
    expect(again.counts.stripped).toEqual([]);
    expect(again.verdict).toBe(again.counts.released.length > 0 ? 'released' : 'untouched');
  });
});
