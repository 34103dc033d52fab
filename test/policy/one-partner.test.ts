// A host has one partner: what is found agrees with looking at every host there is, and every witness is real.
import fc from 'fast-check';
import { clashesOf } from '../../src/policy/one-partner.js';
import type { HostPattern, Partner } from '../../src/policy/policy.js';
import { compiled, partnerFile } from './fixture.js';

const [TEMPLATE] = compiled({ partners: [partnerFile()] }).policy.partners;
const partner = (id: string, over: Partial<Partner>): Partner => {
  if (TEMPLATE === undefined) throw new Error('no template');
  return { ...TEMPLATE, id, ...over };
};

const covers = ({ kind, host }: HostPattern, name: string): boolean => {
  if (kind === 'exact') return host === name;
  if (!name.endsWith(`.${host}`)) return false;
  const more = name.slice(0, -host.length - 1).split('.').length;
  return kind === 'any' || more === 1;
};

/** Every name of 1 to 5 labels over the patterns' labels and one that no pattern has (witnesses use `x`). */
const NAMES = ['a', 'b', 'x'].flatMap(function grow(name: string): string[] {
  return name.split('.').length === 5
    ? [name]
    : [name, ...['a', 'b', 'x'].flatMap((label) => grow(`${label}.${name}`))];
});

const pattern: fc.Arbitrary<HostPattern> = fc.record({
  kind: fc.constantFrom('exact', 'one', 'any'),
  host: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.')),
});
const some: fc.Arbitrary<Partial<Partner>> = fc.record({
  hosts: fc.array(pattern, { minLength: 1, maxLength: 3 }),
  ports: fc.uniqueArray(fc.constantFrom(80, 81), { minLength: 1, maxLength: 2 }),
  listeners: fc.constantFrom(null, ['l'], ['m'], ['l', 'm']),
  period: fc.constantFrom({ from: null, until: 10 }, { from: 5, until: 15 }, { from: 10, until: 20 }),
});

test('brute force agrees, and witnesses are real', () => {
  fc.assert(
    fc.property(fc.array(some, { minLength: 2, maxLength: 3 }), (parts) => {
      const partners = parts.map((over, index) => partner(`p${index}`, over));
      const isBoth = (name: string): boolean =>
        [80, 81].some((port) =>
          ['l', 'm', 'other'].some((listener) =>
            [0, 7, 12, 17].some(
              (time) =>
                partners.filter(
                  (item) =>
                    item.hosts.some((host) => covers(host, name)) &&
                    item.ports.includes(port) &&
                    (item.listeners === null || item.listeners.includes(listener)) &&
                    (item.period.from === null || time >= item.period.from) &&
                    (item.period.until === null || time < item.period.until),
                ).length > 1,
            ),
          ),
        );
      const clashes = clashesOf(partners);
      expect(clashes.length > 0).toBe(NAMES.some(isBoth));
      for (const { first, second, witness } of clashes) {
        expect(isBoth(witness)).toBe(true);
        for (const slot of [first, second]) {
          const host = partners[slot.partner]?.hosts[slot.host];
          expect(host !== undefined && covers(host, witness)).toBe(true);
        }
        expect(first.partner).toBeLessThan(second.partner);
      }
    }),
    { numRuns: 300 },
  );
});
