// Narrowing never adds: whatever is taken from a policy or from a peer's trust, no field leaves that did not leave before.
import fc from 'fast-check';
import type { Circumstances, Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import type { RequestHead } from '../../src/http/message.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, HOSTS, policy } from './arbitraries.js';
import { holds } from './property.js';

interface Case {
  readonly policy: Policy;
  readonly circumstances: Circumstances;
}

const NARROWINGS: Readonly<Record<string, (given: Case, pick: number) => Case>> = {
  'a release is taken away': (given, pick) => ({
    ...given,
    policy: {
      ...given.policy,
      partners: given.policy.partners.map((partner) => ({
        ...partner,
        release: partner.release.filter((_rule, index) => index !== pick % 6),
      })),
    },
  }),
  'a partner is taken away': (given, pick) => ({
    ...given,
    policy: { ...given.policy, partners: given.policy.partners.filter((_partner, index) => index !== pick % 3) },
  }),
  'a host is denied': (given, pick) => ({
    ...given,
    policy: {
      ...given.policy,
      deny: [
        ...given.policy.deny,
        {
          hosts: [
            { kind: 'exact', host: (HOSTS[pick % HOSTS.length] ?? '').toLowerCase().replace(/\.?(?::\d+)?$/, '') },
          ],
          reason: 'fuzz',
          listeners: null,
          period: { from: null, until: null },
        },
      ],
    },
  }),
  'a watched name is no longer watched': (given) => ({ ...given, policy: { ...given.policy, watch: [] } }),
  'a suppression ends': (given) => ({ ...given, policy: { ...given.policy, suppressions: [] } }),
  'the detectors withhold': (given) => ({
    ...given,
    policy: {
      ...given.policy,
      detection: { ...given.policy.detection, exact: 'withhold', numbers: 'withhold', hints: 'withhold' },
    },
  }),
  'the peer is not believed': (given) => ({ ...given, circumstances: { ...given.circumstances, trusted: false } }),
  'a key is lost': (given) => ({ ...given, circumstances: { ...given.circumstances, keys: new Map() } }),
  'the clock goes back': (given) => ({
    ...given,
    circumstances: { ...given.circumstances, highestMs: given.circumstances.highestMs + 400 * 86_400_000 },
  }),
  'a name is quarantined': (given) => ({
    ...given,
    circumstances: {
      ...given.circumstances,
      quarantined: new Set([...given.circumstances.quarantined, 'xnew', 'useragent']),
    },
  }),
};

const linesOf = (given: Case, request: RequestHead): readonly string[] => {
  const planned = plan(rulesetOf(given.policy, ''), request, given.circumstances) as Forward;
  return planned.fields.map(({ name, value }) => `${name}: ${value}`);
};

describe.each(Object.entries(NARROWINGS))('when %s', (_what, narrow) => {
  test('every field that leaves also left before, as often at least', () => {
    holds(fc.record({ policy, head, circumstances, pick: fc.nat(60) }), ({ pick, head: request, ...given }) => {
      const before = [...linesOf(given, request)];
      for (const line of linesOf(narrow(given, pick), request)) {
        const at = before.indexOf(line);
        if (at < 0) throw new Error(`added: ${line}`);
        before.splice(at, 1);
      }
    });
  });
});
