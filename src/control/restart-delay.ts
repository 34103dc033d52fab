// How long to wait before a worker that ended is replaced: at once after an accident, ever longer while it keeps ending.

const WITHIN_MS = 60_000;
const LONGEST_MS = 10_000;

/** Milliseconds to wait, given when workers ended (this end included): 0, then 100 doubled per further end within a minute, at most 10 s. */
export function restartDelayMs(endsMs: readonly number[], nowMs: number): number {
  const recent = endsMs.filter((end) => nowMs - end < WITHIN_MS).length;
  return recent <= 1 ? 0 : Math.min(LONGEST_MS, 100 * 2 ** (recent - 2));
}
