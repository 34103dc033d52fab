// Spelling does not matter: two names with one key are withheld, released and counted as one.
import fc from 'fast-check';
import type { Plan } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import type { RequestHead } from '../../src/http/message.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, policy, spellingOf } from './arbitraries.js';
import { isIdentity } from './oracle.js';
import { holds } from './property.js';

/** The same head with every identity header in another spelling. */
const respelled = (given: RequestHead): fc.Arbitrary<RequestHead> =>
  fc
    .tuple(
      ...given.fields.map(({ name }) =>
        isIdentity(name) ? spellingOf(name.replace(/^http[^a-z0-9]*/i, '')) : fc.constant(name),
      ),
    )
    .map((names) => ({
      ...given,
      fields: given.fields.map(({ value }, index) => ({ name: names[index] ?? '', value })),
    }));

const pair = head.chain((first) => respelled(first).map((second) => ({ first, second })));

const shown = (planned: Plan): unknown =>
  planned.kind === 'forward' ? [planned.fields, planned.counts, planned.verdict, planned.route] : planned;

test('what leaves and what is counted is the same for every spelling of the identity headers', () => {
  holds(fc.record({ pair, policy, circumstances }), ({ pair: { first, second }, ...given }) => {
    const ruleset = rulesetOf(given.policy, '');
    // A nomination is compared with the name as sent, so heads with Connection differ by right.
    const without = (from: RequestHead): RequestHead => ({
      ...from,
      fields: from.fields.filter(({ name }) => name !== 'Connection'),
    });
    const planned = plan(ruleset, without(first), given.circumstances);
    expect(shown(plan(ruleset, without(second), given.circumstances))).toEqual(shown(planned));
  });
});
