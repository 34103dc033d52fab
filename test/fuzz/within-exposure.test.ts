// What leaves is within the exposure: for any request, policy and circumstances, each identity header that is forwarded goes to
// where the exposure permits its member, in no wider form and on no wider route.
import fc from 'fast-check';
import type { Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import { permittedTo, routeTo } from '../../src/policy/exposure.js';
import { headerMembersOf } from '../../src/policy/header-members.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { NOW } from '../decision/ruleset-fixture.js';
import { circumstances, head, lockdown, policy } from './arbitraries.js';
import { memberOf } from './member-of.js';
import { isIdentity } from './oracle.js';
import { holds } from './property.js';

/** Requests of a peer that is believed, to a partner in its period, with what partners are released. */
const likely = fc
  .record({
    policy,
    head,
    circumstances,
    host: fc.constantFrom('partner.example', 'one.shops.partner.example', 'pay.secure.example', 'mms'),
    names: fc.uniqueArray(fc.constantFrom('X-MSISDN', 'X_IMSI', 'X-Acme-Line', 'x-up-calling-line-id', 'Client-ID'), {
      minLength: 3,
    }),
  })
  .map(({ head: request, circumstances: at, host, names, ...rest }) => ({
    ...rest,
    head: {
      ...request,
      target: '/p',
      fields: [
        { name: 'Host', value: host },
        ...names.map((name) => ({ name, value: '447700900123' })),
        ...request.fields.filter(({ name }) => name.toLowerCase() !== 'host' && !isIdentity(name)),
      ],
    },
    circumstances: { ...at, trusted: true, now: NOW, highestMs: NOW },
  }));

test('every identity header that leaves is permitted there, in that form and on that route', () => {
  let looked = 0;
  holds(
    fc.record({
      asked: fc.oneof(
        { weight: 1, arbitrary: fc.record({ policy, head, circumstances }) },
        { weight: 4, arbitrary: likely },
      ),
      state: fc.oneof({ weight: 3, arbitrary: fc.constant('off' as const) }, { weight: 1, arbitrary: lockdown }),
    }),
    ({ asked: { policy: given, head: request, circumstances: usual }, state }) => {
      const at = { ...usual, lockdown: state };
      const ruleset = rulesetOf(given, '');
      const planned = plan(ruleset, request, at) as Forward;
      const members = headerMembersOf([given]);
      const { host, port } = planned.authority;
      // Without the skew, at the time itself: the widest that there is.
      const release = ruleset.release({ listener: at.listener, host, port, times: [at.now], skewMs: 0 });
      for (const { name, value } of planned.fields) {
        if (!isIdentity(name)) continue;
        const member = memberOf(name, members);
        if (member === undefined) throw new Error(`no member for ${name}`);
        looked += 1;
        const permitted = permittedTo(ruleset, member, { host, time: at.now, release });
        if (permitted.form === 'none') throw new Error(`${name} left to ${host}, and nothing permits it`);
        const isPseudonym = /^(?:one|two|gone)\.[\w-]{43}/.test(value);
        if (permitted.form === 'pseudonym' && !isPseudonym) throw new Error(`${name} left unchanged to ${host}`);
        if (permitted.partner !== null) expect(routeTo(release)).toEqual(permitted.route);
        const { transport } = planned.route;
        if (permitted.partner !== null && permitted.route?.transport === 'tls') expect(transport).toBe('tls');
      }
    },
    4,
  );
  // The property must not hold for want of cases; the usual number alone gives 30 to 90.
  expect(looked).toBeGreaterThan(50);
});
