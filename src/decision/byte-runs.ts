// Runs of digits, and of a digest's characters, in bytes: whether one of them could be a number of ours, a needle, or a digest. It may
// say yes too often, never no too often; the detectors on strings decide then. Linear; it keeps nothing.
import type { NumberPlan } from '../policy/policy.js';
import { shapesOf } from './number-shape.js';
import { LEAST_DIGITS } from './number-spellings.js';
import { digitsAtEnd, digitsAtStart, nonDigitsIn } from './word-digits.js';

const PERCENT = 0x25;
const ZERO = 0x30;
const WORD = 4;
/** A run of so many digits holds a whole word of them, wherever the words begin. */
const WHOLE_WORD = 2 * WORD - 1;

const isDigit = (byte: number): boolean => (byte - ZERO) >>> 0 < 10;

/** The digits that numbers of ours begin with, by the length of the whole run; made once per policy. */
export class NumberPrefixes {
  /** The shortest run that can be one; Infinity: none can. */
  readonly least: number;
  readonly #byLength: readonly (readonly Uint8Array[] | undefined)[];

  constructor(numbers: readonly NumberPlan[]) {
    const { byLength, least } = shapesOf(numbers);
    this.least = least;
    const table: (readonly Uint8Array[])[] = [];
    for (const [length, forms] of byLength) {
      table[length] = forms.map(({ prefix }) => Uint8Array.from(prefix, (digit) => digit.charCodeAt(0)));
    }
    this.#byLength = table;
  }

  mayHold(bytes: Uint8Array, start: number, end: number): boolean {
    const prefixes = this.#byLength[end - start];
    if (prefixes === undefined) return false;
    for (const prefix of prefixes) {
      let i = 0;
      while (i < prefix.length && bytes[start + i] === prefix[i]) i += 1;
      if (i === prefix.length) return true;
    }
    return false;
  }
}

/** `view`: of the same bytes. */
export interface BytesInView {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Values of eight digits in a row: `cells[at, at + count)`. */
export interface Eights {
  readonly cells: Int32Array;
  readonly at: number;
  readonly count: number;
}

/** The value of four digits, which the word holds as they stand in memory. */
const fourDigits = (word: number): number => {
  const digits = word - 0x30303030;
  const pairs = 10 * digits + (digits >>> 8);
  return 100 * (pairs & 0xff) + ((pairs >>> 16) & 0xff);
};

/** Whether eight digits in a row of the run are one of `eights`. */
function holdsEight(view: DataView, start: number, end: number, { cells, at: first, count }: Eights): boolean {
  const last = first + count;
  for (let at = start; at + LEAST_DIGITS <= end; at += 1) {
    const value = 10_000 * fourDigits(view.getInt32(at, true)) + fourDigits(view.getInt32(at + WORD, true));
    for (let i = first; i < last; i += 1) if (cells[i] === value) return true;
  }
  return false;
}

/** Where the digits begin that end at `at`; not before `from`. */
function runStart(view: DataView, from: number, at: number): number {
  let start = at;
  while (start - WORD >= from) {
    const digits = digitsAtEnd(view.getInt32(start - WORD, true));
    start -= digits;
    if (digits < WORD) return start;
  }
  while (start > from && isDigit(view.getUint8(start - 1))) start -= 1;
  return start;
}

/** Where the digits end that begin at `at`; not behind `to`. */
function runEnd(view: DataView, at: number, to: number): number {
  let end = at;
  while (end + WORD <= to) {
    const digits = digitsAtStart(view.getInt32(end, true));
    end += digits;
    if (digits < WORD) return end;
  }
  while (end < to && isDigit(view.getUint8(end))) end += 1;
  return end;
}

/**
 * Whether a maximal run of digits in `bytes[from, to)` may be a number of ours, or has one of `eights` in it; also as the text is once
 * percent-decoded, where no letter or digit is encoded. What stands before `from` is no part of a run.
 */
export function mayHoldNumber(
  { bytes, view }: BytesInView,
  from: number,
  to: number,
  prefixes: NumberPrefixes,
  eights: Eights,
): boolean {
  const least = eights.count > 0 ? Math.min(LEAST_DIGITS, prefixes.least) : prefixes.least;
  const isByWord = least >= WHOLE_WORD;
  for (let next = from; ;) {
    const found = isByWord ? digitsFrom(view, next, to) : digitFrom(bytes, next + least - 1, to, least);
    if (found < 0) return false;
    const start = runStart(view, from, found);
    const end = runEnd(view, found, to);
    if (end - start >= least) {
      if (prefixes.mayHold(bytes, start, end)) return true;
      // The digits of an escape in front are no digits of the decoded text.
      let escaped = 0;
      if (start > from && bytes[start - 1] === PERCENT) escaped = 2;
      else if (start > from + 1 && bytes[start - 2] === PERCENT) escaped = 1;
      if (escaped > 0 && prefixes.mayHold(bytes, start + escaped, end)) return true;
      if (eights.count > 0 && holdsEight(view, start, end, eights)) return true;
    }
    next = end + 1;
  }
}

/** The first word of digits from `from` on, a word at a time; -1: none. Every run of `WHOLE_WORD` digits has one of these. */
function digitsFrom(view: DataView, from: number, to: number): number {
  for (let at = from; at + WORD <= to; at += WORD) if (nonDigitsIn(view.getInt32(at, true)) === 0) return at;
  return -1;
}

/** The first digit from `from` on, in steps of `least`; -1: none. Every run of `least` digits has one of these. */
function digitFrom(bytes: Uint8Array, from: number, to: number, least: number): number {
  for (let at = from; at < to; at += least) if (isDigit(bytes[at] ?? 0)) return at;
  return -1;
}

const HEX = 1;
const BASE64 = 2;
const BASE64URL = 4;
/** By byte: the alphabets that it is in. */
const ALPHABET = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') {
  ALPHABET[character.charCodeAt(0)] = BASE64 | BASE64URL | (/[0-9A-Fa-f]/.test(character) ? HEX : 0);
}
for (const character of '+/') ALPHABET[character.charCodeAt(0)] = BASE64;
for (const character of '-_') ALPHABET[character.charCodeAt(0)] = BASE64URL;

