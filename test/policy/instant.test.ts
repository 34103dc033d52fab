// Instants for people: UTC first, the zone of the policy beside it, whatever the time of the year.
import { localTimeOf, renderInstant } from '../../src/policy/instant.js';

test.each([
  ['2027-01-01T00:00:00.000Z', 'UTC', '2027-01-01T00:00:00Z'],
  ['2027-01-01T00:00:00.001Z', 'UTC', '2027-01-01T00:00:00.001Z'],
  ['2027-01-01T00:00:00.000Z', 'Europe/London', '2027-01-01T00:00:00Z (2027-01-01 00:00 Europe/London)'],
  ['2027-07-31T23:00:00.000Z', 'Europe/London', '2027-07-31T23:00:00Z (2027-08-01 00:00 Europe/London)'],
  ['2026-12-31T10:59:59.999Z', 'Pacific/Auckland', '2026-12-31T10:59:59.999Z (2026-12-31 23:59 Pacific/Auckland)'],
])('%s in %s', (instant, timezone, text) => {
  expect(renderInstant(Date.parse(instant), timezone)).toBe(text);
});

test('the day of the week is the zone’s', () => {
  const friday = Date.parse('2026-12-25T23:30:00Z');
  expect(localTimeOf(friday, 'UTC')).toEqual({ day: '2026-12-25', weekday: 'Friday', time: '23:30' });
  expect(localTimeOf(friday, 'Europe/Berlin')).toEqual({ day: '2026-12-26', weekday: 'Saturday', time: '00:30' });
});
