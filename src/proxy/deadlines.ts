// Time limits without a timer per request: whatever waits is in one set that is swept once a second.
// A limit is therefore exact to one second, late rather than early.
import { performance } from 'node:perf_hooks';

/** Something that must show progress. */
export interface Waiting {
  /** Milliseconds of the monotonic clock after which `expire` is called once; Infinity: no limit now. */
  deadlineMs: number;
  /** Called once a sweep before the check: a relay moves its deadline when bytes went through. */
  progress?(nowMs: number): void;
  expire(): void;
}

export const SWEEP_MS = 1000;

/** Whoever makes it sweeps it, every `SWEEP_MS`. */
export class Deadlines {
  readonly #waiting = new Set<Waiting>();

  add(item: Waiting): void {
    this.#waiting.add(item);
  }

  remove(item: Waiting): void {
    this.#waiting.delete(item);
  }

  sweep(nowMs: number): void {
    for (const item of this.#waiting) {
      item.progress?.(nowMs);
      if (item.deadlineMs > nowMs) continue;
      this.#waiting.delete(item);
      item.expire();
    }
  }
}

/** Milliseconds of a clock that never jumps. */
export function monotonicMs(): number {
  return performance.now();
}
