// How long is waited before the next try: so that a fleet that lost its Redis in one moment does not come back in one.
import { reconnectDelayMs } from '../../src/fleet/reconnect-delay.js';

const MOST = [100, 200, 400, 800, 1600, 3000, 3000];
const delaysOf = (attempt: number): readonly number[] => Array.from({ length: 200 }, () => reconnectDelayMs(attempt));

test.each(MOST.map((most, attempt) => [attempt, most] as const))(
  'try %i comes after %i ms at most and half of it at least, and of two hundred replicas few wait as long as another',
  (attempt, most) => {
    const delays = delaysOf(attempt);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(most / 2);
    expect(Math.max(...delays)).toBeLessThanOrEqual(most);
    // All over the half that is chance, none of its tenths left out.
    const tenths = new Set(delays.map((delay) => Math.min(9, Math.floor((delay - most / 2) / (most / 20)))));
    expect(tenths.size).toBe(10);
  },
);

test('it is tried for ever: a thousandth try waits no longer', () => {
  expect(Math.max(...delaysOf(1000))).toBeLessThanOrEqual(3000);
});
