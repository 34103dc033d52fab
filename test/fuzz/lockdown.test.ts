// Lockdown only takes away: every field that leaves under it left without it, as often at least; under `all` no identity header and
// no value of one leaves in a field; the second look stays silent, and permits nothing that was released.
import fc from 'fast-check';
import { lockedOf } from '../../src/decision/lockdown.js';
import type { Circumstances, Forward, Lockdown } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import type { RequestHead } from '../../src/http/message.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, lockdown, policy } from './arbitraries.js';
import { isIdentity } from './oracle.js';
import { holds } from './property.js';

interface Case {
  readonly policy: Policy;
  readonly circumstances: Circumstances;
  readonly head: RequestHead;
}

const under = (given: Case, state: Lockdown): Forward => {
  const planned = plan(rulesetOf(given.policy, ''), given.head, { ...given.circumstances, lockdown: state });
  if (planned.kind !== 'forward') throw new Error('the head is well-formed');
  return planned;
};
const linesOf = ({ fields }: Forward): string[] => fields.map(({ name, value }) => `${name}: ${value}`);

test('every field that leaves under lockdown leaves without it, as often at least, on the same route', () => {
  let fewer = 0;
  holds(
    fc.record({ policy, head, circumstances, lockdown }),
    ({ lockdown: state, ...given }) => {
      const [without, within] = [under(given, 'off'), under(given, state)];
      const before = linesOf(without);
      for (const line of linesOf(within)) {
        const at = before.indexOf(line);
        if (at < 0) throw new Error(`added: ${line}`);
        before.splice(at, 1);
      }
      if (before.length > 0) fewer += 1;
      expect(within.route).toEqual(without.route);
    },
    2,
  );
  expect(fewer).toBeGreaterThan(20);
});

test('more lockdown takes no less away: `all` takes at least what any partner’s does', () => {
  holds(fc.record({ policy, head, circumstances, lockdown }), ({ lockdown: state, ...given }) => {
    const some = linesOf(under(given, state));
    for (const line of linesOf(under(given, 'all'))) {
      const at = some.indexOf(line);
      if (at < 0) throw new Error(`added: ${line}`);
      some.splice(at, 1);
    }
  });
});

test('under `all` no identity header leaves, to nobody', () => {
  holds(fc.record({ policy, head, circumstances }), (given) => {
    const planned = under(given, 'all');
    expect(planned.fields.filter(({ name }) => isIdentity(name)).map(({ name }) => name)).toEqual([]);
    expect(planned.counts.released).toEqual([]);
  });
});

test('a partner that is locked down receives no identity header that a stranger does not', () => {
  let met = 0;
  holds(
    fc.record({ policy, head, circumstances, lockdown }),
    ({ lockdown: state, ...given }) => {
      const ruleset = rulesetOf(given.policy, '');
      const planned = under(given, state);
      const { host, port } = planned.authority;
      const { listener, now, skewMs } = given.circumstances;
      const release = ruleset.release({ listener, host, port, times: [now], skewMs });
      if (release === undefined || lockedOf(state, release) === 'nothing') return;
      met += 1;
      const names = planned.fields.filter(({ name }) => isIdentity(name)).map(({ name }) => name);
      expect(names).toEqual([]);
      expect(planned.counts.released).toEqual([]);
    },
    2,
  );
  expect(met).toBeGreaterThan(10);
});
