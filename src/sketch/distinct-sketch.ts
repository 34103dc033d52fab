// How many different things there were, within 2 %, with none of them kept: HyperLogLog as in distinct.ts, of 16,384 registers, a table of
// those that are set while they are few, so that a sketch of a hundred things is 300 bytes and one of a million 12 KiB.
// INVARIANT: bytes say which registers hold what and nothing of the way there: merging is exact in any order (test/sketch/distinct-sketch.test.ts).
import { estimateOf, REGISTERS } from './distinct.js';

/** 2 to the power of it: registers. A standard error of 1.04 / sqrt(16,384), 0.8 %. */
export const PRECISION = 14;

const LEAST_PRECISION = 8;
const RANK_BITS = 6;
const RANK_MASK = 63;
const LEAST_ENTRIES = 8;
/** Entries of a table, of which three quarters are used at most; twice as many would take as much room as the registers. */
const MOST_ENTRIES = 2048;
/** A larger table is not kept for what comes after it. */
const MOST_KEPT = 256;
const RANKS = 34;
const NO_ENTRIES = new Uint32Array(0);
const NO_REGISTERS = new Uint8Array(0);
const LISTED = 0;
const PACKED = 1;

/**
 * Of a 64-bit hash the low 14 bits of `high` choose the register and the leading zeros of `low` are what it holds: 46 bits of it,
 * so that among 10 million things not one is expected to fall together with another but as the error above has it. A sketch of
 * fewer registers is a part of one of more: both are read from the same bits.
 */
export class DistinctSketch {
  #precision: number;
  #mask: number;
  /** By place, open addressing: places and ranks, 0 for none; null: `#registers` has them. */
  #entries: Uint32Array | null = new Uint32Array(LEAST_ENTRIES);
  /** How many entries there are. */
  #length = 0;
  #registers: Uint8Array | null = null;

  constructor(precision = PRECISION) {
    this.#precision = precision;
    this.#mask = (1 << precision) - 1;
  }

  get precision(): number {
    return this.#precision;
  }

  note(high: number, low: number): void {
    this.#set(high & this.#mask, Math.clz32(low) + 1);
  }

