// Names that came lately, as they were spelled, each with a number that its keeper hangs more on: to find one again costs no string.
// INVARIANT: a number is found by exactly the bytes that it was given for (test/decision/name-bytes.test.ts).

/** A power of two. A name whose place another one has takes it. */
const PLACES = 1024;
const WORD = 4;
const WORDS = 8;
/** Of a name; a longer one is not kept. */
const MOST_BYTES = WORD * WORDS;

/** The bytes of the last word that count. */
const maskOf = (length: number): number => ((length & 3) === 0 ? -1 : (1 << (8 * (length & 3))) - 1);

export class NameBytes {
  /** Numbers are below this. */
  readonly size = PLACES;
  readonly #lengths = new Uint8Array(PLACES);
  readonly #words = new Int32Array(PLACES * WORDS);

  /** The number of the name in `[start, end)` of the bytes that `view` is of, which go on for three bytes or more; -1: it has none. */
  find(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length <= 0 || length > MOST_BYTES) return -1;
    const place = this.#placeOf(view, start, length);
    if (this.#lengths[place] !== length) return -1;
    const first = place * WORDS;
    const last = (length - 1) >> 2;
    for (let i = 0; i < last; i += 1) {
      if (this.#words[first + i] !== view.getInt32(start + WORD * i, true)) return -1;
    }
    const rest = view.getInt32(start + WORD * last, true) & maskOf(length);
    return this.#words[first + last] === rest ? place : -1;
  }

  /** As `find`, of a name that has none: it has one from now on, if it is not too long. Whose it was loses it. */
  give(view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length <= 0 || length > MOST_BYTES) return -1;
    const place = this.#placeOf(view, start, length);
    const first = place * WORDS;
    const last = (length - 1) >> 2;
    for (let i = 0; i < last; i += 1) this.#words[first + i] = view.getInt32(start + WORD * i, true);
    this.#words[first + last] = view.getInt32(start + WORD * last, true) & maskOf(length);
    this.#lengths[place] = length;
    return place;
  }

  /** Forgets them all. */
  clear(): void {
    this.#lengths.fill(0);
  }

  #placeOf(view: DataView, start: number, length: number): number {
    const last = (length - 1) >> 2;
    let hash = length;
    for (let i = 0; i < last; i += 1) hash = Math.imul(hash ^ view.getInt32(start + WORD * i, true), 0x9e3779b1);
    hash = Math.imul(hash ^ (view.getInt32(start + WORD * last, true) & maskOf(length)), 0x9e3779b1);
    return (hash ^ (hash >>> 15)) & (PLACES - 1);
  }
}
