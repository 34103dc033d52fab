// Names that were met in heads, as sent, each with the one that came behind it last: a client sends its fields in the same order again and
// again, and to compare a name with the one expected costs a third of reading it. INVARIANT: what it says of a name it says of bytes that
// were compared, all of them: which names are kept changes the time, never the answer (test/egress/identity-names.test.ts).

/** Names that are kept; then the oldest is forgotten. Slot 0 is the start of a head. */
const SLOTS = 256;
const BY_HASH = 512;
const WORD = 4;
/** Of a name with its colon; a longer one is not kept. */
const WORDS = 8;
/** Bytes behind the start of a name that are looked at. */
export const REACH = WORD * WORDS;

/** A record of a name, in numbers of 32 bits; src/wasm/leaving-lines.as reads it too. */
const RECORD = 20;
const MASK = 8;
/** With its colon; 0: none. */
const LENGTH = 16;
const FOLLOWING = 17;
const KIND = 18;
const IDENTITY = 1;
const SHORT = 2;
/** As long as Host, or shorter. */
const SHORTEST = 5;

/** Numbers of 32 bits that the records take. */
export const ORDER_NUMBERS = SLOTS * RECORD;

/** Of `expected`: another name stands there. */
export const UNEXPECTED = 0;

/** The bits of the last word of so many bytes. */
const maskOf = (length: number): number => ((length & 3) === 0 ? -1 : (1 << (8 * (length & 3))) - 1);

export class NameOrder {
  readonly #records: Int32Array;
  readonly #hashes = new Int32Array(SLOTS);
  readonly #byHash = new Uint16Array(BY_HASH);
  /** Of the last name that was met. */
  slot = 0;
  #newest = 0;
  #misses = 0;

  /** `records`: `ORDER_NUMBERS` numbers. */
  constructor(records: Int32Array = new Int32Array(ORDER_NUMBERS)) {
    this.#records = records;
  }

  /** Forgets all names. */
  clear(): void {
    this.#records.fill(0);
    this.#hashes.fill(0);
    this.#byHash.fill(0);
    this.slot = 0;
  }

  /** Where the name of `slot` ends if it begins at `start`: at its colon, of an identity name the complement (`~`) of that. */
  endOf(slot: number, start: number): number {
    const record = slot * RECORD;
    const end = start + (this.#records[record + LENGTH] ?? 0) - 1;
    return ((this.#records[record + KIND] ?? 0) & IDENTITY) === 0 ? end : ~end;
  }

  /**
   * Where the name at `start` ends, as `endOf` has it, if it is the expected one. UNEXPECTED: it is not. `view` goes on for `REACH` bytes.
   */
  expected(view: DataView, start: number): number {
    const records = this.#records;
    const slot = records[this.slot * RECORD + FOLLOWING] ?? 0;
    const length = records[slot * RECORD + LENGTH] ?? 0;
    let word = slot * RECORD;
    const last = word + ((length - 1) >> 2);
    let at = start;
    while (word < last && view.getInt32(at, true) === records[word]) {
      word += 1;
      at += WORD;
    }
    if (word !== last || ((view.getInt32(at, true) ^ (records[word] ?? 0)) & (records[word + MASK] ?? 0)) !== 0) {
      return UNEXPECTED;
    }
    this.slot = slot;
    return this.endOf(slot, start);
  }

  /**
   * The name at `start` was not expected; its colon is at `colon`. One in four new names is kept, so that a flood of them costs little.
   * `view` goes on for `REACH` bytes.
   */
  met(view: DataView, start: number, colon: number, isIdentity: boolean): void {
    const before = this.slot;
    this.slot = 0;
    const length = colon + 1 - start;
    if (length > REACH) return;
    const last = (length - 1) >> 2;
    const mask = maskOf(length);
    let hash = length;
    for (let i = 0; i < last; i += 1) hash = Math.imul(hash ^ view.getInt32(start + WORD * i, true), 0x9e3779b1);
    hash = Math.imul(hash ^ (view.getInt32(start + WORD * last, true) & mask), 0x9e3779b1) | 1;
    const place = hash >>> 23;
    let slot = this.#byHash[place] ?? 0;
    // Two names with one hash take each other for known: then neither is found where it is expected, which costs time alone.
    if (this.#hashes[slot] !== hash) {
      this.#misses += 1;
      if ((this.#misses & 3) !== 0) return;
      this.#newest = (this.#newest % (SLOTS - 1)) + 1;
      slot = this.#newest;
      this.#keep(slot, view, start, length);
      const kind = (isIdentity ? IDENTITY : 0) | (length <= SHORTEST ? SHORT : 0);
      this.#records[slot * RECORD + KIND] = kind;
      this.#hashes[slot] = hash;
      this.#byHash[place] = slot;
    }
    this.#records[before * RECORD + FOLLOWING] = slot;
    this.slot = slot;
  }

  #keep(slot: number, view: DataView, start: number, length: number): void {
    const records = this.#records;
    const first = slot * RECORD;
    const last = (length - 1) >> 2;
    records.fill(0, first, first + RECORD);
    for (let i = 0; i <= last; i += 1) {
      const mask = i < last ? -1 : maskOf(length);
      records[first + i] = view.getInt32(start + WORD * i, true) & mask;
      records[first + MASK + i] = mask;
    }
    records[first + LENGTH] = length;
  }
}