const SHORTEST = 22;
const isBase64Length = (length: number): boolean => length === 22 || length === 27 || length === 43;
const isHexLength = (length: number): boolean => length === 32 || length === 40 || length === 64;

/** Whether the text has a run of exactly a digest's length in hex or base64: what `digestRunsOf` finds anything in, and nothing else. */
export function hasDigestRun(bytes: Uint8Array, from: number, to: number): boolean {
  // `start` begins the longest run that may end behind `last`: a byte outside every alphabet is looked for from its end.
  let start = from;
  let last = start + SHORTEST - 1;
  while (last < to) {
    let at = last;
    while (at >= start && ALPHABET[bytes[at] ?? 0] !== 0) at -= 1;
    if (at >= start) {
      start = at + 1;
      last = start + SHORTEST - 1;
      continue;
    }
    let end = last + 1;
    while (end < to && ALPHABET[bytes[end] ?? 0] !== 0) end += 1;
    if (isDigestIn(bytes, start, end)) return true;
    start = end + 1;
    last = start + SHORTEST - 1;
  }
  return false;
}

function isDigestIn(bytes: Uint8Array, start: number, end: number): boolean {
  let hex = 0;
  let base64 = 0;
  let base64url = 0;
  for (let at = start; at <= end; at += 1) {
    const alphabets = at < end ? (ALPHABET[bytes[at] ?? 0] ?? 0) : 0;
    if ((alphabets & HEX) !== 0) hex += 1;
    else if (isHexLength(hex)) return true;
    else hex = 0;
    if ((alphabets & BASE64) !== 0) base64 += 1;
    else if (isBase64Length(base64)) return true;
    else base64 = 0;
    if ((alphabets & BASE64URL) !== 0) base64url += 1;
    else if (isBase64Length(base64url)) return true;
    else base64url = 0;
  }
  return false;
}

const hexOf = (byte: number): number => {
  if (isDigit(byte)) return byte - ZERO;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const isAlphanumeric = (byte: number): boolean => (ALPHABET[byte] ?? 0) >= (BASE64 | BASE64URL);

/** Whether the escape at `bytes[at]`, a percent sign, is one of a letter or a digit. */
export function isPlainEscape(bytes: Uint8Array, at: number): boolean {
  const high = hexOf(bytes[at + 1] ?? 0);
  if (high < 3 || high > 7) return false;
  const low = hexOf(bytes[at + 2] ?? 0);
  return low >= 0 && isAlphanumeric(16 * high + low);
}

/** `bytes[from, to)` once percent-decoded, into `target`, which is no shorter: how many bytes. As `percentDecoded` does it. */
export function decodeInto(target: Uint8Array, bytes: Uint8Array, from: number, to: number): number {
  let length = 0;
  for (let at = from; at < to; at += 1) {
    let byte = bytes[at] ?? 0;
    if (byte === PERCENT && at + 2 < to) {
      const high = hexOf(bytes[at + 1] ?? 0);
      const low = hexOf(bytes[at + 2] ?? 0);
      if (high >= 0 && low >= 0) {
        byte = 16 * high + low;
        at += 2;
      }
    }
    target[length] = byte;
    length += 1;
  }
  return length;
}
