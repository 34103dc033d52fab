// The bounds are those of the paper: 6.5 % is one standard error of 256 registers, and four of them are never met by chance.
import fc from 'fast-check';
import { distinctIn, mergeDistinct, noteDistinct, REGISTERS } from '../../src/sketch/distinct.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { holds } from '../fuzz/property.js';

const KEY = Uint8Array.from([3, 1, 4, 1, 5, 9, 2, 6]);

const sketchOf = (things: Iterable<string>, key = KEY): Uint8Array => {
  const registers = new Uint8Array(REGISTERS);
  const hash = new KeyedHash(key);
  for (const thing of things) {
    hash.of(thing);
    noteDistinct(registers, 0, hash.high, hash.low);
  }
  return registers;
};
const numbers = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `4477009${String(from + i).padStart(5, '0')}`);

test('a sketch that saw nothing says 0, and so does an array that is no sketch', () => {
  expect(distinctIn(new Uint8Array(REGISTERS))).toBe(0);
  expect(distinctIn(new Uint8Array(0))).toBe(0);
});

test('one thing a thousand times is one', () => {
  expect(distinctIn(sketchOf(Array.from({ length: 1000 }, () => 'x')))).toBeCloseTo(1, 1);
});

test('only the sketch at its place is written', () => {
  const registers = new Uint8Array(3 * REGISTERS);
  for (let i = 0; i < 256; i += 1) noteDistinct(registers, REGISTERS, i, i * 2654435761);
  expect(registers.subarray(0, REGISTERS).every((rank) => rank === 0)).toBe(true);
  expect(registers.subarray(REGISTERS, 2 * REGISTERS).every((rank) => rank > 0)).toBe(true);
  expect(registers.subarray(2 * REGISTERS).every((rank) => rank === 0)).toBe(true);
});

test.each([5, 20, 50, 200, 1_000, 10_000, 200_000])(
  'of %i things the estimate is within four standard errors',
  (count) => {
    const estimate = distinctIn(sketchOf(numbers(count)));
    expect(Math.abs(estimate - count)).toBeLessThanOrEqual(4 * 0.065 * count + 0.5);
  },
);

test('over 200 keys the estimate is unbiased and spreads as the paper says', () => {
  const things = numbers(2000);
  const errors = Array.from(
    { length: 200 },
    (_, i) => distinctIn(sketchOf(things, Uint8Array.of(i, 7, 1, 8, 2, 8, 1, 8))) / 2000 - 1,
  );
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const spread = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(spread).toBeGreaterThan(0.045);
  expect(spread).toBeLessThan(0.085);
});

test('merged sketches are the sketch of both, whatever the order, and merging twice adds nothing', () => {
  const someNumbers = fc.array(fc.integer({ min: 0, max: 99_999 }).map((n) => `4477009${String(n).padStart(5, '0')}`));
  holds(fc.tuple(someNumbers, someNumbers), ([a, b]) => {
    const merged = sketchOf(a);
    mergeDistinct(merged, sketchOf(b));
    mergeDistinct(merged, sketchOf(b));
    expect(merged).toEqual(sketchOf([...b, ...a]));
  });
});

test('more things never give a smaller estimate', () => {
  holds(fc.tuple(fc.nat(3000), fc.nat(300)), ([count, more]) => {
    expect(distinctIn(sketchOf(numbers(count + more)))).toBeGreaterThanOrEqual(distinctIn(sketchOf(numbers(count))));
  });
});
