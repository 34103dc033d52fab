import fc from 'fast-check';
import { distinctIn, noteDistinct, REGISTERS } from '../../src/sketch/distinct.js';
import { DistinctSketch, PRECISION } from '../../src/sketch/distinct-sketch.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { holds } from '../fuzz/property.js';

const HASH = new KeyedHash(Uint8Array.of(3, 1, 4, 1, 5, 9, 2, 6));
const noted = (from: number, until: number, precision = PRECISION): DistinctSketch => {
  const sketch = new DistinctSketch(precision);
  for (let n = from; n < until; n += 1) {
    HASH.of(`thing ${String(n)}`);
    sketch.note(HASH.high, HASH.low);
  }
  return sketch;
};
const again = (sketch: DistinctSketch): DistinctSketch => {
  const read = DistinctSketch.fromBytes(sketch.toBytes());
  if (read === undefined) throw new Error('not the bytes of a sketch');
  return read;
};
const of = (...sketches: readonly DistinctSketch[]): DistinctSketch => {
  const sum = new DistinctSketch();
  for (const each of sketches) sum.merge(each);
  return sum;
};
/** Hashed once: what a property says of parts needs no other. */
const HASHES = Array.from({ length: 10_000 }, (_, n) => {
  HASH.of(`thing ${String(n)}`);
  return { high: HASH.high, low: HASH.low };
});
const notedAgain = (from: number, until: number): DistinctSketch => {
  const sketch = new DistinctSketch();
  for (let n = from; n < until; n += 1) sketch.note(HASHES[n]?.high ?? 0, HASHES[n]?.low ?? 0);
  return sketch;
};
/** Some sums are few enough for a list, some are not. */
const things = fc.array(fc.tuple(fc.integer({ min: 0, max: 6000 }), fc.integer({ min: 0, max: 4000 })), {
  minLength: 1,
  maxLength: 6,
});

describe('a sketch of 16,384 registers', () => {
  test('it is exact for a handful, and within 2 % for a hundred, ten thousand, a million', () => {
    expect(new DistinctSketch().estimate()).toBe(0);
    for (const count of [1, 2, 5, 10, 30]) expect(Math.round(noted(0, count).estimate())).toBe(count);
    for (const count of [100, 1000, 5000, 10_000, 40_000, 100_000, 1_000_000]) {
      expect(Math.abs(noted(0, count).estimate() / count - 1)).toBeLessThan(0.02);
    }
  });

  test('its error is that of 16,384 registers: 0.8 % over a hundred sets', () => {
    const errors = Array.from(
      { length: 100 },
      (_, set) => noted(set * 1e6, set * 1e6 + 30_000).estimate() / 30_000 - 1,
    );
    const standard = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(standard).toBeGreaterThan(0.005);
    expect(standard).toBeLessThan(0.011);
  });

  test('what was noted before changes nothing', () => {
    const sketch = noted(0, 5000);
    const before = sketch.toBytes();
    for (let round = 0; round < 3; round += 1) sketch.merge(noted(0, 5000));
    expect(sketch.toBytes()).toEqual(before);
  });

  test('a hundred things take 302 bytes, and any number at most 12,290', () => {
    const hundred = noted(0, 100).toBytes().length;
    expect(hundred).toBeLessThanOrEqual(302);
    expect(hundred).toBeGreaterThan(290);
    expect(Math.max(...[3000, 5000, 6000, 200_000].map((n) => noted(0, n).toBytes().length))).toBe(12_290);
  });
});

describe('merging', () => {
  test('is exact in any order and any grouping, down to the bytes', () => {
    holds(things, (ranges) => {
      const parts = ranges.map(([from, count]) => notedAgain(from, from + count));
      const all = new DistinctSketch();
      for (const [from, count] of ranges)
        for (let n = from; n < from + count; n += 1) all.note(HASHES[n]?.high ?? 0, HASHES[n]?.low ?? 0);
      const bytes = all.toBytes();
      for (const sum of [
        of(...parts),
        of(...[...parts].reverse()),
        of(again(of(...parts.slice(1))), again(of(...parts.slice(0, 1)))),
      ]) {
        // Buffer.compare, for jest's own equality of as many bytes takes thirty seconds here.
        expect(Buffer.compare(sum.toBytes(), bytes)).toBe(0);
      }
    });
  });

  test('one sketch that saw everything is what many are that each saw a part', () => {
    const whole = noted(0, 30_000);
    const parts = Array.from({ length: 8 }, (_, part) => noted(part * 3750, (part + 1) * 3750));
    expect(of(...parts.map(again)).toBytes()).toEqual(whole.toBytes());
  });

  test('a coarser one is the part of a finer one that it would have been', () => {
    for (const count of [50, 3000, 50_000]) {
      const fine = noted(0, count);
      fine.coarsen(10);
      expect(fine.toBytes()).toEqual(noted(0, count, 10).toBytes());
      const mixed = of(noted(0, count), noted(0, count, 10));
      expect(mixed.precision).toBe(10);
      expect(mixed.toBytes()).toEqual(fine.toBytes());
    }
  });

  test('a sketch of distinct.ts is one of 256 registers', () => {
    for (const count of [3, 90, 4000]) {
      const registers = new Uint8Array(REGISTERS);
      for (let n = 0; n < count; n += 1) {
        HASH.of(`thing ${String(n)}`);
        noteDistinct(registers, 0, HASH.high, HASH.low);
      }
      const sketch = DistinctSketch.ofRegisters(registers);
      expect(sketch.toBytes()).toEqual(noted(0, count, 8).toBytes());
      expect(sketch.estimate()).toBeCloseTo(distinctIn(registers), 9);
    }
  });
});

describe('bytes', () => {
  test('are read back exactly', () => {
    for (const count of [0, 1, 100, 4096, 5000, 300_000]) {
      const sketch = noted(0, count);
      expect(again(sketch).toBytes()).toEqual(sketch.toBytes());
      expect(again(sketch).estimate()).toBe(sketch.estimate());
    }
  });

  test('of nothing that is a sketch are none, and never throw', () => {
    holds(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const sketch = DistinctSketch.fromBytes(bytes);
      if (sketch !== undefined) expect(Number.isFinite(sketch.estimate())).toBe(true);
    });
    expect(DistinctSketch.fromBytes(new Uint8Array(0))).toBeUndefined();
    expect(DistinctSketch.fromBytes(Uint8Array.of(PRECISION, 0, 1))).toBeUndefined();
    expect(DistinctSketch.fromBytes(Uint8Array.of(PRECISION, 0, 0, 0, 0))).toBeUndefined();
    expect(DistinctSketch.fromBytes(Uint8Array.of(PRECISION, 1, 0))).toBeUndefined();
    expect(DistinctSketch.fromBytes(Uint8Array.of(20, 0))).toBeUndefined();
  });
});
