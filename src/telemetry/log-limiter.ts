// Keeps a fault that repeats from filling a disk: at most 10 lines a second per event and cause, then one line with the count.
// Pure but for its own memory: the time is an argument.
import { OTHER } from './label-values.js';

/** Lines of one event and cause that pass within a second. */
export const LINES_PER_SECOND = 10;

/** Pairs of event and cause that are told apart; further ones share one budget. Both come from closed lists, so it is never met. */
const KINDS_LIMIT = 1000;

/** What was held back in a second that is over. */
export interface HeldBack {
  readonly event: string;
  readonly cause: string;
  readonly lines: number;
}

interface Budget {
  readonly event: string;
  readonly cause: string;
  readonly sinceMs: number;
  passed: number;
  held: number;
}

export class LogLimiter {
  readonly #budgets = new Map<string, Budget>();
  #over: HeldBack[] = [];

  /** Whether this line may be written. `nowMs` must not be the wall clock: a clock that is set back would silence the log. */
  admits(event: string, cause: string, nowMs: number): boolean {
    const budget = this.#budgetOf(event, cause, nowMs);
    if (budget.passed < LINES_PER_SECOND) {
      budget.passed += 1;
      return true;
    }
    budget.held += 1;
    return false;
  }

  /** What the seconds held back that are over since the last call; with `Infinity` every second is over. */
  settle(nowMs: number): readonly HeldBack[] {
    for (const [key, budget] of this.#budgets) if (nowMs - budget.sinceMs >= 1000) this.#end(key, budget);
    const over = this.#over;
    this.#over = [];
    return over;
  }

  #budgetOf(event: string, cause: string, nowMs: number): Budget {
    const key = `${event}\u0000${cause}`;
    const known = this.#budgets.get(key);
    if (known !== undefined) {
      if (nowMs - known.sinceMs < 1000) return known;
      this.#end(key, known);
    }
    if (this.#budgets.size >= KINDS_LIMIT && event !== OTHER) return this.#budgetOf(OTHER, OTHER, nowMs);
    const made: Budget = { event, cause, sinceMs: nowMs, passed: 0, held: 0 };
    this.#budgets.set(key, made);
    return made;
  }

  #end(key: string, { event, cause, held }: Budget): void {
    this.#budgets.delete(key);
    if (held > 0) this.#over.push({ event, cause, lines: held });
  }
}
