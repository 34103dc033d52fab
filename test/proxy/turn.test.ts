// When what a turn writes goes out: together at its end where reads come together, at once where they come one by one.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Turn } from '../../src/proxy/turn.js';

class Written {
  readonly texts: string[] = [];

  emit(text: string): void {
    this.texts.push(text);
  }
}

function read(turn: Turn, to: Written, text: string): void {
  turn.readBegan();
  turn.later(to, text);
  turn.readEnded();
}

/** As a socket would bring them: each in a turn of its own. */
async function readOneByOne(turn: Turn, to: Written, reads: number): Promise<void> {
  for (let i = 0; i < reads; i += 1) {
    read(turn, to, '');
    await nextTurn();
    await nextTurn();
  }
  to.texts.length = 0;
}

/** Reads come one by one, until one is made to wait for the end of its turn; how many were not. */
function readUntilOneWaits(turn: Turn, to: Written): number {
  for (let reads = 0; ; reads += 1) {
    const before = to.texts.length;
    read(turn, to, 'alone');
    if (to.texts.length === before) return reads;
  }
}

describe('what a turn writes', () => {
  it('goes out together at its end, in order, where reads come together', async () => {
    const turn = new Turn();
    const to = new Written();
    for (const text of ['a', 'b', 'c']) read(turn, to, text);
    expect(to.texts).toEqual([]);
    await nextTurn();
    expect(to.texts).toEqual(['a', 'b', 'c']);
  });

  it('goes out with its read where reads came one by one for a while', async () => {
    const turn = new Turn();
    const to = new Written();
    await readOneByOne(turn, to, 10);
    read(turn, to, 'a');
    expect(to.texts).toEqual(['a']);
  });

  it('waits for the end of the turn with one read of sixty-four, and goes on at once where that was alone', async () => {
    const turn = new Turn();
    const to = new Written();
    await readOneByOne(turn, to, 10);
    readUntilOneWaits(turn, to);
    await nextTurn();
    expect(readUntilOneWaits(turn, to)).toBe(63);
    await nextTurn();
    expect(readUntilOneWaits(turn, to)).toBe(63);
  });

  it('goes out together again where many came with that one', async () => {
    const turn = new Turn();
    const to = new Written();
    await readOneByOne(turn, to, 10);
    readUntilOneWaits(turn, to);
    for (let i = 0; i < 20; i += 1) read(turn, to, 'beside it');
    await nextTurn();
    to.texts.length = 0;
    for (let i = 0; i < 20; i += 1) read(turn, to, 'together');
    expect(to.texts).toEqual([]);
    await nextTurn();
    expect(to.texts).toHaveLength(20);
  });

  it('keeps its order where a read meets what was written outside one', async () => {
    const turn = new Turn();
    const to = new Written();
    await readOneByOne(turn, to, 10);
    turn.later(to, 'a');
    expect(to.texts).toEqual([]);
    read(turn, to, 'b');
    await nextTurn();
    expect(to.texts).toEqual(['a', 'b']);
  });

  it('has one clock for all reads that come together, and one for each that comes alone', async () => {
    const turn = new Turn();
    const to = new Written();
    const timeOfRead = (): number => {
      turn.readBegan();
      const { nowMs } = turn;
      turn.readEnded();
      return nowMs;
    };
    const first = timeOfRead();
    const until = performance.now() + 2;
    while (performance.now() < until);
    expect(timeOfRead()).toBe(first);
    await readOneByOne(turn, to, 12);
    const alone = timeOfRead();
    await sleep(3);
    expect(timeOfRead()).toBeGreaterThan(alone + 1);
  });
});
