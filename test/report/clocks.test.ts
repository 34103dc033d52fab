// When notices are due, and how numbers and stretches of time are said.
import { clocksOf } from '../../src/report/clocks.js';
import { countOfPeople, countOfReleases } from '../../src/report/count.js';
import { lastingOf } from '../../src/report/moment.js';

const AWARE = Date.parse('2026-01-24T21:15:00Z');
const HOUR_MS = 3_600_000;

test.each<readonly [string, 'uk' | 'eu', number, readonly (readonly [number, string])[]]>([
  [
    'United Kingdom: 72 hours, by PECR too',
    'uk',
    AWARE,
    [
      [72, '2026-01-27T21:15:00Z'],
      [72, '2026-01-27T21:15:00Z'],
    ],
  ],
  [
    'the day before 20 August 2025: 24 hours by PECR',
    'uk',
    Date.parse('2025-08-19T23:59:59Z'),
    [
      [24, '2025-08-20T23:59:59Z'],
      [72, '2025-08-22T23:59:59Z'],
    ],
  ],
  [
    'from 20 August 2025 on: 72',
    'uk',
    Date.parse('2025-08-20T00:00:00Z'),
    [
      [72, '2025-08-23T00:00:00Z'],
      [72, '2025-08-23T00:00:00Z'],
    ],
  ],
  [
    'European Union: 24 hours, 72, and 3 days after the first notice',
    'eu',
    AWARE,
    [
      [24, '2026-01-25T21:15:00Z'],
      [72, '2026-01-27T21:15:00Z'],
      [96, '2026-01-28T21:15:00Z'],
    ],
  ],
])('%s', (_rule, jurisdiction, awareAt, due) => {
  const clocks = clocksOf({ jurisdiction, awareAt, how: 'given' }, awareAt);
  expect(clocks.map((clock) => [clock.hours, clock.due])).toEqual(due);
});

test('a clock that is over says since when, one that runs says how long it still does', () => {
  const texts = clocksOf({ jurisdiction: 'eu', awareAt: AWARE, how: 'given' }, AWARE + 25 * HOUR_MS);
  expect(texts.map(({ state, text }) => [state, text])).toEqual([
    ['over', '2026-01-25T21:15:00Z, over since 1 hour'],
    ['running', '2026-01-27T21:15:00Z, 1 day 23 hours left'],
    ['running', '2026-01-28T21:15:00Z, 2 days 23 hours left'],
  ]);
  expect(clocksOf({ jurisdiction: 'eu', awareAt: AWARE, how: 'given' }, AWARE + 24 * HOUR_MS)[0]?.state).toBe('over');
  expect(clocksOf({ jurisdiction: 'eu', awareAt: AWARE, how: 'given' }, AWARE + 24 * HOUR_MS - 1)[0]?.state).toBe(
    'running',
  );
});

test('without awareness no clock has an end', () => {
  const clocks = clocksOf({ jurisdiction: 'uk', awareAt: null, how: 'unknown' }, AWARE);
  expect(clocks.map(({ state, due }) => [state, due])).toEqual([
    ['unknown', null],
    ['unknown', null],
  ]);
});

test.each([
  [0, 0, 'none'],
  [1, 1, 'fewer than 10'],
  [9, 9, 'fewer than 10'],
  [10, 10, '10'],
  [1204, 1204, '1,204'],
  [900, 2100, '900 to 2,100'],
  [0, 2100, 'fewer than 10 to 2,100'],
  [2, 9, 'fewer than 10'],
])('releases from %d to %d are said as `%s`', (least, most, text) => {
  const count = countOfReleases({ least, most }, 'ledger');
  expect(count.text).toBe(text);
  // What is not said in words is in no other member either.
  expect(JSON.stringify(count)).not.toMatch(/:[1-9][,}]/);
});

test.each([
  [1214, 1254, 1234, 'about 1,234 (1,214 to 1,254)'],
  [9, 11, 10, 'about 10 (fewer than 10 to 11)'],
  [8, 10, 9, 'fewer than 10'],
  [3, 3, 3, 'fewer than 10'],
  [0, 0, 0, 'none'],
  [90, 184, null, '90 to 184'],
])('people from %d to %d, best guess %p, are said as `%s`', (least, most, estimate, text) => {
  const count = countOfPeople({ least, most, estimate, error: 0.016, epochs: 1, isCut: false }, 'ledger');
  expect(count.text).toBe(text);
  expect(JSON.stringify(count)).not.toMatch(/:[1-9][,}]/);
});

test.each([
  [0, 'no time'],
  [999, 'no time'],
  [61_000, '1 minute 1 second'],
  [3_600_000, '1 hour'],
  [3_601_000, '1 hour'],
  [90_061_000, '1 day 1 hour'],
])('%d ms are `%s`', (ms, text) => {
  expect(lastingOf(ms)).toBe(text);
});
