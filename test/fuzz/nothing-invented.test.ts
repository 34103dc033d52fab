// Nothing is invented: what leaves is a subsequence of what came, plus what we declare to add: Host, Via, canonical releases.
import fc from 'fast-check';
import { plan } from '../../src/decision/plan.js';
import type { Field } from '../../src/http/message.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { circumstances, head, policy } from './arbitraries.js';
import { isIdentity, readingsOf } from './oracle.js';
import { holds } from './property.js';

const isSubsequence = (part: readonly Field[], whole: readonly Field[]): boolean => {
  let at = 0;
  for (const { name, value } of part) {
    while (at < whole.length && (whole[at]?.name !== name || whole[at]?.value !== value)) at += 1;
    if (at === whole.length) return false;
    at += 1;
  }
  return true;
};

const request = fc.record({ policy, head, circumstances });

test('Host is first and once, Via of ours is last and only when asked for, the rest came in this order', () => {
  holds(request, (given) => {
    const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
    if (planned.kind !== 'forward') throw new Error('the head is well-formed');
    const [host, ...rest] = planned.fields;
    expect(host?.name).toBe('Host');
    expect(rest.some(({ name }) => name.toLowerCase() === 'host')).toBe(false);
    const { via } = given.circumstances;
    if (via) expect(rest.pop()).toEqual({ name: 'Via', value: `${given.head.version} headgate` });
    expect(
      isSubsequence(
        rest.filter(({ name }) => !isIdentity(name)),
        given.head.fields,
      ),
    ).toBe(true);
  });
});

test('a released field stands where one of its spellings stood, with its value or a pseudonym', () => {
  holds(request, (given) => {
    const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
    if (planned.kind !== 'forward') throw new Error('the head is well-formed');
    for (const { name, value } of planned.fields.filter((field) => isIdentity(field.name))) {
      const spellings = given.head.fields.filter((field) =>
        readingsOf(field.name).some((key) => readingsOf(name).includes(key)),
      );
      const isPseudonym = /^one\.[\w-]{43}(?:, two\.[\w-]{43})?$/.test(value);
      expect(spellings.some((field) => field.value === value || (isPseudonym && field.value !== ''))).toBe(true);
    }
    const order = planned.fields.map(({ name }) =>
      given.head.fields.findIndex(
        (field) => readingsOf(field.name).some((key) => readingsOf(name).includes(key)) && isIdentity(name),
      ),
    );
    const positions = order.filter((index) => index >= 0);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });
});

test('method, path and framing are what the head said', () => {
  holds(request, (given) => {
    const planned = plan(rulesetOf(given.policy, ''), given.head, given.circumstances);
    expect(planned).toMatchObject({ kind: 'forward', method: 'GET', path: '/p?q', framing: { kind: 'none' } });
  });
});
