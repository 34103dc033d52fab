// How long a worker's place stays empty.
import { restartDelayMs } from '../../src/control/restart-delay.js';

describe('the delay before a worker is replaced', () => {
  test('the first end in a minute is replaced at once', () => {
    expect(restartDelayMs([100_000], 100_000)).toBe(0);
    expect(restartDelayMs([40_000, 100_000], 100_000)).toBe(0);
  });

  test('each further end within a minute doubles the wait, up to ten seconds', () => {
    const ends = Array.from({ length: 12 }, (_, i) => i);
    expect(ends.map((last) => restartDelayMs(ends.slice(0, last + 1), last))).toEqual([
      0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000,
    ]);
  });
});
