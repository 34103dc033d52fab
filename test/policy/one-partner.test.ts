// A host has one partner: what is found agrees with looking at every host there is, and every witness is real.
import fc from 'fast-check';
import { clashesOf as clashesWithin, type Clash } from '../../src/policy/one-partner.js';
import type { HostPattern, Partner, Period } from '../../src/policy/policy.js';
import { compiled, partnerFile } from './fixture.js';

const clashesOf = (partners: readonly Partner[]): readonly Clash[] => {
  const clashes = clashesWithin(partners, 1_000_000);
  if (clashes === undefined) throw new Error('over the limit');
  return clashes;
};
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

/** Each pattern with each before it, by the words of the rule: the first that shares a host, a port, a listener and a time. */
const pairByPair = (partners: readonly Partner[]): readonly Omit<Clash, 'witness'>[] => {
  const patterns = partners.flatMap(({ hosts }, partner) =>
    hosts.map((each, host) => ({ slot: { partner, host }, names: NAMES.filter((name) => covers(each, name)) })),
  );
  const meet = (a: Period, b: Period): boolean =>
    (a.from === null || b.until === null || a.from < b.until) &&
    (b.from === null || a.until === null || b.from < a.until);
  const share = (a: Partner | undefined, b: Partner | undefined): boolean =>
    a !== undefined &&
    b !== undefined &&
    a !== b &&
    meet(a.period, b.period) &&
    a.ports.some((port) => b.ports.includes(port)) &&
    (a.listeners === null || b.listeners === null || a.listeners.some((name) => b.listeners?.includes(name)));
  return patterns.flatMap((second, index) => {
    const first = patterns
      .slice(0, index)
      .find(
        ({ slot, names }) =>
          share(partners[slot.partner], partners[second.slot.partner]) &&
          names.some((name) => second.names.includes(name)),
      );
    return first === undefined ? [] : [{ first: first.slot, second: second.slot }];
  });
};

const bound = fc.option(fc.integer({ min: 0, max: 30 }), { nil: null });
/** Short and long, bounded or not, never empty. */
const period: fc.Arbitrary<Period> = fc
  .tuple(bound, bound)
  .map(([from, until]) => ({ from, until: from !== null && until !== null && until <= from ? from + 1 : until }));
const crowded: fc.Arbitrary<Partial<Partner>> = fc.record({
  hosts: fc.array(
    fc.record<HostPattern>({
      kind: fc.constantFrom('exact', 'one', 'any'),
      host: fc.constantFrom('a.b', 'b.a.b', 'a', 'b'),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  ports: fc.uniqueArray(fc.integer({ min: 80, max: 84 }), { minLength: 1, maxLength: 2 }),
  listeners: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 4,
      arbitrary: fc.uniqueArray(fc.constantFrom('k', 'l', 'm', 'n', 'o'), { minLength: 1, maxLength: 2 }),
    },
  ),
  period,
});

test('among many partners at few hosts the clashes are those of comparing each pattern with each before it', () => {
  let clashing = 0;
  let patterns = 0;
  fc.assert(
    fc.property(fc.array(crowded, { minLength: 2, maxLength: 60, size: 'max' }), (parts) => {
      const partners = parts.map((over, index) => partner(`p${index}`, over));
      const clashes = clashesOf(partners);
      expect(clashes.map(({ first, second }) => ({ first, second }))).toEqual(pairByPair(partners));
      for (const { first, second, witness } of clashes)
        for (const { partner: index, host } of [first, second]) {
          const each = partners[index]?.hosts[host];
          expect(each !== undefined && covers(each, witness)).toBe(true);
        }
      clashing += clashes.length;
      patterns += partners.reduce((sum, { hosts }) => sum + hosts.length, 0);
    }),
    { numRuns: 200 },
  );
  // Neither nearly all nor nearly none: both answers are tried often.
  expect(clashing / patterns).toBeGreaterThan(0.1);
  expect(clashing / patterns).toBeLessThan(0.9);
});

const HOST: HostPattern = { kind: 'exact', host: 'pay.shared.example' };
const many = (of: (index: number) => Partial<Partner>): readonly Partner[] =>
  Array.from({ length: 5000 }, (_, index) => partner(`p${index}`, { hosts: [HOST], ...of(index) }));

test.each<[string, (index: number) => Partial<Partner>]>([
  ['ports', (index) => ({ ports: [1 + index] })],
  ['listeners', (index) => ({ listeners: [`l${index}`] })],
  ['times', (index) => ({ period: { from: index * 10, until: index * 10 + 10 } })],
])('5,000 partners share one host on %s of their own; one more meets the first that it overlaps', (_, of) => {
  const partners = many(of);
  expect(clashesOf(partners)).toEqual([]);
  const more = partner('more', { hosts: [HOST], ports: [80, 4000], listeners: null, ...of(3999), ...ofTwo(of) });
  expect(clashesOf([...partners, more])).toEqual([
    { first: { partner: 1234, host: 0 }, second: { partner: 5000, host: 0 }, witness: 'pay.shared.example' },
  ]);
});

/** What overlaps the partners 1234 and 3999. */
const ofTwo = (of: (index: number) => Partial<Partner>): Partial<Partner> => {
  const [a, b] = [of(1234), of(3999)];
  return {
    ...(a.ports && b.ports ? { ports: [...b.ports, ...a.ports] } : { ports: [80] }),
    ...(a.listeners && b.listeners ? { listeners: [...b.listeners, ...a.listeners] } : {}),
    ...(a.period && b.period ? { period: { from: a.period.from, until: b.period.until } } : {}),
  };
};

test('more combinations than the limit are refused, not looked at in part', () => {
  const partners = [1, 2].map((index) => partner(`p${index}`, { hosts: [HOST], ports: [80, 81], listeners: ['l'] }));
  expect(clashesWithin(partners, 4)).toHaveLength(1);
  expect(clashesWithin(partners, 3)).toBeUndefined();
});
