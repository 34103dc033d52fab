// No leak: for any fields, policy and destination, what leaves is released.
import fc from 'fast-check';
import { plan } from '../../src/decision/plan.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, policy } from './arbitraries.js';
import { isIdentity, readingsOf, releasedTo } from './oracle.js';
import { holds } from './property.js';

const request = fc.record({ policy, head, circumstances });
const OWN = new Set(['cookie', 'referer']);

test('no identity header leaves that is not released to this destination, by a peer that is believed', () => {
  holds(request, (given) => {
    const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
    if (planned.kind !== 'forward') throw new Error('the head is well-formed');
    const { host, port } = planned.authority;
    const rules = releasedTo(given.policy, host, port, given.circumstances);
    const isBelieved = given.circumstances.trusted && !planned.counts.hostDisagrees;
    for (const { name } of planned.fields.filter((field) => isIdentity(field.name))) {
      expect(isBelieved).toBe(true);
      expect(rules.filter((rule) => readingsOf(name).includes(rule.key))).toHaveLength(1);
    }
    const keys = planned.fields.filter((field) => isIdentity(field.name)).map(({ name }) => name);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

test('no number of an identity header leaves in any field, but unchanged where it is released, and in what is the subscriber’s', () => {
  holds(request, (given) => {
    if (given.policy.detection.exact !== 'withhold') return;
    const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
    if (planned.kind !== 'forward') throw new Error('the head is well-formed');
    const { host, port } = planned.authority;
    const rules = releasedTo(given.policy, host, port, given.circumstances);
    const secrets = given.head.fields
      .filter(({ name }) => isIdentity(name))
      .flatMap(({ value }) => /^(?:[a-z]+:)?(?:\+|%2B)?(447700900\d{3})(?:@.*)?$/i.exec(value)?.[1] ?? [])
      .filter((digits) => new Set(digits).size > 2)
      .slice(0, 8);
    for (const { name, value } of planned.fields) {
      const isSuppressed = host === 'api.taxi.example' && given.policy.suppressions.length > 0 && name === 'X-Phone';
      const isUnchanged = rules.some((rule) => rule.form === 'unchanged' && readingsOf(name).includes(rule.key));
      if (OWN.has(name.toLowerCase()) || isUnchanged || isSuppressed) continue;
      // In a field of addresses, a location or a network such a value is stripped by name but is no needle.
      for (const secret of secrets.filter((text) => planned.needles.some((needle) => needle.value === text))) {
        expect(value.includes(secret)).toBe(false);
      }
    }
  });
});

test('every identity header that arrives is counted: stripped each time, or one of the spellings of a released one', () => {
  holds(request, (given) => {
    const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
    if (planned.kind !== 'forward') throw new Error('the head is well-formed');
    const arrived = given.head.fields.filter(({ name }) => isIdentity(name));
    const released = planned.fields.filter(({ name }) => isIdentity(name));
    const left = arrived.filter(({ name }) =>
      released.some((field) => readingsOf(field.name).some((key) => readingsOf(name).includes(key))),
    );
    const { counts } = planned;
    // `clientid` is no identity while it is watched, `other` is a quarantined name.
    const stripped = counts.stripped.filter(({ header }) => header !== 'clientid' && header !== 'other');
    expect(stripped).toHaveLength(arrived.length - left.length);
    expect(counts.released).toHaveLength(released.length);
    if (!given.circumstances.trusted)
      expect(counts.spoofed.filter(({ header }) => header !== 'clientid')).toHaveLength(arrived.length);
    if (released.length > 0) expect(planned.verdict).toBe('released');
    else if (counts.stripped.length > 0) expect(planned.verdict).toBe('stripped');
  });
});
