// Which needles the identity values of a request give, found by the values' bytes: fresh strings in a Map cost 1 µs a request.
// Bounded, and never written anywhere: a value that comes back finds what was made of it, any other takes its place.
// INVARIANT: what is found was kept under equal bytes (test/decision/needle-memory.test.ts).
import type { NeedleSet } from './byte-needles.js';

/** Sets that are kept; a power of two. */
const SLOTS = 4096;
/** Of all values of a request with what tells them apart; more is not kept. */
const MOST_BYTES = 1024;
const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

export class NeedleMemory {
  readonly #keys: (Uint8Array | null)[] = new Array<Uint8Array | null>(SLOTS).fill(null);
  readonly #sets: (NeedleSet | null)[] = new Array<NeedleSet | null>(SLOTS).fill(null);
  readonly #key = new Uint8Array(MOST_BYTES);
  #length = 0;
  #hash = SEED;

  /** Of the next request. */
  begin(): void {
    this.#length = 0;
    this.#hash = SEED;
  }

  /** The next value: `bytes[start, end)`, of a name of this class. false: too much, nothing is kept. */
  add(nameClass: number, bytes: Uint8Array, start: number, end: number): boolean {
    const key = this.#key;
    let at = this.#length;
    if (at + 4 + end - start > MOST_BYTES) return false;
    key[at] = nameClass & 0xff;
    key[at + 1] = nameClass >> 8;
    key[at + 2] = (end - start) & 0xff;
    key[at + 3] = (end - start) >> 8;
    at += 4;
    let hash = Math.imul(this.#hash ^ nameClass, PRIME);
    for (let i = start; i < end; i += 1) {
      const byte = bytes[i] ?? 0;
      key[at] = byte;
      at += 1;
      hash = Math.imul(hash ^ byte, PRIME);
    }
    this.#length = at;
    this.#hash = hash;
    return true;
  }

  /** What was kept for these values. Two places for each: one alone loses a tenth of a few hundred that come in turn. */
  find(): NeedleSet | undefined {
    const slot = this.#slot();
    if (this.#isKept(slot)) return this.#sets[slot] ?? undefined;
    return this.#isKept(slot ^ 1) ? (this.#sets[slot ^ 1] ?? undefined) : undefined;
  }

  keep(set: NeedleSet): void {
    const first = this.#slot();
    // What stood in the first place goes to the second, and what stood there is forgotten.
    this.#keys[first ^ 1] = this.#keys[first] ?? null;
    this.#sets[first ^ 1] = this.#sets[first] ?? null;
    this.#keys[first] = this.#key.slice(0, this.#length);
    this.#sets[first] = set;
  }

  #isKept(slot: number): boolean {
    const kept = this.#keys[slot];
    const length = this.#length;
    if (kept === null || kept === undefined || kept.length !== length) return false;
    const key = this.#key;
    for (let i = 0; i < length; i += 1) if (kept[i] !== key[i]) return false;
    return true;
  }

  #slot(): number {
    const hash = this.#hash;
    return (hash ^ (hash >>> 15)) & (SLOTS - 1);
  }
}
