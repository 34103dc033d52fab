// Days and instants: a day is whole, in its zone, also where clocks change at midnight or a day is skipped.
import { calendarOf } from '../../src/policy/calendar.js';

const at = (zone: string, text: string, edge: 'from' | 'until'): string | undefined => {
  const moment = calendarOf(zone)?.momentOf(text, edge);
  return moment === undefined ? undefined : new Date(moment).toISOString().replace('.000Z', 'Z');
};

test.each([
  ['UTC', '2026-12-31', 'from', '2026-12-31T00:00:00Z'],
  ['UTC', '2026-12-31', 'until', '2027-01-01T00:00:00Z'],
  ['Europe/London', '2026-12-31', 'until', '2027-01-01T00:00:00Z'],
  ['Europe/London', '2026-06-30', 'until', '2026-06-30T23:00:00Z'],
  ['Europe/London', '2026-03-29', 'from', '2026-03-29T00:00:00Z'],
  ['Europe/London', '2026-03-29', 'until', '2026-03-29T23:00:00Z'],
  ['Pacific/Kiritimati', '2026-01-01', 'from', '2025-12-31T10:00:00Z'],
  ['Pacific/Pago_Pago', '2026-01-01', 'from', '2026-01-01T11:00:00Z'],
  ['Asia/Kathmandu', '2026-01-01', 'from', '2025-12-31T18:15:00Z'],
  ['America/Sao_Paulo', '2018-11-04', 'from', '2018-11-04T03:00:00Z'],
  ['Africa/Cairo', '2026-04-24', 'from', '2026-04-23T22:00:00Z'],
  ['Asia/Beirut', '2026-03-29', 'from', '2026-03-28T22:00:00Z'],
  ['America/Havana', '2026-11-01', 'from', '2026-11-01T04:00:00Z'],
  ['Pacific/Apia', '2011-12-29', 'until', '2011-12-30T10:00:00Z'],
  ['Europe/London', '2028-02-29', 'from', '2028-02-29T00:00:00Z'],
] as const)('in %s %s is %s %s', (zone, day, edge, expected) => {
  expect(at(zone, day, edge)).toBe(expected);
});

test.each([
  ['2026-12-31T18:00:00Z', '2026-12-31T18:00:00Z'],
  ['2026-12-31T18:00:00+02:00', '2026-12-31T16:00:00Z'],
  ['2026-12-31T18:00:00.5-00:30', '2026-12-31T18:30:00.500Z'],
])('the instant %s is itself in every zone and on both edges', (text, expected) => {
  for (const zone of ['UTC', 'Asia/Kathmandu']) {
    expect(at(zone, text, 'from')).toBe(expected);
    expect(at(zone, text, 'until')).toBe(expected);
  }
});

test.each([
  ...['2026-02-30', '2026-13-01', '2026-00-10', '2026-1-1', '26-01-01', '2027-02-29', '', 'today', '2026-12-31 18:00'],
  ...['2026-02-30T00:00:00Z', '2026-12-31T24:00:00Z', '2026-12-31T23:59:60Z', '2026-12-31T23:60:00Z'],
  ...['2026-12-31T18:00:00', '2026-12-31T18:00Z', '2026-12-31t18:00:00z', '2026-12-31T18:00:00+15:00'],
])('%j is no moment', (text) => {
  expect(calendarOf('UTC')?.momentOf(text, 'from')).toBeUndefined();
  expect(calendarOf('UTC')?.momentOf(text, 'until')).toBeUndefined();
});

test('a day that a zone skipped has no start and no end', () => {
  expect(calendarOf('Pacific/Apia')?.momentOf('2011-12-30', 'from')).toBeUndefined();
  expect(calendarOf('Pacific/Apia')?.momentOf('2011-12-30', 'until')).toBeUndefined();
});

test.each(['', 'Mars/Olympus', '+01:00', 'Europe/London ', '../../etc', 'Europe/'])('%j is no zone', (zone) => {
  expect(calendarOf(zone)).toBeUndefined();
});

test('every day of ten years follows the one before without gap or overlap, in zones that change at midnight', () => {
  for (const zone of ['Europe/London', 'America/Sao_Paulo', 'Asia/Beirut', 'America/Havana', 'Australia/Lord_Howe']) {
    const calendar = calendarOf(zone);
    for (let day = Date.UTC(2015, 0, 1); day < Date.UTC(2025, 0, 1); day += 86_400_000) {
      const text = new Date(day).toISOString().slice(0, 10);
      const next = new Date(day + 86_400_000).toISOString().slice(0, 10);
      const end = calendar?.momentOf(text, 'until');
      expect([zone, text, end]).toEqual([zone, text, calendar?.momentOf(next, 'from')]);
      const hours = ((end ?? 0) - (calendar?.momentOf(text, 'from') ?? 0)) / 3_600_000;
      expect(hours).toBeGreaterThanOrEqual(23);
      expect(hours).toBeLessThanOrEqual(25);
    }
  }
});
