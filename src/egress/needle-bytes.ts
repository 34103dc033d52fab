// This request's needles in the bytes that are about to leave. Narrower than the detectors on purpose (digits and tokens as
// they are, no encodings): what it finds, they find too, so it is silent while they are whole. A value is asked for words that
// a needle has, four bytes at a time, and compared only where one stands.

export interface SoughtValue {
  readonly kind: 'number' | 'token';
  /** A number's digits, or a token's first characters. */
  readonly value: string;
  /** Of the name that carried it: where its value is released unchanged, it is not sought. */
  readonly key: string;
}

/** Of the shortest number that is looked for. */
export const LEAST_DIGITS = 8;
const ZERO = 0x30;
const NINE = 0x39;
const WORD = 4;
const SLOTS = 1024;
/** How much of a token says where it might stand: more makes fewer words to look at and more to remember. */
const MOST_SAMPLED = 24;

const slotOf = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 22;
export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** The values of one kind that one look seeks, and the words that they have. */
class Sought {
  /** The first `count` are of this look: an array that is emptied would be made anew for each. */
  protected readonly values: string[] = [];
  count = 0;
  /** By the hash of a word: the look that noted it. A wrong yes costs a comparison, no more. */
  readonly #words = new Int32Array(SLOTS);
  #look = 0;

  add(value: string): void {
    this.values[this.count] = value;
    this.count += 1;
  }

  protected forgetWords(): void {
    this.#look = (this.#look + 1) | 0;
  }

  /** Notes each word that ends within the first `length` characters of `text`, of which `before` is what stands in front. */
  protected noteWords(text: string, length: number, before: string): void {
    let word = 0;
    for (let i = -before.length; i < length; i += 1) {
      const code = i < 0 ? before.charCodeAt(i + before.length) : text.charCodeAt(i);
      word = (word >>> 8) | (code << 24);
      if (i + before.length >= WORD - 1) this.#words[slotOf(word)] = this.#look;
    }
  }

  protected isNoted(word: number): boolean {
    return this.#words[slotOf(word)] === this.#look;
  }
}

export class Numbers extends Sought {
  #hasWords = false;

  forget(): void {
    this.count = 0;
    this.#hasWords = false;
  }

  /** Whether one of them is a whole run of digits in `bytes[start, end)`; `view`: of the same bytes. */
  standIn(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    if (this.count === 0) return false;
    for (let at = start; at + WORD <= end; at += WORD) {
      // Each run of seven digits holds a whole word of them, wherever the words begin.
      const word = view.getInt32(at, true);
      if ((word & 0xf0f0f0f0) !== 0x30303030) continue;
      if (!this.#hasWords) this.#noteAll();
      if (this.isNoted(word) && this.#isRunAt(bytes, at, start, end)) return true;
    }
    return false;
  }

  /**
   * The same, of runs of `LEAST_DIGITS` digits or more that were found: they begin at `runs[first]` and at those that follow; behind the
   * last one stands a place beyond `end`.
   */
  standAt(runs: Int32Array, first: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.count === 0) return false;
    for (let i = first; (runs[i] ?? end) < end; i += 1) if (this.#isRunAt(bytes, runs[i] ?? 0, start, end)) return true;
    return false;
  }

  /** Done when the first value has a word of digits: in most requests none has. */
  #noteAll(): void {
    this.#hasWords = true;
    this.forgetWords();
    for (let i = 0; i < this.count; i += 1) {
      const number = this.values[i] ?? '';
      this.noteWords(number, number.length, '00');
    }
  }

  #isRunAt(bytes: Uint8Array, at: number, start: number, end: number): boolean {
    let from = at;
    let to = at;
    while (to < end && isDigit(bytes[to])) to += 1;
    while (from > start && isDigit(bytes[from - 1])) from -= 1;
    for (let i = 0; i < this.count; i += 1) if (isNumber(bytes, from, to, this.values[i] ?? '')) return true;
    return false;
  }
}

/**
 * Whether the run of digits in `bytes[start, end)` is the number: they are equal, or the longer is the shorter with `0` or
 * `00` in front.
 */
function isNumber(bytes: Uint8Array, start: number, end: number, number: string): boolean {
  const more = end - start - number.length;
  if (more < -2 || more > 2 || end - start < LEAST_DIGITS || number.length < LEAST_DIGITS) return false;
  let at = end - 1;
  let i = number.length - 1;
  for (; at >= start && i >= 0; at -= 1, i -= 1) if (bytes[at] !== number.charCodeAt(i)) return false;
  for (; at >= start; at -= 1) if (bytes[at] !== ZERO) return false;
  for (; i >= 0; i -= 1) if (number.charCodeAt(i) !== ZERO) return false;
  return true;
}

export class Tokens extends Sought {
  /** How far apart the words stand that are asked for: every token holds one of them. 0: a token is too short for that. */
  #step = 0;

  forget(): void {
    this.count = 0;
  }

  /** After the last `add`. */
  prepare(): void {
    if (this.count === 0) return;
    let step = MOST_SAMPLED - WORD + 1;
    for (let i = 0; i < this.count; i += 1) step = Math.min(step, (this.values[i] ?? '').length - WORD + 1);
    this.#step = Math.max(0, step);
    this.forgetWords();
    if (step > 0) for (let i = 0; i < this.count; i += 1) this.noteWords(this.values[i] ?? '', step + WORD - 1, '');
  }

  /** Whether one of them stands in `bytes[start, end)`; `view`: of the same bytes. */
  standIn(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const step = this.#step;
    if (step === 0) return this.#isOneFrom(bytes, start, end, end);
    for (let at = start + step - 1; at + WORD <= end; at += step) {
      if (!this.isNoted(view.getInt32(at, true))) continue;
      if (this.#isOneFrom(bytes, at - step + 1, at + 1, end)) return true;
    }
    return false;
  }

  /** Whether one begins in `bytes[from, to)` and ends by `end`. */
  #isOneFrom(bytes: Uint8Array, from: number, to: number, end: number): boolean {
    for (let i = 0; i < this.count; i += 1) {
      const token = this.values[i] ?? '';
      const last = Math.min(to - 1, end - token.length);
      for (let at = from; at <= last; at += 1) if (isAt(bytes, at, token)) return true;
    }
    return false;
  }
}

function isAt(bytes: Uint8Array, at: number, token: string): boolean {
  for (let i = 0; i < token.length; i += 1) if (bytes[at + i] !== token.charCodeAt(i)) return false;
  return true;
}
