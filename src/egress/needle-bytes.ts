// This request's needles in the bytes that are about to leave. Narrower than the detectors on purpose (digits and tokens as
// they are, no encodings): what it finds, they find too, so it is silent while they are whole.

export interface SoughtValue {
  readonly kind: 'number' | 'token';
  /** A number's digits, or a token's first characters. */
  readonly value: string;
  /** Of the name that carried it: where its value is released unchanged, it is not sought. */
  readonly key: string;
}

const LEAST = 8;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Whether the run of digits in `bytes[start, end)` is the number: they are equal, or the longer is the shorter with `0` or
 * `00` in front.
 */
function isNumber(bytes: Uint8Array, start: number, end: number, number: string): boolean {
  const more = end - start - number.length;
  if (more < -2 || more > 2 || end - start < LEAST || number.length < LEAST) return false;
  let at = end;
  let i = number.length;
  while (at > start && i > 0) {
    at -= 1;
    i -= 1;
    if (bytes[at] !== number.charCodeAt(i)) return false;
  }
  while (at > start) if (bytes[(at -= 1)] !== ZERO) return false;
  while (i > 0) if (number.charCodeAt((i -= 1)) !== ZERO) return false;
  return true;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= NINE;

/** The numbers of one look. */
export class Numbers {
  readonly #numbers: string[] = [];
  /** Whether one was met since it was last made false. */
  isMet = false;

  get count(): number {
    return this.#numbers.length;
  }

  forget(): void {
    if (this.#numbers.length > 0) this.#numbers.length = 0;
  }

  add(number: string): void {
    this.#numbers.push(number);
  }

  /** Compares the run of digits in `bytes[start, end)` that reaches over `at`, and says where it ends. */
  meet(bytes: Uint8Array, at: number, start: number, end: number): number {
    let to = at;
    while (to < end && isDigit(bytes[to])) to += 1;
    if (to === at) return at;
    let from = at;
    while (from > start && isDigit(bytes[from - 1])) from -= 1;
    for (const number of this.#numbers) if (isNumber(bytes, from, to, number)) this.isMet = true;
    return to;
  }
}

/** How much of a token says where it might stand: more makes fewer words to look at and more to remember. */
const MOST_SAMPLED = 24;
const WORD = 4;
const SLOTS = 1024;

const slotOf = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 22;

/**
 * The tokens of one look. A token holds a whole word of any row of words that stand less far apart than it is long, so
 * only every such word is looked at: whether it is one of the token's own (measured: a twentieth of a native search).
 */
export class Tokens {
  readonly #tokens: string[] = [];
  /** By the hash of a word: the look in which a token had such a word. A wrong yes costs a comparison, no more. */
  readonly #words = new Int32Array(SLOTS);
  #look = 0;
  #step = 0;

  get count(): number {
    return this.#tokens.length;
  }

  forget(): void {
    if (this.#tokens.length > 0) this.#tokens.length = 0;
  }

  add(token: string): void {
    this.#tokens.push(token);
  }

  /** After the last `add`. */
  prepare(): void {
    if (this.#tokens.length === 0) return;
    this.#look = (this.#look + 1) | 0;
    let step = MOST_SAMPLED - WORD + 1;
    for (const token of this.#tokens) step = Math.min(step, token.length - WORD + 1);
    this.#step = step;
    for (const token of this.#tokens) {
      let word = 0;
      for (let i = 0; i < step + WORD - 1; i += 1) {
        word = (word >>> 8) | (token.charCodeAt(i) << 24);
        if (i >= WORD - 1) this.#words[slotOf(word)] = this.#look;
      }
    }
  }

  /** Whether one of them stands in `bytes[start, end)`; `view`: of the same bytes. */
  standIn(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const step = this.#step;
    if (step < 1) return this.#isAnyFrom(bytes, start, end, end);
    const words = this.#words;
    const look = this.#look;
    for (let at = start + step - 1; at + WORD <= end; at += step) {
      if (words[slotOf(view.getInt32(at, true))] !== look) continue;
      if (this.#isAnyFrom(bytes, at - step + 1, at + 1, end)) return true;
    }
    return false;
  }

  /** Whether one begins in `bytes[from, to)` and ends before `end`. */
  #isAnyFrom(bytes: Uint8Array, from: number, to: number, end: number): boolean {
    for (const token of this.#tokens) {
      const last = Math.min(to, end - token.length + 1);
      for (let at = from; at < last; at += 1) if (isAt(bytes, at, token)) return true;
    }
    return false;
  }
}

function isAt(bytes: Uint8Array, at: number, token: string): boolean {
  for (let i = 0; i < token.length; i += 1) if (bytes[at + i] !== token.charCodeAt(i)) return false;
  return true;
}
