// The highest time that this gateway has ever seen: it never goes down, not over a restart either. A clock that was set back is
// noticed by it.
import { CLOCK_MARK } from '../change/state-documents.js';
import type { Problem } from '../document/problem.js';
import type { StateFolder } from './state-folder.js';

const FILE = 'clock.json';
/** Between two writes. */
const WRITE_EVERY_MS = 60_000;

export interface HighestTimeOptions {
  readonly folder: StateFolder;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Moments that are known from elsewhere, for example of the last admission and of the last history record. */
  readonly floors?: readonly number[];
}

export class HighestTime {
  readonly #options: HighestTimeOptions;
  /** Why `clock.json` says nothing, or undefined. The floors stand then. */
  readonly problem: Problem | undefined;
  #highestMs: number;
  #writtenMs: number;

  /** Reads once. */
  constructor(options: HighestTimeOptions) {
    this.#options = options;
    const reading = options.folder.read(CLOCK_MARK, FILE);
    this.problem = reading.ok ? undefined : reading.problem;
    this.#writtenMs = reading.ok && reading.value !== null ? reading.value.highest : 0;
    this.#highestMs = Math.max(this.#writtenMs, ...(options.floors ?? []), 0);
  }

  /** Milliseconds since the epoch; looks at the clock. */
  nowHighest(): number {
    const now = Math.floor(this.#options.clock());
    if (Number.isSafeInteger(now) && now > this.#highestMs) this.#highestMs = now;
    return this.#highestMs;
  }

  /** To be called now and then: writes when a minute has passed since what is written. A problem where that failed; the value stays in memory. */
  note(): Problem | undefined {
    return this.nowHighest() - this.#writtenMs >= WRITE_EVERY_MS ? this.#write() : undefined;
  }

  /** At the end: writes what is not written yet. */
  stop(): Problem | undefined {
    return this.nowHighest() > this.#writtenMs ? this.#write() : undefined;
  }

  #write(): Problem | undefined {
    const highest = this.#highestMs;
    const written = this.#options.folder.write(CLOCK_MARK, FILE, { version: 1, highest });
    if (!written.ok) return written.problem;
    this.#writtenMs = highest;
    return undefined;
  }
}
