import fc from 'fast-check';
import {
  conductOf,
  mergeSightings,
  type NameSighting,
  NOTHING_SEEN,
  type Sightings,
} from '../../src/decision/novelty.js';
import { noteDistinct, REGISTERS } from '../../src/sketch/distinct.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { holds } from '../fuzz/property.js';

const HASH = new KeyedHash(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));

const sketchOf = (count: number, from = 0): Uint8Array => {
  const registers = new Uint8Array(REGISTERS);
  for (let i = 0; i < count; i += 1) {
    HASH.of(String(from + i));
    noteDistinct(registers, 0, HASH.high, HASH.low);
  }
  return registers;
};

/** Follows by a wide margin. */
const LEAK = { requests: 500, hosts: 60, subscribers: 100, values: 100, pairs: 40, constant: 40 };
const sighting = (changes: Partial<typeof LEAK> = {}): NameSighting => {
  const { requests, hosts, subscribers, values, pairs, constant } = { ...LEAK, ...changes };
  const name = 'xline';
  return {
    name,
    requests,
    hosts: sketchOf(hosts),
    subscribers: sketchOf(subscribers),
    values: sketchOf(values),
    pairs,
    constant,
  };
};

describe('a name follows the subscriber', () => {
  test.each<[string, Partial<typeof LEAK>, number]>([
    ['on every request of many people at many sites, one value each', {}, 500],
    ['on exactly a tenth of the requests', { requests: 500 }, 5000],
    ['on 200 requests', { requests: 200 }, 300],
    ['where every second subscriber shares a value', { values: 60 }, 500],
    ['where a subscriber has a line and a device', { values: 170 }, 500],
    ['where one value in ten changes', { constant: 36 }, 500],
    ['seen as 20 pairs', { pairs: 20, constant: 20 }, 500],
  ])('%s', (_, changes, requests) => {
    expect(conductOf(sighting(changes), requests)).toBe('follows');
  });

  test.each<[string, Partial<typeof LEAK>, number]>([
    ['on less than a tenth of the requests', {}, 5001],
    ['on 199 requests', { requests: 199 }, 199],
    ['at a dozen sites: one company’s', { hosts: 12 }, 700],
    ['of a dozen people', { subscribers: 12, values: 12 }, 1200],
    ['with one value for many people: a version, a language', { values: 20 }, 1200],
    ['with many values for each', { subscribers: 30, values: 100 }, 1200],
    ['where no one was seen at two sites', { pairs: 19, constant: 19 }, 1200],
    ['where the value changes between sites: a request id', { constant: 35 }, 1200],
  ])('not %s', (_, changes, requests) => {
    expect(conductOf(sighting(changes), requests)).toBeNull();
  });
});

describe('a name is everywhere', () => {
  const anew = { values: 480, constant: 0, hosts: 80 };
  test('with a new value each time, on half of the requests, at many sites', () => {
    expect(conductOf(sighting(anew), 1000)).toBe('everywhere');
  });
  test.each<[string, Partial<typeof LEAK>, number]>([
    ['on less than half', anew, 1001],
    ['at 30 sites', { ...anew, hosts: 30 }, 500],
    ['on too few requests', { ...anew, requests: 199 }, 199],
  ])('not %s', (_, changes, requests) => {
    expect(conductOf(sighting(changes), requests)).toBeNull();
  });
});

test('a name without sketches is neither', () => {
  const none = new Uint8Array(0);
  expect(conductOf({ ...sighting(), hosts: none, subscribers: none, values: none }, 500)).toBeNull();
});

describe('merging', () => {
  const one = fc
    .record({
      name: fc.constantFrom('a', 'b', 'c'),
      requests: fc.nat(1000),
      from: fc.nat(300),
      count: fc.nat(60),
      pairs: fc.nat(9),
      hasSketches: fc.boolean(),
    })
    .map(({ name, requests, from, count, pairs, hasSketches }): NameSighting => {
      const sketch = hasSketches ? sketchOf(count, from) : new Uint8Array(0);
      return { name, requests, hosts: sketch, subscribers: sketch, values: sketch, pairs, constant: pairs };
    });
  const seen = fc
    .uniqueArray(one, { selector: ({ name }) => name, maxLength: 3 })
    .chain((names) => fc.nat(5000).map((requests): Sightings => ({ requests, names })));
  const sorted = ({ requests, names }: Sightings): Sightings => ({
    requests,
    names: names.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });

  test('in any order and in any grouping it is the same', () => {
    holds(fc.tuple(seen, seen, seen), ([a, b, c]) => {
      const whole = sorted(mergeSightings([a, b, c]));
      expect(sorted(mergeSightings([c, a, b]))).toEqual(whole);
      expect(sorted(mergeSightings([mergeSightings([a, b]), c]))).toEqual(whole);
      expect(sorted(mergeSightings([a, NOTHING_SEEN, mergeSightings([b, c])]))).toEqual(whole);
    });
  });

  test('what came in is not changed by it', () => {
    const a = { requests: 10, names: [sighting({ hosts: 10 })] };
    const before = a.names[0]?.hosts.slice();
    mergeSightings([a, { requests: 10, names: [sighting()] }]);
    expect(a.names[0]?.hosts).toEqual(before);
  });

  test('two workers that saw half each see together what neither could', () => {
    const half = (from: number): Sightings => ({
      requests: 150,
      names: [
        {
          name: 'xline',
          requests: 150,
          hosts: sketchOf(15, from),
          subscribers: sketchOf(15, from),
          values: sketchOf(15, from),
          pairs: 12,
          constant: 12,
        },
      ],
    });
    const halves = [half(0), half(15)];
    expect(halves.map(({ requests, names }) => names.map((name) => conductOf(name, requests)))).toEqual([
      [null],
      [null],
    ]);
    const whole = mergeSightings(halves);
    expect(whole.names.map((name) => conductOf(name, whole.requests))).toEqual(['follows']);
  });
});
