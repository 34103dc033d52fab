// Reads whole fields in a row, fast: names as expected or by automaton, values eight bytes at a time. Half of a request's own cost in
// JavaScript was here, so clarity is traded for speed. What it does not take it leaves alone; `HeadLines` reads that byte by byte.
// INVARIANT: what it takes is what `HeadLines` would have taken (test/fuzz/head-reader.test.ts, by cutting at every byte).
import { MARKED_DIGITS, PER_FIELD, type FieldStore } from './field-store.js';
import { knownNameAt } from './known-name.js';
import { SEPARATOR } from './name-classes.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
/** Little-endian. */
const CRLF = 0x0a0d;

/** Bytes behind the last one that are looked at: a 0, and the rest of two words. */
export const BEHIND = 8;

/**
 * Where it stopped: at the start of the first line that is no whole, well-formed field with room in `store`. The byte behind the last one
 * is 0, which no line holds, so that no loop needs a bound; seven more stand behind it. `view`: of the same bytes.
 */
export function scanFields(store: FieldStore, bytes: Uint8Array, view: DataView, from: number): number {
  let at = from;
  for (;;) {
    at = scanExpected(store, view, at);
    const next = scanField(store, bytes, view, at);
    if (next === at) return at;
    at = next;
  }
}

/**
 * Fields whose name is the one expected, `: ` behind it, and whose value is visible ASCII and spaces; where the first other one begins. It
 * calls nothing: after any call the compiled code reads again where each array is, which doubles its cost.
 */
function scanExpected(store: FieldStore, view: DataView, from: number): number {
  const { offsets, digits, nameClass, listed, numbered, firsts, memory } = store;
  const { following, words, lengths, nameClass: classes, known: knowns } = memory;
  const room = digits.length;
  let { count, listedCount, numberedCount, present, repeated, slot } = store;
  let lineStart = from;
  while (count < room) {
    const expected = following[slot] ?? 0;
    const length = lengths[expected] ?? 0;
    let at = lineStart;
    let word = expected << 4;
    const last = word + ((length - 1) >> 2);
    while (word < last && view.getInt32(at, true) === words[word]) {
      word += 1;
      at += 4;
    }
    if (word !== last || ((view.getInt32(at, true) ^ (words[word] ?? 0)) & (words[word + 8] ?? 0)) !== 0) break;
    const valueStart = lineStart + length;
    at = valueStart;
    let hasDigits = 0;
    for (;;) {
      const one = view.getInt32(at, true);
      const two = view.getInt32(at + 4, true);
      // The lowest bit that is set marks the first byte under 0x20, or DEL or above; borrows and carries only reach those behind it.
      const inOne = ((one - 0x20202020) | (one + 0x01010101) | one) & 0x80808080;
      const inTwo = ((two - 0x20202020) | (two + 0x01010101) | two) & 0x80808080;
      // A run of seven digits holds a whole word of them, wherever it begins; whether this word's run is one is looked at, for
      // hexadecimal digits have many that are not.
      if ((one & 0xf0f0f0f0) === 0x30303030 && hasDigits === 0) {
        let first = at;
        let behind = at;
        while ((view.getUint8(first - 1) - ZERO) >>> 0 < 10) first -= 1;
        while ((view.getUint8(behind) - ZERO) >>> 0 < 10) behind += 1;
        if (behind - first >= MARKED_DIGITS) hasDigits = 1;
      }
      if ((inOne | inTwo) === 0) {
        if ((two & 0xf0f0f0f0) === 0x30303030 && hasDigits === 0) {
          let first = at + 4;
          let behind = at + 4;
          while ((view.getUint8(first - 1) - ZERO) >>> 0 < 10) first -= 1;
          while ((view.getUint8(behind) - ZERO) >>> 0 < 10) behind += 1;
          if (behind - first >= MARKED_DIGITS) hasDigits = 1;
        }
        at += 8;
        continue;
      }
      // Bytes before the mark, without a branch: where the processor guesses one wrong, it costs more than both.
      const before = (32 - Math.clz32(~inOne & (inOne - 1))) >> 3;
      at += before + (((32 - Math.clz32(~inTwo & (inTwo - 1))) >> 3) & -(before >> 2));
      break;
    }
    if (view.getInt16(at, true) !== CRLF || view.getUint8(valueStart) <= SPACE || view.getUint8(at - 1) <= SPACE) break;
    const offset = PER_FIELD * count;
    offsets[offset] = lineStart;
    offsets[offset + 1] = valueStart - 2;
    offsets[offset + 2] = valueStart;
    offsets[offset + 3] = at;
    digits[count] = hasDigits;
    if (hasDigits !== 0) {
      numbered[numberedCount] = count;
      numberedCount += 1;
    }
    const found = classes[expected] ?? 0;
    nameClass[count] = found;
    if (found !== 0) {
      listed[listedCount] = count;
      listedCount += 1;
      const known = knowns[expected] ?? 0;
      // Bit 0 stands for no name.
      if ((present & (1 << known)) === 0) firsts[known] = count;
      else repeated |= 1 << known;
      present |= (1 << known) & ~1;
    }
    slot = expected;
    count += 1;
    lineStart = at + 2;
  }
  store.count = count;
  store.listedCount = listedCount;
  store.numberedCount = numberedCount;
  store.present = present;
  store.repeated = repeated;
  store.slot = slot;
  return lineStart;
}

/** One field of any kind; where the next line begins, or `from`: it is none. */
function scanField(store: FieldStore, bytes: Uint8Array, view: DataView, from: number): number {
  if (store.count >= store.digits.length) return from;
  const { symbols, next, accept } = store.memory.classes;
  let at = from;
  let state = 0;
  let hash = 0;
  let byte = bytes[at] ?? 0;
  let symbol = symbols[byte] ?? 0;
  while (symbol >= SEPARATOR) {
    state = next[(state << 6) | symbol] ?? 0;
    hash = (Math.imul(hash, 31) + byte) | 0;
    at += 1;
    byte = bytes[at] ?? 0;
    symbol = symbols[byte] ?? 0;
  }
  if (symbol === 0 || at === from) return from;
  const nameEnd = at;
  at += 1;
  while (bytes[at] === SPACE || bytes[at] === TAB) at += 1;
  const valueStart = at;
  let hasDigits = 0;
  for (;;) {
    const word = view.getInt32(at, true);
    const flipped = word ^ 0x7f7f7f7f;
    const marks = (((word - 0x20202020) & ~word) | ((flipped - 0x01010101) & ~flipped)) & 0x80808080;
    if (marks === 0) {
      if ((word & 0xf0f0f0f0) === 0x30303030) hasDigits = 1;
      at += 4;
      continue;
    }
    at += (31 - Math.clz32(marks & -marks)) >> 3;
    if (bytes[at] !== TAB) break;
    at += 1;
  }
  if (bytes[at] !== CR || bytes[at + 1] !== LF) return from;
  const nameClass = accept[state] ?? 0;
  const known = nameClass === 0 ? 0 : knownNameAt(bytes, from, nameEnd, nameClass);
  store.slot = store.memory.slotOf(bytes, from, nameEnd, hash, nameClass, known, store.slot);
  store.keep(bytes, [from, nameEnd, valueStart, at], nameClass, hasDigits);
  return at + 2;
}
