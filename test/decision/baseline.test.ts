import {
  DAYS_KEPT,
  isLearning,
  isUsual,
  isWorthTelling,
  type Learned,
  learnedWith,
  NAMES_KEPT,
  usualNames,
} from '../../src/decision/baseline.js';
import type { Sightings } from '../../src/decision/novelty.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 1);
const NONE = new Uint8Array(0);
const seen = (requests: number, names: Readonly<Record<string, number>>): Sightings => ({
  requests,
  names: Object.entries(names).map(([name, count]) => ({
    name,
    requests: count,
    hosts: NONE,
    subscribers: NONE,
    values: NONE,
    pairs: 0,
    constant: 0,
  })),
});
const NEW: Learned = { since: START, days: [] };
/** Days of 10,000 requests; how many had `x` is listed by day. */
const after = (...counts: readonly number[]): Learned =>
  counts.reduce((learned, count, day) => learnedWith(learned, seen(10_000, { x: count }), START + day * DAY), NEW);

test.each<[string, readonly number[], boolean]>([
  ['a tenth of a percent on three days', [10, 10, 10], true],
  ['on three days that are not next to each other', [10, 0, 10, 0, 0, 10], true],
  ['on two days', [5000, 5000], false],
  ['a little less on the third', [10, 10, 9], false],
  ['on three days of which one is over a week ago', [10, 10, 0, 0, 0, 0, 0, 10], false],
  ['on three days of which the first is still among the seven', [10, 10, 0, 0, 0, 0, 10], true],
])('a name is usual: %s: %p %p', (_, counts, is) => {
  expect(isUsual(after(...counts), 'x')).toBe(is);
});

test('what was seen in pieces of a day adds up', () => {
  let learned = NEW;
  for (let day = 0; day < 3; day += 1) {
    for (let i = 0; i < 10; i += 1) learned = learnedWith(learned, seen(1000, { x: 1 }), START + day * DAY + i * 1000);
  }
  expect(isUsual(learned, 'x')).toBe(true);
  expect(learned.days.map(({ requests }) => requests)).toEqual([10_000, 10_000, 10_000]);
});

test('days without traffic push none out', () => {
  const learned = learnedWith(after(10, 10), seen(10_000, { x: 10 }), START + 60 * DAY);
  expect(isUsual(learned, 'x')).toBe(true);
  expect(learnedWith(learned, seen(0, {}), START + 90 * DAY)).toBe(learned);
});

test('at most seven days are kept', () => {
  expect(after(...Array.from({ length: 20 }, () => 10)).days).toHaveLength(DAYS_KEPT);
});

test('a clock that goes back adds to the newest day', () => {
  const learned = learnedWith(after(10, 10), seen(10_000, { x: 10 }), START - 30 * DAY);
  expect(learned.days.map(({ requests }) => requests)).toEqual([10_000, 20_000]);
});

test('what came in is not changed by it', () => {
  const before = after(10);
  learnedWith(before, seen(10, { x: 10, y: 1 }), START);
  expect([...(before.days[0]?.names ?? [])]).toEqual([['x', 10]]);
});

test('it learns for seven days', () => {
  expect([0, 7 * DAY - 1, 7 * DAY].map((age) => isLearning(NEW, START + age))).toEqual([true, true, false]);
});

test('a flood of names leaves the frequent ones, and memory is bounded', () => {
  let learned = NEW;
  for (let i = 0; i < 40; i += 1) {
    const flood = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${String(i)}n${String(n)}`, 1]));
    learned = learnedWith(learned, seen(10_000, { ...flood, x: 10 }), START);
    expect(learned.days[0]?.names.size).toBeLessThanOrEqual(2 * NAMES_KEPT);
  }
  expect(learned.days[0]?.names.get('x')).toBe(400);
});

test.each(['constructor', 'hasownproperty', 'tostring'])('`%s` is a name like another', (name) => {
  expect(isUsual(after(10, 10, 10), name)).toBe(false);
});

test('all that are usual are listed, the most frequent first', () => {
  let learned = NEW;
  for (let day = 0; day < 3; day += 1) {
    learned = learnedWith(
      learned,
      seen(10_000, { x: 10, rare: 9, z: 500, once: day === 0 ? 9000 : 0 }),
      START + day * DAY,
    );
  }
  expect(usualNames(learned)).toEqual(['z', 'x']);
  expect(usualNames(NEW)).toEqual([]);
});

describe('others may go by what was learned', () => {
  const of = (requests: readonly number[]): Learned =>
    requests.reduce((learned, count, day) => learnedWith(learned, seen(count, {}), START + day * DAY), NEW);
  test.each<[string, readonly number[], number, boolean]>([
    ['a week is over, and three days had a thousand requests', [1000, 0, 1000, 1, 1000], 7 * DAY, true],
    ['not a moment before the week is over', [1000, 1000, 1000], 7 * DAY - 1, false],
    ['not where only two days had so many', [1000, 999, 50_000], 7 * DAY, false],
    ['not where nothing was ever seen', [], 30 * DAY, false],
  ])('%s', (_, requests, age, is) => {
    expect(isWorthTelling(of(requests), START + age)).toBe(is);
  });
});
