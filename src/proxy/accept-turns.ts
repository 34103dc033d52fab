// Workers share their listening sockets, and whoever is awake would take all of a burst. So each worker knows how many connections the
// others hold, and one that holds more than another lets it go first. docs/decisions/0007 says why this way.
// INVARIANT: a worker that does not accept holds the others up once, for a few milliseconds; a file that fails ends the turns and no
// connection (test/proxy/accept-turns.test.ts).
import { readSync, writeSync } from 'node:fs';

/** Rows of the file, one for each worker that carries traffic. */
export const MOST_ROWS = 64;
const ROW_BYTES = 4;
/** Nobody is in a row. */
const ABSENT = 0xffff_ffff;
/** A worker holds so many more than another without giving way: of 64 the other then has 30. With 1 a short connection cost 4 % more in one run. */
const SLACK = 4;
/** One turn given. The kernel makes about twice of it. */
const TURN_MS = 0.05;
/** So many turns in a row that nobody took are enough: the other is busy, or there is nothing more to accept. */
const MOST_IDLE_TURNS = 40;

/** A file of that many rows, shared by its descriptor; no worker is in any of them. */
export function clearRows(descriptor: number): void {
  writeSync(descriptor, Buffer.alloc(MOST_ROWS * ROW_BYTES, 0xff), 0, MOST_ROWS * ROW_BYTES, 0);
}

/** The worker of that row is gone. */
export function clearRow(descriptor: number, row: number): void {
  writeSync(descriptor, Buffer.alloc(ROW_BYTES, 0xff), 0, ROW_BYTES, row * ROW_BYTES);
}

const CELL = new Int32Array(new SharedArrayBuffer(4));

/** Stops this thread; others on this core run meanwhile. */
function sleep(milliseconds: number): void {
  Atomics.wait(CELL, 0, 0, milliseconds);
}

export class AcceptTurns {
  readonly #descriptor: number;
  readonly #row: number;
  readonly #wait: (milliseconds: number) => void;
  readonly #own = Buffer.alloc(ROW_BYTES);
  readonly #all = Buffer.alloc(MOST_ROWS * ROW_BYTES);
  #idleTurns = 0;
  /** What the least of the others held when it took none of its turns; -1: nobody is waited for in vain. */
  #gaveUpOn = -1;
  /** It gives no turns, and takes none: it accepts no more, or the file has failed. */
  #hasLeft = false;

  /** `row`: of this worker, from 0. `wait`: stops this thread for milliseconds; default: a real wait. */
  constructor(descriptor: number, row: number, wait: (milliseconds: number) => void = sleep) {
    this.#descriptor = descriptor;
    this.#row = row;
    this.#wait = wait;
    this.#say(0);
  }

  /** One more was accepted, of `open` in all: returns when it is this worker's turn again. */
  accepted(open: number): void {
    if (!this.#say(open)) return;
    const least = this.#leastOfOthers();
    if (open <= least + SLACK || least === this.#gaveUpOn) return;
    this.#gaveUpOn = -1;
    this.#wait(TURN_MS);
    this.#idleTurns = this.#leastOfOthers() === least ? this.#idleTurns + 1 : 0;
    if (this.#idleTurns < MOST_IDLE_TURNS) return;
    this.#idleTurns = 0;
    this.#gaveUpOn = least;
  }

  /** One less, of `open` in all. */
  closed(open: number): void {
    this.#say(open);
  }

  /** It accepts no more: nobody waits for it. */
  leave(): void {
    this.#say(ABSENT);
    this.#hasLeft = true;
  }

  /** false: it has left. */
  #say(open: number): boolean {
    if (this.#hasLeft) return false;
    this.#own.writeUInt32LE(open);
    try {
      writeSync(this.#descriptor, this.#own, 0, ROW_BYTES, this.#row * ROW_BYTES);
    } catch {
      this.#hasLeft = true;
    }
    return !this.#hasLeft;
  }

  #leastOfOthers(): number {
    try {
      readSync(this.#descriptor, this.#all, 0, this.#all.length, 0);
    } catch {
      this.#hasLeft = true;
      return ABSENT;
    }
    let least = ABSENT;
    for (let row = 0; row < MOST_ROWS; row += 1) {
      if (row !== this.#row) least = Math.min(least, this.#all.readUInt32LE(row * ROW_BYTES));
    }
    return least;
  }
}
