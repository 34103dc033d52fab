import fc from 'fast-check';
import { HeavyHitters } from '../../src/sketch/heavy-hitters.js';
import { holds } from '../fuzz/property.js';

const seen = (hitters: HeavyHitters): Map<string, { count: number; error: number }> =>
  new Map(
    Array.from({ length: hitters.size }, (_, slot) => [
      hitters.nameOf(slot),
      { count: hitters.countOf(slot), error: hitters.errorOf(slot) },
    ]),
  );

test('with room for all, every count is exact', () => {
  const hitters = new HeavyHitters(8);
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) hitters.offer(name);
  expect(Object.fromEntries(seen(hitters))).toEqual({
    a: { count: 3, error: 0 },
    b: { count: 2, error: 0 },
    c: { count: 1, error: 0 },
  });
});

test('a name without a slot takes the rarest one, with its count as the error, and the slot is said to be fresh', () => {
  const hitters = new HeavyHitters(2);
  for (const name of ['a', 'a', 'a', 'b', 'b']) hitters.offer(name);
  const slot = hitters.offer('c');
  expect(hitters.isFresh).toBe(true);
  expect([hitters.nameOf(slot), hitters.countOf(slot), hitters.errorOf(slot)]).toEqual(['c', 3, 2]);
  expect(seen(hitters).has('b')).toBe(false);
  hitters.offer('c');
  expect(hitters.isFresh).toBe(false);
});

test('cleared, it begins anew', () => {
  const hitters = new HeavyHitters(2);
  for (const name of ['a', 'a', 'b', 'c']) hitters.offer(name);
  hitters.clear();
  expect([hitters.size, hitters.offered]).toEqual([0, 0]);
  hitters.offer('d');
  expect(Object.fromEntries(seen(hitters))).toEqual({ d: { count: 1, error: 0 } });
});

test('for any stream: what is frequent is there, a count is never too low, and too high by its error at most', () => {
  const stream = fc.array(fc.tuple(fc.constantFrom(3, 10, 60), fc.nat()), { maxLength: 600 });
  holds(fc.tuple(fc.integer({ min: 1, max: 24 }), stream), ([capacity, drawn]) => {
    const hitters = new HeavyHitters(capacity);
    const truth = new Map<string, number>();
    for (const [range, n] of drawn) {
      const name = `x${String(n % range)}`;
      truth.set(name, (truth.get(name) ?? 0) + 1);
      const slot = hitters.offer(name);
      expect(hitters.nameOf(slot)).toBe(name);
    }
    const found = seen(hitters);
    const limit = drawn.length / capacity;
    for (const [name, count] of truth) if (count > limit) expect(found.has(name)).toBe(true);
    for (const [name, { count, error }] of found) {
      const real = truth.get(name) ?? 0;
      expect(count).toBeGreaterThanOrEqual(real);
      expect(count - error).toBeLessThanOrEqual(real);
      expect(error).toBeLessThanOrEqual(limit);
    }
    expect(hitters.offered).toBe(drawn.length);
    expect([...found.values()].reduce((sum, { count }) => sum + count, 0)).toBe(drawn.length);
  });
});
