// The limiter of log lines, with the time as an argument.
import { LogLimiter } from '../../src/telemetry/log-limiter.js';

const admitted = (limiter: LogLimiter, times: number, cause: string, nowMs: number) =>
  Array.from({ length: times }, () => limiter.admits('refused', cause, nowMs)).filter(Boolean).length;

describe('the limiter', () => {
  test('ten lines a second of one event and cause pass, the rest is counted once', () => {
    const limiter = new LogLimiter();
    expect(admitted(limiter, 25, 'host', 100)).toBe(10);
    expect(limiter.settle(1099)).toEqual([]);
    expect(limiter.settle(1100)).toEqual([{ event: 'refused', cause: 'host', lines: 15 }]);
    expect(limiter.settle(5000)).toEqual([]);
  });

  test('another cause and another event have budgets of their own', () => {
    const limiter = new LogLimiter();
    admitted(limiter, 25, 'host', 0);
    expect(admitted(limiter, 10, 'syntax', 0)).toBe(10);
    expect(limiter.admits('fault', 'host', 0)).toBe(true);
  });

  test('a new second has a new budget even if nobody settled the old one, and nothing held back is forgotten', () => {
    const limiter = new LogLimiter();
    admitted(limiter, 12, 'host', 0);
    expect(admitted(limiter, 13, 'host', 1000)).toBe(10);
    expect(limiter.settle(Infinity)).toEqual([
      { event: 'refused', cause: 'host', lines: 2 },
      { event: 'refused', cause: 'host', lines: 3 },
    ]);
  });

  test('a flood of causes is bounded: beyond 1,000 they share one budget', () => {
    const limiter = new LogLimiter();
    let passed = 0;
    for (let i = 0; i < 5000; i += 1) passed += limiter.admits('refused', `cause-${i}`, 0) ? 1 : 0;
    expect(passed).toBe(1010);
    expect(limiter.settle(Infinity)).toEqual([{ event: 'other', cause: 'other', lines: 3990 }]);
  });
});