  /** What both saw; as coarse as the coarser one. Of two sketches of one key. */
  merge(other: DistinctSketch): void {
    if (other.#precision < this.#precision) this.coarsen(other.#precision);
    other.#each((place, rank) => this.#set(place & this.#mask, rank));
  }

  /** With fewer registers from now on, as if it had had no more from the start. */
  coarsen(precision: number): void {
    if (precision >= this.#precision) return;
    const before = new DistinctSketch(this.#precision);
    before.#entries = this.#entries;
    before.#length = this.#length;
    before.#registers = this.#registers;
    this.#precision = precision;
    this.#mask = (1 << precision) - 1;
    this.#entries = null;
    this.clear();
    this.merge(before);
  }

  clear(): void {
    const entries = this.#entries;
    if (entries === null || entries.length > MOST_KEPT) this.#entries = new Uint32Array(LEAST_ENTRIES);
    else entries.fill(0);
    this.#registers = null;
    this.#length = 0;
  }

  /** 0 for a sketch that saw nothing. */
  estimate(): number {
    const counts = new Float64Array(RANKS);
    let set = 0;
    this.#each((_, rank) => {
      counts[rank] = (counts[rank] ?? 0) + 1;
      set += 1;
    });
    const registers = 1 << this.#precision;
    counts[0] = registers - set;
    return estimateOf(counts, registers);
  }

  /** The precision, a form, then three bytes for each register that is set, or six bits for each there is: the shorter one. */
  toBytes(): Uint8Array {
    const registers = 1 << this.#precision;
    let set = 0;
    this.#each(() => (set += 1));
    return set * 4 <= registers ? this.#listed(set) : this.#packed(registers);
  }

  /** undefined: not the bytes of a sketch. */
  static fromBytes(bytes: Uint8Array): DistinctSketch | undefined {
    const [precision = 0, form] = bytes;
    if (precision < LEAST_PRECISION || precision > PRECISION) return undefined;
    const sketch = new DistinctSketch(precision);
    if (form === PACKED) return bytes.length === 2 + (3 << (precision - 2)) ? sketch.#unpack(bytes) : undefined;
    if (form !== LISTED || bytes.length % 3 !== 2) return undefined;
    for (let at = 2; at < bytes.length; at += 3) {
      const entry = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      const rank = entry & RANK_MASK;
      if (rank === 0 || rank >= RANKS || entry >> RANK_BITS > sketch.#mask) return undefined;
      sketch.#set(entry >> RANK_BITS, rank);
    }
    return sketch;
  }

  /** Of a sketch of distinct.ts, whose 256 registers are read from the same bits. */
  static ofRegisters(registers: Uint8Array): DistinctSketch {
    const sketch = new DistinctSketch(LEAST_PRECISION);
    for (let place = 0; place < REGISTERS; place += 1) {
      const rank = registers[place] ?? 0;
      if (rank > 0) sketch.#set(place, Math.min(rank, RANKS - 1));
    }
    return sketch;
  }

  #set(place: number, rank: number): void {
    const registers = this.#registers;
    if (registers !== null) {
      if (rank > (registers[place] ?? 0)) registers[place] = rank;
      return;
    }
    const entries = this.#entries;
    if (entries === null) return;
    const last = entries.length - 1;
    let at = place & last;
    for (let entry = entries[at] ?? 0; entry !== 0; entry = entries[at] ?? 0) {
      if (entry >> RANK_BITS === place) {
        if (rank > (entry & RANK_MASK)) entries[at] = (place << RANK_BITS) | rank;
        return;
      }
      at = (at + 1) & last;
    }
    if (this.#length * 4 >= entries.length * 3) {
      this.#makeRoom(entries);
      return this.#set(place, rank);
    }
    entries[at] = (place << RANK_BITS) | rank;
    this.#length += 1;
  }

  /** The table grows, or gives way to registers. */
  #makeRoom(entries: Uint32Array): void {
    const isSmall = entries.length < Math.min(MOST_ENTRIES, 1 << (this.#precision - 2));
    if (isSmall) this.#entries = new Uint32Array(entries.length * 2);
    else this.#registers = new Uint8Array(1 << this.#precision);
    if (!isSmall) this.#entries = null;
    this.#length = 0;
    for (const entry of entries) if (entry !== 0) this.#set(entry >> RANK_BITS, entry & RANK_MASK);
  }

  #each(visit: (place: number, rank: number) => void): void {
    const [entries, registers] = [this.#entries ?? NO_ENTRIES, this.#registers ?? NO_REGISTERS];
    for (let at = 0; at < entries.length; at += 1) {
      const entry = entries[at] ?? 0;
      if (entry !== 0) visit(entry >> RANK_BITS, entry & RANK_MASK);
    }
    for (let place = 0; place < registers.length; place += 1) {
      const rank = registers[place] ?? 0;
      if (rank > 0) visit(place, rank);
    }
  }

  #listed(set: number): Uint8Array {
    const entries = new Uint32Array(set);
    let count = 0;
    this.#each((place, rank) => (entries[count++] = (place << RANK_BITS) | rank));
    const bytes = new Uint8Array(2 + 3 * set);
    bytes[0] = this.#precision;
    let at = 2;
    for (const entry of entries.sort()) {
      bytes[at] = entry >> 16;
      bytes[at + 1] = (entry >> 8) & 0xff;
      bytes[at + 2] = entry & 0xff;
      at += 3;
    }
    return bytes;
  }

  #packed(registers: number): Uint8Array {
    const bytes = new Uint8Array(2 + (registers * 3) / 4);
    bytes[0] = this.#precision;
    bytes[1] = PACKED;
    const put = (place: number, rank: number): void => {
      const bit = place * RANK_BITS;
      const word = rank << (10 - (bit & 7));
      const at = 2 + (bit >> 3);
      bytes[at] = (bytes[at] ?? 0) | (word >> 8);
      if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] ?? 0) | (word & 0xff);
    };
    this.#each(put);
    return bytes;
  }

  #unpack(bytes: Uint8Array): DistinctSketch | undefined {
    for (let place = 0; place <= this.#mask; place += 1) {
      const bit = place * RANK_BITS;
      const at = 2 + (bit >> 3);
      const rank = ((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) >> (10 - (bit & 7))) & RANK_MASK;
      if (rank >= RANKS) return undefined;
      if (rank > 0) this.#set(place, rank);
    }
    return this;
  }
}
