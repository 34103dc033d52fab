// The second look is silent while the filter is whole, and is not blind: what the plan lets out passes it; one identity
// field or one needle put back into the same bytes does not.
import fc from 'fast-check';
import type { Circumstances, Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import { Expectation, Permission, type Permitted } from '../../src/egress/expectation.js';
import { egressCheckOf, type EgressFault } from '../../src/egress/look.js';
import type { Field } from '../../src/http/message.js';
import { renderAuthority } from '../../src/names/authority.js';
import { keyOf } from '../../src/names/key.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, identityField, lockdown, policy } from './arbitraries.js';
import { holds } from './property.js';
import { soughtOf } from '../egress/sought.js';

/** Half of them under lockdown, for all or for partners. */
const request = fc
  .record({ policy, head, circumstances, lockdown: fc.oneof(fc.constant('off' as const), lockdown) })
  .map(({ lockdown: state, circumstances: at, ...rest }) => ({ ...rest, circumstances: { ...at, lockdown: state } }));

/** What the proxy expects of the head, from the policy and the connection's host. */
function permittedFor(given: { policy: Policy; circumstances: Circumstances }, planned: Forward): Permitted {
  const ruleset = rulesetOf(given.policy, '');
  const { now, highestMs, skewMs, listener } = given.circumstances;
  const times = now < highestMs - skewMs ? [now, highestMs] : [now];
  const { host, port } = planned.authority;
  const release = ruleset.release({ listener, host, port, times, skewMs });
  const { lockdown: state } = given.circumstances;
  const isLocked = state === 'all' || (state !== 'off' && release !== undefined && state.has(release.partner.id));
  const rules = [...((isLocked ? undefined : release)?.rules.values() ?? [])];
  const unchanged = new Set(rules.filter(({ form }) => form === 'unchanged').map(({ key }) => key));
  const keys = planned.fields.map(({ name }) => keyOf(name));
  return {
    released: new Set(rules.map(({ key }) => key)),
    unchanged,
    suppressed: new Set(keys.filter((key) => !isLocked && ruleset.isSuppressed(key, host, times, skewMs))),
  };
}

function expectationFor(given: Parameters<typeof permittedFor>[0], planned: Forward): Expectation {
  return new Expectation(renderAuthority(planned.authority, 80), new Permission(permittedFor(given, planned)));
}

function bytesOf({ method, path, fields }: Forward, extra: readonly Field[] = []): Buffer {
  const lines = [...fields, ...extra].map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}Content-Length: 0\r\n\r\n`, 'latin1');
}

function forwardOf(given: Parameters<typeof permittedFor>[0] & { head: Parameters<typeof plan>[1] }): Forward {
  const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
  if (planned.kind !== 'forward') throw new Error('the head is well-formed');
  return planned;
}

function lookAt(given: Parameters<typeof permittedFor>[0], planned: Forward, extra?: Field): EgressFault | undefined {
  const own = given.policy.headers;
  const check =
    given.circumstances.lockdown === 'all'
      ? egressCheckOf({ own, watched: [], exact: 'withhold', hasLowTrust: true })
      : egressCheckOf({
          own,
          watched: given.policy.watch.map(({ key }) => key),
          exact: given.policy.detection.exact,
        });
  const bytes = bytesOf(planned, extra === undefined ? [] : [extra]);
  return check.look(bytes, 0, bytes.length, expectationFor(given, planned), soughtOf(planned.needles));
}

test('what the plan lets out passes', () => {
  holds(request, (given) => {
    expect(lookAt(given, forwardOf(given))).toBeUndefined();
  });
});

test('an identity field that the plan did not let out does not pass', () => {
  holds(fc.tuple(request, identityField), ([given, field]) => {
    const planned = forwardOf(given);
    const { released } = permittedFor(given, planned);
    const key = keyOf(field.name).replace(/^http/, '');
    if (released.has(key) || (key === 'clientid' && given.circumstances.lockdown !== 'all')) return;
    expect(lookAt(given, planned, field)).toEqual({ rule: 'identity', field: field.name.slice(0, 64) });
  });
});

test('a needle that the plan did not let out does not pass', () => {
  holds(request, (given) => {
    const planned = forwardOf(given);
    if (given.policy.detection.exact === 'count' && given.circumstances.lockdown !== 'all') return;
    const { unchanged } = permittedFor(given, planned);
    for (const { value, key } of planned.needles) {
      const fault = lookAt(given, planned, { name: 'X-Unheard-Of', value: `a ${value}` });
      expect(fault).toEqual(unchanged.has(key) ? undefined : { rule: 'needle', field: 'X-Unheard-Of' });
    }
  });
});
