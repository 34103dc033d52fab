// The names that came lately, each with the name that came behind it last: a client sends its fields in the same order again and again,
// and to compare a name with the one expected costs half of reading it. INVARIANT: it is never believed unseen: what it says of a name
// it says of bytes that were compared, all of them (test/http/name-memory.test.ts).
import type { NameClasses } from './name-classes.js';

/** Names that are kept; then the oldest is forgotten. */
const SLOTS = 256;
/** Of a name with its colon and the space behind it; a longer one is not kept. */
const WORDS = 8;
/** Numbers for each slot in `NameMemory.words`. */
const PER_SLOT = 2 * WORDS;
const BY_HASH = 512;
const SPACE = 0x20;

/** Of all sections that were read with `classes`. Slots are names, from 1 on; 0 is the start of a section. */
export class NameMemory {
  readonly classes: NameClasses;
  /** By slot: the slot that came behind it last. */
  readonly following = new Uint16Array(SLOTS);
  /** By slot, 16 numbers: words of four bytes, little-endian, the name as sent with `: ` behind it; then, of the last, the bits that count. */
  readonly words = new Int32Array(SLOTS * PER_SLOT);
  /** By slot: bytes of that; 0: no name. */
  readonly lengths = new Uint8Array(SLOTS);
  readonly nameClass = new Uint16Array(SLOTS);
  /** By slot: the number in `KNOWN`. */
  readonly known = new Uint8Array(SLOTS);
  readonly #hashes = new Int32Array(SLOTS);
  readonly #byHash = new Uint16Array(BY_HASH);
  #newest = 0;
  #misses = 0;

  constructor(classes: NameClasses) {
    this.classes = classes;
  }

  /**
   * The slot of the name in `bytes[start, end)`, which came behind `before` and was not expected there; 0: it has none. One in four new
   * names gets one, so that a flood of them costs little. `hash`: of its bytes, any; `nameClass` and `known`: of the name.
   */
  slotOf(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    nameClass: number,
    known: number,
    before: number,
  ): number {
    let slot = this.#byHash[hash & (BY_HASH - 1)] ?? 0;
    if (slot === 0 || this.#hashes[slot] !== hash) {
      this.#misses += 1;
      if ((this.#misses & 3) !== 0 || end + 2 - start > 4 * WORDS || bytes[end + 1] !== SPACE) return 0;
      slot = this.#keep(bytes, start, end);
      this.nameClass[slot] = nameClass;
      this.known[slot] = known;
      this.#hashes[slot] = hash;
      this.#byHash[hash & (BY_HASH - 1)] = slot;
    }
    this.following[before] = slot;
    return slot;
  }

  #keep(bytes: Uint8Array, start: number, end: number): number {
    this.#newest = (this.#newest % (SLOTS - 1)) + 1;
    const slot = this.#newest;
    const length = end + 2 - start;
    const first = slot * PER_SLOT;
    this.words.fill(0, first, first + PER_SLOT);
    for (let i = 0; i < length; i += 1) {
      const place = first + (i >> 2);
      const shift = 8 * (i & 3);
      this.words[place] = (this.words[place] ?? 0) | ((bytes[start + i] ?? 0) << shift);
    }
    this.words[first + WORDS + ((length - 1) >> 2)] = (length & 3) === 0 ? -1 : (1 << (8 * (length & 3))) - 1;
    this.lengths[slot] = length;
    return slot;
  }
}
