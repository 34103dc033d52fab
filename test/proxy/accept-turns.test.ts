// Workers on one listening socket give each other turns: who holds more waits, and nobody waits long for one that does not come.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AcceptTurns, clearRow, clearRows, MOST_ROWS } from '../../src/proxy/accept-turns.js';

let folder: string;
let descriptor: number;
let waits: number;
/** What happens in a turn that is given. */
let meanwhile: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-test-'));
  descriptor = openSync(join(folder, 'rows'), 'wx+');
  clearRows(descriptor);
  waits = 0;
  meanwhile = () => undefined;
});
afterEach(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

const worker = (row: number): AcceptTurns =>
  new AcceptTurns(descriptor, row, () => {
    waits += 1;
    meanwhile();
  });

test('a worker that is alone never waits', () => {
  const alone = worker(3);
  for (let open = 1; open <= 100; open += 1) alone.accepted(open);
  expect(waits).toBe(0);
});

test.each([
  ['as many as the other', 2, 2, 0],
  ['four more', 6, 2, 0],
  ['five more', 7, 2, 1],
  ['fewer', 1, 2, 0],
])('holding %s', (_, own, others, expected) => {
  worker(1).closed(others);
  worker(0).accepted(own);
  expect(waits).toBe(expected);
});

test('of several it is the one with the fewest that counts', () => {
  worker(1).closed(9);
  worker(MOST_ROWS - 1).closed(1);
  const own = worker(0);
  own.accepted(5);
  expect(waits).toBe(0);
  own.accepted(6);
  expect(waits).toBe(1);
});

test('a burst goes to both in equal parts where each accepts in the other’s turns', () => {
  const [one, other] = [worker(0), worker(1)];
  let waiting = 64;
  let [mine, yours] = [0, 0];
  meanwhile = () => {
    if (waiting === 0) return;
    waiting -= 1;
    yours += 1;
    // It is in its own turn: whether it gives way is not this test's.
    other.closed(yours);
  };
  while (waiting > 0) {
    waiting -= 1;
    mine += 1;
    one.accepted(mine);
  }
  expect(Math.abs(mine - yours)).toBeLessThanOrEqual(5);
});

test('one that takes no turn is given forty, and then none until it holds another number', () => {
  const [one, other] = [worker(0), worker(1)];
  for (let open = 5; open <= 500; open += 1) one.accepted(open);
  expect(waits).toBe(40);
  other.closed(1);
  one.accepted(501);
  expect(waits).toBe(41);
});

test('turns that are taken now and then are given on', () => {
  const [one, other] = [worker(0), worker(1)];
  meanwhile = () => {
    if (waits % 30 === 0) other.closed(waits / 30);
  };
  for (let open = 100; open < 200; open += 1) one.accepted(open);
  expect(waits).toBe(100);
});

test.each(['left', 'is gone'])('nobody waits for one that %s', (how) => {
  const [one, other] = [worker(0), worker(1)];
  if (how === 'left') other.leave();
  else clearRow(descriptor, 1);
  for (let open = 1; open <= 10; open += 1) one.accepted(open);
  expect(waits).toBe(0);
});

test('one that left says no more what it holds, and waits for nobody', () => {
  const [one, other] = [worker(0), worker(1)];
  other.leave();
  other.closed(0);
  one.accepted(50);
  other.accepted(90);
  expect(waits).toBe(0);
});

test('where the file cannot be read or written connections are accepted all the same, and nobody is waited for', () => {
  const one = worker(0);
  worker(1);
  const closed = openSync(join(folder, 'closed'), 'wx+');
  closeSync(closed);
  const broken = new AcceptTurns(closed, 0, () => {
    waits += 1;
  });
  for (const each of [broken, one]) {
    if (each === one) closeSync(descriptor);
    for (let open = 1; open <= 50; open += 1) each.accepted(open);
    each.closed(49);
    each.leave();
  }
  descriptor = openSync(join(folder, 'rows'), 'r');
  expect(waits).toBe(0);
});

test('without another way of waiting a turn is real time, and short', () => {
  worker(1);
  const one = new AcceptTurns(descriptor, 0);
  const before = performance.now();
  for (let open = 5; open < 25; open += 1) one.accepted(open);
  expect(performance.now() - before).toBeGreaterThanOrEqual(1);
});
