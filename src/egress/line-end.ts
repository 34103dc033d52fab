// Where lines of a head end, four bytes at a time. INVARIANT: each begins in front of a CR that has three bytes behind it, so no
// loop here asks for a bound; the look sees to that.
import { isDigit, LEAST_DIGITS } from './needle-bytes.js';

/** Instead of where a line ends, which is never so near the start: it holds a bare CR or LF or a NUL; it is no request line. */
export const BARE = 0;
export const OTHER = -1;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
/** Words as they stand in memory, the first byte lowest. */
const HTTP = 0x50545448;
const SLASH_1_1 = 0x312e312f;
const VERSION_LENGTH = ' HTTP/1.1'.length;

/** The lowest bit set is that of the first byte under the bound, which is four times in `bounds`; 0: there is none. */
const bytesUnder = (word: number, bounds: number): number => (word - bounds) & ~word & 0x80808080;
const placeOf = (bits: number): number => (31 - Math.clz32(bits & -bits)) >> 3;

const isSpace = (byte: number | undefined): boolean => byte === SPACE || byte === TAB;

/** Where the value behind the colon begins, without white space. */
export function startOfValue(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** Where the value in `bytes[start, end)` ends, without white space. */
export function endOfValue(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(bytes[at - 1])) at -= 1;
  return at;
}

/**
 * Where the line ends that has its colon at `colon`; where as many digits stand in a row behind it as the shortest number has, the
 * complement (`~`) of that. `view`: of the same bytes.
 */
export function fieldEnd(bytes: Uint8Array, view: DataView, colon: number): number {
  let hasNumber = false;
  let at = colon;
  for (;;) {
    const word = view.getInt32(at, true);
    const controls = bytesUnder(word, 0x0e0e0e0e);
    if (controls === 0) {
      // A run of seven digits or more holds a whole word of them, wherever it begins.
      if ((word & 0xf0f0f0f0) === 0x30303030 && !hasNumber) hasNumber = isLongRunAt(bytes, at);
      at += 4;
      continue;
    }
    at += placeOf(controls);
    const byte = bytes[at];
    if (byte === CR && bytes[at + 1] === LF) return hasNumber ? ~at : at;
    if (byte === CR || byte === LF || byte === 0) return BARE;
    at += 1;
  }
}

/** Whether the digit at `at` is one of eight in a row or more. */
function isLongRunAt(bytes: Uint8Array, at: number): boolean {
  let from = at;
  let to = at;
  while (isDigit(bytes[to])) to += 1;
  while (isDigit(bytes[from - 1])) from -= 1;
  return to - from >= LEAST_DIGITS && to > at;
}

/** Where the request line at `start` ends: `M SP T SP HTTP/1.1`, RFC 9112, section 3. */
export function requestLineEnd(bytes: Uint8Array, view: DataView, start: number): number {
  let spaces = 0;
  let first = 0;
  let last = 0;
  let at = start;
  for (;;) {
    const controls = bytesUnder(view.getInt32(at, true), 0x21212121);
    if (controls === 0) {
      at += 4;
      continue;
    }
    at += placeOf(controls);
    const byte = bytes[at];
    if (byte === SPACE) {
      spaces += 1;
      if (spaces === 1) first = at;
      last = at;
    } else if (byte === CR) break;
    else if (byte === LF || byte === 0) return BARE;
    at += 1;
  }
  if (bytes[at + 1] !== LF) return BARE;
  const isRight = spaces === 2 && first > start && last > first + 1 && last === at - VERSION_LENGTH;
  const isVersion = isRight && view.getInt32(last + 1, true) === HTTP && view.getInt32(last + 5, true) === SLASH_1_1;
  return isVersion ? at : OTHER;
}
