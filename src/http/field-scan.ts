// Reads whole fields in a row, fast: names by automaton, values four bytes at a time. Half of a request's own cost in JavaScript was
// here, so clarity is traded for speed. What it does not take it leaves alone; `HeadLines` reads that byte by byte.
// INVARIANT: what it takes is what `HeadLines` would have taken (test/fuzz/head-reader.test.ts, by cutting at every byte).
import { PER_FIELD, type FieldStore } from './field-store.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Where it stopped: at the start of the first line that is no whole, well-formed field with room in `store`. `bytes[stop]`, behind the last
 * byte, is 0, which no line holds: so that no loop needs a bound; three more bytes stand behind it. `view`: of the same bytes.
 */
export function scanFields(store: FieldStore, bytes: Uint8Array, view: DataView, from: number): number {
  const { offsets, digits, nameClass } = store;
  const { symbols, next, accept } = store.classes;
  const room = digits.length;
  let count = store.count;
  let lineStart = from;
  let isTight = true;
  while (count < room) {
    let at = lineStart;
    let state = 0;
    let symbol = symbols[bytes[at] ?? 0] ?? 0;
    while (symbol > 1) {
      if (symbol > 2) state = next[(state << 6) | symbol] ?? 0;
      at += 1;
      symbol = symbols[bytes[at] ?? 0] ?? 0;
    }
    if (symbol !== 1 || at === lineStart) break;
    const nameEnd = at;
    at += 1;
    if (bytes[at] === SPACE) at += 1;
    else isTight = false;
    while (bytes[at] === SPACE || bytes[at] === TAB) {
      isTight = false;
      at += 1;
    }
    const valueStart = at;
    let hasDigits = 0;
    for (;;) {
      const word = view.getInt32(at, true);
      const flipped = word ^ 0x7f7f7f7f;
      // The lowest bit that is set marks the first byte under 0x20, or DEL; borrows only reach the bytes behind it.
      const marks = (((word - 0x20202020) & ~word) | ((flipped - 0x01010101) & ~flipped)) & 0x80808080;
      if (marks === 0) {
        // A run of seven digits holds a whole word of them, wherever it begins.
        if ((word & 0xf0f0f0f0) === 0x30303030) hasDigits = 1;
        at += 4;
        continue;
      }
      at += (31 - Math.clz32(marks & -marks)) >> 3;
      if (bytes[at] !== TAB) break;
      at += 1;
    }
    if (bytes[at] !== CR || bytes[at + 1] !== LF) break;
    let end = at;
    while (end > valueStart && (bytes[end - 1] === SPACE || bytes[end - 1] === TAB)) end -= 1;
    if (end !== at) isTight = false;
    const offset = PER_FIELD * count;
    offsets[offset] = lineStart;
    offsets[offset + 1] = nameEnd;
    offsets[offset + 2] = valueStart;
    offsets[offset + 3] = end;
    const found = accept[state] ?? 0;
    nameClass[count] = found;
    digits[count] = hasDigits;
    if (hasDigits !== 0) store.numbered[store.numberedCount++] = count;
    if (found !== 0) store.note(bytes, lineStart, nameEnd, found, count);
    if (!isTight) store.isTight = false;
    count += 1;
    lineStart = at + 2;
  }
  store.count = count;
  return lineStart;
}
