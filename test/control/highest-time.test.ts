// The highest time never goes down: not when the clock is set back, not over a restart, not when what is kept is lost.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HighestTime } from '../../src/control/highest-time.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { failure, faultyFiles } from './faulty-files.js';

const T = Date.UTC(2026, 6, 1);
const MINUTE = 60_000;
let path: string;
let now: number;
let isFull: boolean;
let folder: StateFolder;
const clock = (): number => now;
const written = (): string => readFileSync(join(path, 'clock.json'), 'utf8');

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'headgate-clock-'));
  [now, isFull] = [T, false];
  const before = (): void => {
    if (isFull) throw failure('ENOSPC');
  };
  const outcome = await openStateFolder(path, faultyFiles({ before }));
  if (!outcome.ok) throw new Error('no folder');
  folder = outcome.value;
});
afterEach(() => {
  folder.close();
  rmSync(path, { recursive: true });
});

test('a clock that jumps back and forth moves it forth alone', () => {
  const time = new HighestTime({ folder, clock });
  const seen = [0, 5000, -MINUTE, 4000, 9000, NaN, -T].map((jump) => {
    now = T + jump;
    return time.nowHighest() - T;
  });
  expect(seen).toEqual([0, 5000, 5000, 5000, 9000, 9000, 9000]);
});

test('it is written at most once a minute, and at the end', () => {
  const time = new HighestTime({ folder, clock });
  expect(time.note()).toBeUndefined();
  const first = written();
  now = T + MINUTE - 1;
  time.note();
  expect(written()).toBe(first);
  now = T + MINUTE;
  time.note();
  const second = written();
  expect(second).not.toBe(first);
  now += 1;
  time.note();
  expect(written()).toBe(second);
  expect(time.stop()).toBeUndefined();
  now = 0;
  expect(new HighestTime({ folder, clock }).nowHighest()).toBe(T + MINUTE + 1);
});

test('over a restart with a clock that was set back it stays, and is not written lower', () => {
  now = T + MINUTE;
  new HighestTime({ folder, clock }).stop();
  now = T - 1000 * MINUTE;
  const time = new HighestTime({ folder, clock });
  expect(time.nowHighest()).toBe(T + MINUTE);
  const before = written();
  expect([time.note(), time.stop()]).toEqual([undefined, undefined]);
  expect(written()).toBe(before);
});

test('where it is lost, what is known from elsewhere stands, and the loss is said', () => {
  new HighestTime({ folder, clock }).stop();
  writeFileSync(join(path, 'clock.json'), written().slice(0, 20));
  now = 0;
  const time = new HighestTime({ folder, clock, floors: [T - 5, T - 3] });
  expect(time.nowHighest()).toBe(T - 3);
  expect(time.problem?.code).toBe('state-corrupt');
});

test('on a full disk it goes on in memory, says so, and is written when there is room', () => {
  const time = new HighestTime({ folder, clock });
  isFull = true;
  expect(time.note()?.message).toBe(`cannot write \`${path}/clock.json\`: the disk is full`);
  now = T + 5;
  expect(time.nowHighest()).toBe(T + 5);
  isFull = false;
  expect(time.note()).toBeUndefined();
  expect(new HighestTime({ folder, clock: () => 0 }).nowHighest()).toBe(T + 5);
});
