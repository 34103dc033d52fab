// The sets of needles of the values that came last, in rows of one array: what a usual request asks of them stands in four lines of the
// cache, where objects took twenty. A handset repeats itself. INVARIANT: a row is of exactly the values that were asked for, in their
// order (test/decision/needle-rows.test.ts). No value leaves it but in its needles.
import type { IdentityClass, NumberPlan } from '../policy/policy.js';
import { type NeedleSet, needleSetOf, needleSetWith } from './byte-needles.js';

/** Rows, in buckets of as many as share a hash. */
const ROWS = 8192;
const WAYS = 4;
/** Cells of 32 bits in a row: nine lines of a cache. */
const ROW = 144;
const BEFORE = 0;
/** The class of the name, and the value's length. */
const SORT = 1;
const NUMBER = 2;
/** A byte each: flags, eights, values, and the step. */
const FACTS = 3;
const OWNER = 4;
const OWNER_CELLS = 3;
const VALUE = OWNER + OWNER_CELLS;
const VALUE_CELLS = 16;
const MASK = VALUE + VALUE_CELLS;
/** With 8 of them one word in twelve that is none of a needle's was marked, and what was done for those was the half of a sweep. */
const MASK_CELLS = 32;
const EIGHTS = MASK + MASK_CELLS;
const MOST_EIGHTS = 16;
const SAMPLES = EIGHTS + MOST_EIGHTS;
const MOST_SAMPLES = ROW - SAMPLES;

const UNSURE = 1;
const HAS_NUMBERS = 2;
const HAS_TOKENS = 4;
const EIGHTS_SHIFT = 8;
const VALUES_SHIFT = 16;
const STEP_SHIFT = 24;
const LENGTH_BITS = 24;

const WORD = 4;
/** A value's bytes in its row; of a longer one the rest is compared as a string. */
const MOST_BYTES = WORD * VALUE_CELLS;

/** Where a value stands: `bytes[start, end)`; `view` is of the same bytes. */
export interface Span {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** What carried a value. */
export interface Carrier {
  /** The class of the name: it decides key and class, but for names with a prefix. */
  readonly known: number;
  readonly class: IdentityClass;
  /** Of the name; `isOwnKey`: another name of the same class has another. */
  readonly key: string;
  readonly isOwnKey: boolean;
}

/** The row of a request without identity values. */
export const NONE = 0;

export class NeedleRows {
  /** Each row's cells, one row after the other. */
  readonly cells = new Int32Array((ROWS + 1) * ROW);
  readonly #numbers: readonly NumberPlan[];
  readonly #sets: (NeedleSet | undefined)[];
  /** By bucket: the hashes of its rows. */
  readonly #hashes = new Int32Array(ROWS);
  /** By bucket: which row goes next. */
  readonly #next = new Uint8Array(ROWS / WAYS);
  readonly #none: NeedleSet;
  #made = 0;

  constructor(numbers: readonly NumberPlan[]) {
    this.#numbers = numbers;
    this.#sets = new Array<NeedleSet | undefined>(ROWS + 1).fill(undefined);
    this.#none = needleSetOf([], numbers);
  }

  /** The row of the values of `before` and then this one. It holds until the next call. */
  with(before: number, carrier: Carrier, span: Span): number {
    const number = this.cells[before * ROW + NUMBER] ?? 0;
    const hash = hashOf(span, number) | 1;
    const bucket = (hash ^ (hash >>> 15)) & (ROWS - WAYS);
    for (let i = bucket; i < bucket + WAYS; i += 1) {
      if (this.#hashes[i] === hash && this.#isOf(i + 1, number, carrier, span)) return i + 1;
    }
    return this.#make(before, hash, bucket, carrier, span);
  }

  /** Of a row that `with` gave. */
  setOf(row: number): NeedleSet {
    return this.#sets[row] ?? this.#none;
  }

  /** How many values it is of. */
  valuesOf(row: number): number {
    return ((this.cells[row * ROW + FACTS] ?? 0) >>> VALUES_SHIFT) & 0xff;
  }

  /** The needles are not all in the row. */
  isUnsure(row: number): boolean {
    return ((this.cells[row * ROW + FACTS] ?? 0) & UNSURE) !== 0;
  }

  hasNumbers(row: number): boolean {
    return ((this.cells[row * ROW + FACTS] ?? 0) & HAS_NUMBERS) !== 0;
  }

  hasTokens(row: number): boolean {
    return ((this.cells[row * ROW + FACTS] ?? 0) & HAS_TOKENS) !== 0;
  }

  /** Where in `cells` the values of eight digits begin. */
  eightsAt(row: number): number {
    return row * ROW + EIGHTS;
  }

  eightsOf(row: number): number {
    return ((this.cells[row * ROW + FACTS] ?? 0) >>> EIGHTS_SHIFT) & 0xff;
  }

  /** How far apart the four bytes may stand that are asked for: 4 or 8. */
  stepOf(row: number): number {
    return (this.cells[row * ROW + FACTS] ?? 0) >>> STEP_SHIFT;
  }

  /** Where in `cells` its words' mask is: bit `maskBitOf(word)` is set for four bytes that begin in the first `stepOf` of one of its words. */
  maskAt(row: number): number {
    return row * ROW + MASK;
  }

  /**
   * Where in `cells` its owner's place is: three cells for who has the rows to note whose values they are, 0 before that, and again
   * when the row becomes another's.
   */
  ownerAt(row: number): number {
    return row * ROW + OWNER;
  }

  #isOf(row: number, before: number, carrier: Carrier, { bytes, view, start, end }: Span): boolean {
    const { cells } = this;
    const at = row * ROW;
    const length = end - start;
    if (cells[at + BEFORE] !== before || cells[at + SORT] !== sortOf(carrier, length)) return false;
    const kept = length < MOST_BYTES ? length : MOST_BYTES;
    let i = 0;
    let cell = at + VALUE;
    for (; i + WORD <= kept; i += WORD, cell += 1) if (cells[cell] !== view.getInt32(start + i, true)) return false;
    if (i < kept && cells[cell] !== restOf(bytes, start + i, start + kept)) return false;
    if (length <= MOST_BYTES && !carrier.isOwnKey) return true;
    const last = this.#sets[row]?.carried.at(-1);
    return last?.key === carrier.key && last.value === bytes.toString('latin1', start, end);
  }

