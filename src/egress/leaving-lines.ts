// The lines of a head that is about to leave, all at once, where it lies in the memory of a WebAssembly program: a tenth of what it costs
// to look for them four bytes at a time. It only says what is as usual; for all else the look reads the bytes itself.
import { LEAVING_LINES } from './leaving-lines-wasm.js';
import { ORDER_NUMBERS } from './name-order.js';

/** A head has fewer, or the look reads it itself. */
const MOST = 1024;
/** What may be written behind them. */
const SLACK = 8;
const TABLE_BYTES = 4 * (MOST + SLACK);
const STATE_BYTES = 8;
/** What it takes of the memory: two tables, a state, and the records of names. */
export const LINES_BYTES = 2 * TABLE_BYTES + STATE_BYTES + 4 * ORDER_NUMBERS;

/** Where heads lie that leave: in `bytes`, which begin where `memory` does, with 64 bytes of it behind them. */
export interface LeavingMemory {
  readonly memory: WebAssembly.Memory;
  readonly bytes: Buffer;
  /** Where `LINES_BYTES` of `memory` are free, a multiple of 4. */
  readonly tablesAt: number;
  /** Whose tables they are now. */
  owner: object | null;
}

type Find = (start: number, end: number, ends: number, runs: number, most: number) => number;
type Next = (line: number, count: number, ends: number, runs: number, state: number, names: number) => number;

type Exports = Readonly<Record<string, unknown>>;

/** One for all that look at heads in a memory: each policy has its own look, and the engine makes a program fast once. */
const PROGRAMS = new WeakMap<WebAssembly.Memory, Exports>();

function programIn(memory: WebAssembly.Memory): Exports | null {
  const known = PROGRAMS.get(memory);
  if (known !== undefined) return known;
  try {
    const program = new WebAssembly.Module(Buffer.from(LEAVING_LINES, 'base64'));
    const { exports } = new WebAssembly.Instance(program, { env: { memory } });
    PROGRAMS.set(memory, exports);
    return exports;
  } catch {
    return null;
  }
}

export class LeavingLines {
  /** Until the next `find`: the place of each line's CR. */
  readonly ends: Int32Array;
  /** Until the next `find`: where each run of eight digits or more begins, then a larger number than any place. */
  readonly runs: Int32Array;
  /** Of the names that were met (name-order.ts). */
  readonly records: Int32Array;
  readonly #leaving: LeavingMemory;
  readonly #bytes: Buffer;
  readonly #find: Find;
  readonly #next: Next;
  /** The slot of the last name, and the first run that may be of the line. */
  readonly #state: Int32Array;
  readonly #at: number;

  private constructor(exports: Exports, leaving: LeavingMemory) {
    const { bytes, tablesAt } = leaving;
    this.#leaving = leaving;
    this.#find = exports['lines'] as Find;
    this.#next = exports['next'] as Next;
    this.#bytes = bytes;
    this.#at = tablesAt;
    const numbers = (at: number, count: number): Int32Array => new Int32Array(bytes.buffer, tablesAt + at, count);
    this.ends = numbers(0, MOST + SLACK);
    this.runs = numbers(TABLE_BYTES, MOST + SLACK);
    this.#state = numbers(2 * TABLE_BYTES, 2);
    this.records = numbers(2 * TABLE_BYTES + STATE_BYTES, ORDER_NUMBERS);
  }

  /** null: this machine cannot run it. */
  static in(leaving: LeavingMemory): LeavingLines | null {
    const exports = programIn(leaving.memory);
    return exports && new LeavingLines(exports, leaving);
  }

  /** Before anything of a head: whether another one has used the tables since. */
  takeOver(): boolean {
    if (this.#leaving.owner === this) return false;
    this.#leaving.owner = this;
    return true;
  }

  /**
   * The lines of the head in `bytes[start, end)`: how many, the blank one that it ends with not among them. -1: it lies elsewhere, has
   * another blank line or none at its end, a bare CR or LF, a NUL, or too many lines.
   */
  find(bytes: Buffer, start: number, end: number): number {
    return bytes === this.#bytes ? this.#find(start, end, this.#at, this.#at + TABLE_BYTES, MOST) : -1;
  }

  /** Before the first `next` of a head. */
  begin(): void {
    this.#state[0] = 0;
    this.#state[1] = 0;
  }

  /**
   * The first of the lines from `line` on, of `count`, that is not as it nearly always is: twice its number, and one more where its name is
   * the expected one, whose slot is `slot`. Such a name is identity's or short, or there is a long run of digits behind it. `2 * count`: none.
   */
  next(line: number, count: number): number {
    const at = this.#at;
    const state = at + 2 * TABLE_BYTES;
    return this.#next(line, count, at, at + TABLE_BYTES, state, state + STATE_BYTES);
  }

  get slot(): number {
    return this.#state[0] ?? 0;
  }

  set slot(slot: number) {
    this.#state[0] = slot;
  }

  /** Among `runs`: the first one behind the last name, or before. */
  get run(): number {
    return this.#state[1] ?? 0;
  }
}
