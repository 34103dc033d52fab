// A head without some of its lines, in the bytes that it came in: what stays moves up to what stands behind it, so that its
// end, and a body behind that, stay where they are. Only for tight lines (`HeadLines.isTight`).
import { PER_FIELD } from '../http/field-store.js';
import type { HeadLines } from '../http/head-lines.js';

/** Where the head begins without the fields `drops[0, dropped)`, which ascend. */
export function squeeze(lines: HeadLines, drops: Int32Array, dropped: number): number {
  const { bytes, offsets } = lines;
  let { start } = lines;
  for (let i = 0; i < dropped; i += 1) {
    const first = drops[i] ?? 0;
    let last = first;
    // Neighbours go together.
    while (i + 1 < dropped && drops[i + 1] === last + 1) {
      last += 1;
      i += 1;
    }
    const from = offsets[PER_FIELD * first] ?? 0;
    const gap = (offsets[PER_FIELD * last + 3] ?? 0) + 2 - from;
    bytes.copyWithin(start + gap, start, from);
    start += gap;
  }
  return start;
}

/** Makes `field`, whose line with its end is `line`, the first of all. Before `squeeze`. */
export function moveToFront(lines: HeadLines, field: number, line: Buffer): void {
  const { bytes, offsets, lineEnd } = lines;
  const front = lineEnd + 2;
  const from = offsets[PER_FIELD * field] ?? 0;
  bytes.copyWithin(front + line.length, front, from);
  line.copy(bytes, front);
  for (let i = 0; i < PER_FIELD * field; i += 1) offsets[i] = (offsets[i] ?? 0) + line.length;
}

/** The lines of `drops[0, dropped)`, with their ends. Before `squeeze`. */
export function linesOf({ bytes, offsets }: HeadLines, drops: Int32Array, dropped: number): string {
  let text = '';
  for (let i = 0; i < dropped; i += 1) {
    const field = PER_FIELD * (drops[i] ?? 0);
    text += bytes.toString('latin1', offsets[field] ?? 0, (offsets[field + 3] ?? 0) + 2);
  }
  return text;
}

/** A head without a body as it came, if in another order: what left of it, and `linesOf` the rest. */
export function headAgain(left: string, dropped: string): Buffer {
  return Buffer.from(dropped === '' ? left : `${left.slice(0, -2)}${dropped}\r\n`, 'latin1');
}