  #make(before: number, hash: number, bucket: number, carrier: Carrier, span: Span): number {
    const { bytes, view, start, end } = span;
    const { cells } = this;
    const value = bytes.toString('latin1', start, end);
    const set = needleSetWith(this.setOf(before), { key: carrier.key, class: carrier.class, value }, this.#numbers);
    const beforeNumber = cells[before * ROW + NUMBER] ?? 0;
    const way = this.#next[bucket / WAYS] ?? 0;
    this.#next[bucket / WAYS] = (way + 1) % WAYS;
    const row = bucket + way + 1;
    this.#hashes[row - 1] = hash;
    this.#sets[row] = set;
    const at = row * ROW;
    cells.fill(0, at, at + ROW);
    this.#made += 1;
    cells[at + BEFORE] = beforeNumber;
    cells[at + SORT] = sortOf(carrier, end - start);
    cells[at + NUMBER] = this.#made;
    const kept = Math.min(end - start, MOST_BYTES);
    let i = 0;
    let cell = at + VALUE;
    for (; i + WORD <= kept; i += WORD, cell += 1) cells[cell] = view.getInt32(start + i, true);
    if (i < kept) cells[cell] = restOf(bytes, start + i, start + kept);
    this.#fill(at, set);
    return row;
  }

  #fill(at: number, set: NeedleSet): void {
    const { cells } = this;
    const { eights, words } = set;
    // How far apart the four bytes stand that are looked at: each word holds some of its samples wherever they begin.
    const isLong = words.every((word) => word.length >= 3 * WORD - 1) && 2 * WORD * words.length <= MOST_SAMPLES;
    const step = isLong ? 2 * WORD : WORD;
    const isRoomy = eights.length <= MOST_EIGHTS && step * words.length <= MOST_SAMPLES;
    const isUnsure = set.isUnsure || !isRoomy;
    const flags = (isUnsure ? UNSURE : 0) | (set.hasNumbers ? HAS_NUMBERS : 0) | (set.hasTokens ? HAS_TOKENS : 0);
    const kept = Math.min(eights.length, MOST_EIGHTS) << EIGHTS_SHIFT;
    cells[at + FACTS] = flags | kept | (set.carried.length << VALUES_SHIFT) | (step << STEP_SHIFT);
    if (isUnsure) return;
    for (let i = 0; i < eights.length; i += 1) cells[at + EIGHTS + i] = eights[i] ?? 0;
    let place = at + SAMPLES;
    for (const word of words) {
      for (let from = 0; from < step; from += 1, place += 1) {
        const sample = wordAt(word, from);
        cells[place] = sample;
        const bit = maskBitOf(sample);
        const cell = at + MASK + (bit >>> 5);
        cells[cell] = (cells[cell] ?? 0) | (1 << (bit & 31));
      }
    }
  }

  /** Whether one of its words has these four bytes, begun in its first `stepOf`; exact, after the mask said so. */
  isSample(row: number, word: number): boolean {
    const { cells } = this;
    const from = row * ROW + SAMPLES;
    for (let i = from; i < from + MOST_SAMPLES; i += 1) {
      const sample = cells[i] ?? 0;
      if (sample === word) return true;
      if (sample === 0) return false;
    }
    return false;
  }
}

/** Of 1,024. */
export const maskBitOf = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 22;

const sortOf = ({ known }: Carrier, length: number): number => (known << LENGTH_BITS) | length;

/** As four bytes stand in memory, the first lowest. */
const wordAt = (text: string, from: number): number =>
  text.charCodeAt(from) |
  (text.charCodeAt(from + 1) << 8) |
  (text.charCodeAt(from + 2) << 16) |
  (text.charCodeAt(from + 3) << 24);

function restOf(bytes: Uint8Array, from: number, to: number): number {
  let rest = 0;
  for (let i = from; i < to; i += 1) rest = (rest << 8) | (bytes[i] ?? 0);
  return rest;
}

function hashOf({ view, start, end }: Span, salt: number): number {
  const length = end - start;
  let hash = Math.imul(length ^ salt, 0x1b56c4e9);
  if (length >= WORD) {
    hash ^= Math.imul(view.getInt32(start, true), 0x2c1b3c6d);
    hash ^= Math.imul(view.getInt32(start + ((length - WORD) >> 1), true), 0x7feb352d);
    hash ^= Math.imul(view.getInt32(end - WORD, true), 0x297a2d39);
  }
  return hash ^ (hash >>> 13);
}
