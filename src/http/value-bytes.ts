// Answers the few questions that framing asks of a value, on its bytes: is it this word, is it a number, is it alone.
import type { HeadLines } from './head-lines.js';

const CR = 0x0d;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
/** Of a number that is exact as a double. */
const MOST_DIGITS = 15;

/** Whether the value of the field is this word of lower-case letters and hyphens, without regard to case. */
export function isValue(lines: HeadLines, field: number, word: string): boolean {
  const start = lines.offsets[4 * field + 2] ?? 0;
  const end = lines.offsets[4 * field + 3] ?? 0;
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i += 1) {
    // A carriage return with bit 5 set would be a hyphen; none stands in a value.
    if (((lines.bytes[start + i] ?? 0) | 0x20) !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** 1 to 15 digits as a number; -1: something else, which may still be a length. */
export function decimalAt(lines: HeadLines, field: number): number {
  const start = lines.offsets[4 * field + 2] ?? 0;
  const end = lines.offsets[4 * field + 3] ?? 0;
  if (end === start || end - start > MOST_DIGITS) return -1;
  let number = 0;
  for (let i = start; i < end; i += 1) {
    const byte = lines.bytes[i] ?? 0;
    if (byte < ZERO || byte > NINE) return -1;
    number = 10 * number + byte - ZERO;
  }
  return number;
}

/** Whether nothing but spaces stands between the value and its CR; with `isBare`, nothing at all. */
export function isValueTight(lines: HeadLines, field: number, isBare: boolean): boolean {
  const end = lines.offsets[4 * field + 3] ?? 0;
  let at = end;
  while (lines.bytes[at] === SPACE) at += 1;
  return lines.bytes[at] === CR && (!isBare || at === end);
}
