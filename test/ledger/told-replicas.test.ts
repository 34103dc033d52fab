// Until when each of several replicas told what it counted: what stopped without an end is a gap, what ended in order is none.
import { ToldReplicas } from '../../src/ledger/told-replicas.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** Noon of the third day. */
const NOON = Date.UTC(2026, 5, 3, 12);
const MIDNIGHT = Date.UTC(2026, 5, 3);

const told = (...days: readonly (readonly [string, number, number, ('ended' | null)?])[]): ToldReplicas => {
  const all = new ToldReplicas();
  for (const [replica, from, until, mark = null] of days) all.add(replica, { from, until, mark });
  return all;
};

test('nobody told anything', () => {
  expect([told().until, told().gaps]).toEqual([null, []]);
});

test('replicas that go on are told until the last of them, and leave no gap', () => {
  const all = told(['one', MIDNIGHT, NOON], ['two', MIDNIGHT, NOON - 2 * MINUTE]);
  expect([all.until, all.gaps]).toEqual([NOON - 2 * MINUTE, []]);
});

test('one that stopped without an end is a gap as far as the others told', () => {
  const all = told(['one', MIDNIGHT, NOON], ['two', MIDNIGHT, NOON - 6 * MINUTE]);
  expect(all.until).toBe(NOON);
  expect(all.gaps).toEqual([{ from: NOON - 6 * MINUTE, until: NOON, cause: 'untold', replica: 'two' }]);
});

test('one that ended in order is none, and does not hold up until when all is told', () => {
  const all = told(['one', MIDNIGHT, NOON], ['two', MIDNIGHT, NOON - 3 * MINUTE, 'ended'], ['three', 0, 1, 'ended']);
  expect([all.until, all.gaps]).toEqual([NOON, []]);
});

test('when all have ended it is told until the last end', () => {
  expect(told(['one', MIDNIGHT, NOON, 'ended'], ['two', MIDNIGHT, NOON - DAY, 'ended']).until).toBe(NOON);
});

test('a day that was told to its end is whole; one that never was is a gap until that replica told again', () => {
  const whole = told(['one', MIDNIGHT - DAY, MIDNIGHT], ['one', MIDNIGHT, NOON]);
  expect(whole.gaps).toEqual([]);
  const torn = told(['one', MIDNIGHT - DAY, MIDNIGHT - 3_600_000], ['one', MIDNIGHT + 1000, NOON]);
  const gap = { from: MIDNIGHT - 3_600_000, until: MIDNIGHT + 1000, cause: 'untold', replica: 'one' };
  expect(torn.gaps).toEqual([gap]);
});

test('a day that ended in order is whole, though the replica began again the next day', () => {
  const all = told(['one', MIDNIGHT - DAY, MIDNIGHT - 3_600_000, 'ended'], ['one', MIDNIGHT + 1000, NOON]);
  expect(all.gaps).toEqual([]);
});
