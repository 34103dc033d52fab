// Buffers for large bodies: one belongs to one socket while its body lasts, so that views of it may be written. A bounded pool;
// when it is empty a body travels through the slab, copied.

/** Sixteen slabs: at four of them a relayed MiB cost a third more in one run. Only what a read fills becomes memory. */
const BYTES = 1_048_576;
const MOST = 64;

const free: Buffer[] = [];
let made = 0;

/** undefined: all are in use. */
export function takePrivateBuffer(): Buffer | undefined {
  const kept = free.pop();
  if (kept !== undefined || made >= MOST) return kept;
  made += 1;
  return Buffer.allocUnsafeSlow(BYTES);
}

/** Nobody writes or reads it any more. */
export function givePrivateBuffer(buffer: Buffer): void {
  if (free.length < MOST / 4) free.push(buffer);
  else made -= 1;
}

/** It is left to the collector. */
export function forgetPrivateBuffer(): void {
  made -= 1;
}
