// Where lines of a head end, four bytes at a time. INVARIANT: each begins in front of a CR that has three bytes behind it, so no
// loop here asks for a bound; the look sees to that.
import { isLongRunAt } from './digit-words.js';

/** Instead of where a line ends, which is never so near the start: it holds a bare CR or LF or a NUL; it is no request line. */
export const BARE = 0;
export const OTHER = -1;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const WORD = 4;
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
  let hasNumber = 0;
  let at = colon;
  // Eight bytes at a time while there are so many.
  for (const last = bytes.length - 2 * WORD; at <= last;) {
    const one = view.getInt32(at, true);
    const two = view.getInt32(at + WORD, true);
    const inOne = bytesUnder(one, 0x0e0e0e0e);
    const inTwo = bytesUnder(two, 0x0e0e0e0e);
    // A run of seven digits or more holds a whole word of them, wherever it begins.
    if (inOne === 0 && (one & 0xf0f0f0f0) === 0x30303030) hasNumber |= isLongRunAt(view, at);
    if ((inOne | inTwo) === 0) {
      if ((two & 0xf0f0f0f0) === 0x30303030) hasNumber |= isLongRunAt(view, at + WORD);
      at += 2 * WORD;
      continue;
    }
    // Bytes before the mark, without a branch: where the processor guesses one wrong, it costs more than both.
    const before = (32 - Math.clz32(~inOne & (inOne - 1))) >> 3;
    at += before + (((32 - Math.clz32(~inTwo & (inTwo - 1))) >> 3) & -(before >> 2));
    const byte = bytes[at];
    if (byte === CR && bytes[at + 1] === LF) return hasNumber !== 0 ? ~at : at;
    if (byte === CR || byte === LF || byte === 0) return BARE;
    at += 1;
  }
  return lastFieldEnd(bytes, view, at, hasNumber);
}

/** The same from `from` on, in the last bytes; `hasNumber`: what was found before. */
function lastFieldEnd(bytes: Uint8Array, view: DataView, from: number, hasNumber: number): number {
  let found = hasNumber;
  for (let at = from; ; at += 1) {
    if (at + 2 * WORD <= bytes.length) found |= isLongRunAt(view, at);
    const byte = bytes[at];
    if (byte === CR && bytes[at + 1] === LF) return found !== 0 ? ~at : at;
    if (byte === CR || byte === LF || byte === 0 || byte === undefined) return BARE;
  }
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
