// Reads whole fields in a row, fast: their lines are found first, all at once, and names are as expected, or told by automaton. Half of a
// request's own cost in JavaScript was here, so clarity is traded for speed. What it does not take it leaves alone; `HeadLines` reads that byte by byte.
// INVARIANT: what it takes is what `HeadLines` would have taken (test/fuzz/head-reader.test.ts, by cutting at every byte).
import { PER_FIELD, type FieldStore } from './field-store.js';
import { knownNameAt } from './known-name.js';
import type { LineFinder } from './line-finder.js';
import { SEPARATOR } from './name-classes.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
/** Little-endian. */
const CRLF = 0x0a0d;

/** Bytes behind the last one that are looked at: a 0, and the rest of two words. */
export const BEHIND = 8;

/** Where fields are read: a 0 stands at `bytes[stop]`, and seven bytes more behind it; `view`: of the same bytes. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly from: number;
  readonly stop: number;
}

/**
 * Where it stopped: at the start of the first line that is no whole, well-formed field with room in `store`. No line holds a 0, so that no
 * loop needs a bound.
 */
export function scanFields(store: FieldStore, finder: LineFinder, { bytes, view, from, stop }: Stretch): number {
  finder.find(bytes, from, stop);
  let at = from;
  for (;;) {
    at = scanExpected(store, finder, view, at);
    const next = scanField(store, bytes, view, at);
    if (next === at) return at;
    at = next;
    if (finder.line < finder.count && finder.ends[finder.line] === next - 2) finder.line += 1;
    else finder.find(bytes, next, stop);
  }
}

/**
 * Fields on lines that were found, whose name is the one expected, `: ` behind it; where the first other one begins. It calls nothing:
 * after any call the compiled code reads again where each array is, which doubles its cost.
 */
function scanExpected(store: FieldStore, finder: LineFinder, view: DataView, from: number): number {
  const { offsets, digits, nameClass, listed, numbered, firsts, memory } = store;
  const { following, words, lengths, nameClass: classes, known: knowns } = memory;
  const { ends, runs, count: lines } = finder;
  const room = digits.length;
  let { count, listedCount, numberedCount, present, repeated, slot } = store;
  let { line, run } = finder;
  let lineStart = from;
  while (count < room && line < lines) {
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
    const valueEnd = ends[line] ?? 0;
    if (view.getInt16(valueEnd, true) !== CRLF) break;
    if (view.getUint8(valueStart) <= SPACE || view.getUint8(valueEnd - 1) <= SPACE) break;
    while ((runs[run] ?? 0) < valueStart) run += 1;
    const hasDigits = (runs[run] ?? 0) < valueEnd ? 1 : 0;
    const offset = PER_FIELD * count;
    offsets[offset] = lineStart;
    offsets[offset + 1] = valueStart - 2;
    offsets[offset + 2] = valueStart;
    offsets[offset + 3] = valueEnd;
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
    line += 1;
    lineStart = valueEnd + 2;
  }
  finder.line = line;
  finder.run = run;
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
