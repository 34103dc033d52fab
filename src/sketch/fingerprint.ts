// One subscriber told from another in a log, and no more: a keyed digest of the hash that the sketches count by, in letters alone.
import { createHmac } from 'node:crypto';

const LETTERS = 'abcdefghijklmnop';

/** 12 letters of `a` to `p`, 48 bits: no digit, so that no reader and no filter takes it for a number. `key`: 32 random bytes. */
export function fingerprintOf(key: Uint8Array, high: number, low: number): string {
  const digest = createHmac('sha256', key).update(Uint32Array.of(high, low)).digest();
  let text = '';
  for (const byte of digest.subarray(0, 6)) text += `${LETTERS[byte >> 4] ?? ''}${LETTERS[byte & 15] ?? ''}`;
  return text;
}
