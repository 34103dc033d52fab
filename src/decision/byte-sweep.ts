// A whole head, swept for what the detectors on strings must see: escapes of letters and digits, and words of needles. It may say yes too
// often, never no too often.
import type { HeadLines } from '../http/head-lines.js';
import { isPlainEscape } from './byte-runs.js';
import { maskBitOf, type NeedleRows } from './needle-rows.js';

export const CLEAN = 0;
export const ESCAPES = 1;
export const SUSPECT = 2;
/** What a sweep says: nothing to see, escapes but none of a letter or a digit, or something that the strings must be asked about. */
export type Swept = typeof CLEAN | typeof ESCAPES | typeof SUSPECT;
const WORD = 4;
const PERCENT = 0x25;

/**
 * Whether there are escapes, and whether any is one of a letter or a digit. Node finds a byte twenty times as fast as a loop does: for
 * that the byte behind the head is another one for a moment.
 */
export function escapesIn({ bytes, start, end }: HeadLines): Swept {
  const behind = bytes[end];
  if (behind !== undefined) bytes[end] = PERCENT;
  let outcome: Swept = CLEAN;
  for (let at = bytes.indexOf(PERCENT, start); at >= 0 && at < end; at = bytes.indexOf(PERCENT, at + 1)) {
    outcome = isPlainEscape(bytes, at) ? SUSPECT : ESCAPES;
    if (outcome === SUSPECT) break;
  }
  if (behind !== undefined) bytes[end] = behind;
  return outcome;
}

/**
 * The first place from `from` on, in steps of the row, whose four bytes a needle's word has in its first ones; -1: none. The bytes behind
 * the last whole word are of the two line ends that a head ends with.
 */
export function nextWord(needles: NeedleRows, row: number, lines: HeadLines, from: number): number {
  const { cells } = needles;
  const { view, end } = lines;
  const mask = needles.maskAt(row);
  const step = needles.stepOf(row);
  const hasTokens = needles.hasTokens(row);
  for (let at = from; ; at += step) {
    // Where all words are digits in base64, four bytes of one hold a letter that few others do, and to see that costs less.
    at = hasTokens ? nextMarked(cells, mask, view, at, end, step) : lines.letters(at, step);
    if (at < 0 || (isMarked(cells, mask, view.getInt32(at, true)) && needles.isSample(row, view.getInt32(at, true)))) {
      return at;
    }
  }
}

const isMarked = (cells: Int32Array, mask: number, word: number): boolean => {
  const bit = maskBitOf(word);
  return (((cells[mask + (bit >>> 5)] ?? 0) >>> (bit & 31)) & 1) !== 0;
};

/**
 * The first place from `from` on, in steps, whose four bytes are marked; -1: none. Two of them at a time, and without a call in the
 * loop: after one the compiled code reads again where each array is.
 */
function nextMarked(cells: Int32Array, mask: number, view: DataView, from: number, end: number, step: number): number {
  const last = end - WORD;
  let at = from;
  for (; at + step <= last; at += 2 * step) {
    const one = maskBitOf(view.getInt32(at, true));
    const two = maskBitOf(view.getInt32(at + step, true));
    const first = ((cells[mask + (one >>> 5)] ?? 0) >>> (one & 31)) & 1;
    const second = ((cells[mask + (two >>> 5)] ?? 0) >>> (two & 31)) & 1;
    if ((first | second) !== 0) return first !== 0 ? at : at + step;
  }
  if (at > last) return -1;
  const one = maskBitOf(view.getInt32(at, true));
  return (((cells[mask + (one >>> 5)] ?? 0) >>> (one & 31)) & 1) !== 0 ? at : -1;
}

/** Whether one of the words stands where one of its first `step` letters is at `at`. */
export function holdsWordAt(words: readonly string[], bytes: Uint8Array, at: number, step: number): boolean {
  for (const word of words) {
    for (let start = at - step + 1; start <= at; start += 1) if (isAt(bytes, start, word)) return true;
  }
  return false;
}

function isAt(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i += 1) if (bytes[start + i] !== word.charCodeAt(i)) return false;
  return true;
}
