// Where the lines of a section of fields end, and where the long runs of digits in them begin. Byte by byte; where the bytes lie in the
// memory of a WebAssembly program, by that, 64 bytes at a time. INVARIANT: both find the same (test/http/line-finder.test.ts).
import { FIELD_LINES } from './field-lines-wasm.js';
import { MARKED_DIGITS } from './field-store.js';

/** Lines, and runs, that are found at once; whoever wants the rest asks again, or reads them in another way. */
export const MOST_FOUND = 1024;
/** What may be written behind them. */
const SLACK = 8;
/** Of each of the two tables. */
const TABLE_BYTES = 4 * (MOST_FOUND + SLACK);
/** What a finder with memory of a program takes of it. */
export const FINDER_BYTES = 2 * TABLE_BYTES;

const CR = 0x0d;
const SPACE = 0x20;
const TILDE = 0x7e;
const ZERO = 0x30;
const NO_RUN = 0x7fffffff;

/** What it found holds until the next `find`. */
export abstract class LineFinder {
  /** The place of each line's CR: `ends[0, count)`. */
  readonly ends: Int32Array;
  /** Where each run of `MARKED_DIGITS` digits or more begins, then a larger number than any place. */
  readonly runs: Int32Array;
  count = 0;
  /** How far whoever reads the lines has come, in `ends` and in `runs`. */
  line = 0;
  run = 0;

  constructor(ends: Int32Array, runs: Int32Array) {
    this.ends = ends;
    this.runs = runs;
  }

  /**
   * The lines of `bytes[from, stop)`, at whose start a line begins, until one is blank, or holds what is neither visible ASCII nor a space;
   * it is not among them. At `bytes[stop]` stands a 0. Whether an LF stands behind each CR is for the caller to see.
   */
  find(bytes: Uint8Array, from: number, stop: number): void {
    this.line = 0;
    this.run = 0;
    this.count = this.findIn(bytes, from, stop);
  }

  /**
   * The first place of `from`, `from + step`, ... before `end` at which four bytes hold one of `L` to `O`; -1: there is none. Digits in base64
   * have one in any four characters. `step`: 4 or 8; `view`: of `bytes`, which go on for three bytes behind `end`.
   */
  abstract letters(bytes: Uint8Array, view: DataView, from: number, end: number, step: number): number;

  /** How many lines. */
  protected abstract findIn(bytes: Uint8Array, from: number, stop: number): number;
}

export class ByteLineFinder extends LineFinder {
  constructor(
    ends: Int32Array = new Int32Array(MOST_FOUND + SLACK),
    runs: Int32Array = new Int32Array(MOST_FOUND + SLACK),
  ) {
    super(ends, runs);
  }

  findIn(bytes: Uint8Array, from: number, stop: number): number {
    const { ends, runs } = this;
    let lines = 0;
    let met = 0;
    let digits = 0;
    let start = from;
    for (let at = from; at < stop && lines < MOST_FOUND && met < MOST_FOUND; at += 1) {
      const byte = bytes[at] ?? 0;
      digits = (byte - ZERO) >>> 0 < 10 ? digits + 1 : 0;
      if (digits === MARKED_DIGITS) {
        runs[met] = at + 1 - MARKED_DIGITS;
        met += 1;
      }
      if (byte === CR) {
        if (at === start) break;
        ends[lines] = at;
        lines += 1;
        at += 1;
        start = at + 1;
      } else if (byte < SPACE || byte > TILDE) {
        break;
      }
    }
    runs[met] = NO_RUN;
    return lines;
  }

  letters(_: Uint8Array, view: DataView, from: number, end: number, step: number): number {
    for (let at = from; at < end; at += step) {
      const others = (view.getInt32(at, true) ^ 0x4c4c4c4c) & 0xfcfcfcfc;
      if (((others - 0x01010101) & ~others & 0x80808080) !== 0) return at;
    }
    return -1;
  }
}

/** For sections in whatever bytes. */
export const LINE_FINDER: LineFinder = new ByteLineFinder();

type Find = (from: number, ends: number, runs: number, most: number) => number;
type Letters = (from: number, end: number, step: number) => number;

class WasmLineFinder extends LineFinder {
  readonly #bytes: Uint8Array;
  readonly #find: Find;
  readonly #letters: Letters;
  readonly #endsAt: number;
  readonly #runsAt: number;
  readonly #others: ByteLineFinder;

  constructor(exports: Readonly<Record<string, unknown>>, bytes: Uint8Array, tablesAt: number) {
    const runsAt = tablesAt + TABLE_BYTES;
    super(
      new Int32Array(bytes.buffer, tablesAt, MOST_FOUND + SLACK),
      new Int32Array(bytes.buffer, runsAt, MOST_FOUND + SLACK),
    );
    this.#find = exports['find'] as Find;
    this.#letters = exports['letters'] as Letters;
    this.#bytes = bytes;
    this.#endsAt = tablesAt;
    this.#runsAt = runsAt;
    this.#others = new ByteLineFinder(this.ends, this.runs);
  }

  findIn(bytes: Uint8Array, from: number, stop: number): number {
    if (bytes !== this.#bytes) return this.#others.findIn(bytes, from, stop);
    return this.#find(from, this.#endsAt, this.#runsAt, MOST_FOUND);
  }

  letters(bytes: Uint8Array, view: DataView, from: number, end: number, step: number): number {
    if (bytes !== this.#bytes) return this.#others.letters(bytes, view, from, end, step);
    return this.#letters(from, end, step);
  }
}

/**
 * For sections in `bytes`, which begin where `memory` does and have 64 bytes of it behind them; all others are read byte by byte.
 * `tablesAt`: where `FINDER_BYTES` of `memory` are free, a multiple of 4. null: this machine cannot run it.
 */
export function lineFinderFor(memory: WebAssembly.Memory, bytes: Uint8Array, tablesAt: number): LineFinder | null {
  try {
    const program = new WebAssembly.Module(Buffer.from(FIELD_LINES, 'base64'));
    const { exports } = new WebAssembly.Instance(program, { env: { memory } });
    return new WasmLineFinder(exports, bytes, tablesAt);
  } catch {
    return null;
  }
}
