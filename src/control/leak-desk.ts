// The leaks that workers report, in the primary: kept for a day, told on request, and said once when a name is proven to be the
// network's own doing. It keeps no value and writes nothing down.
import { LeakBook } from '../ledger/leak-book.js';
import type { LeakCell } from '../ledger/leak-cell.js';
import { registrableDomainOf } from '../policy/public-suffix.js';
import { distinctIn } from '../sketch/distinct.js';
import type { Log } from '../telemetry/log.js';
import type { LeaksAnswer } from './admin-actions.js';

export interface LeakDeskOptions {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Rows of one answer. */
const ROWS_MOST = 1000;
/** Between two looks for proven names. */
const LOOK_EVERY_MS = 1000;

export class LeakDesk {
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #book: LeakBook;
  /** Said already, while it lasts. */
  #said: ReadonlySet<string> = new Set();
  #lookedMs = -Infinity;

  constructor({ log, clock }: LeakDeskOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#book = new LeakBook(registrableDomainOf, clock());
  }

  take(cells: readonly LeakCell[]): void {
    const now = this.#clock();
    this.#book.add(cells, now);
    if (Math.abs(now - this.#lookedMs) >= LOOK_EVERY_MS) this.#look(now);
  }

  /** Names that are proven now. */
  get provenCount(): number {
    return this.#look(this.#clock());
  }

  /** `seconds` back from now. */
  answer(seconds: number): LeaksAnswer {
    const now = this.#clock();
    const since = now - seconds * 1000;
    const cells = this.#book.since(since);
    return {
      since: instantOf(since),
      wholeSince: instantOf(Math.max(since, this.#book.wholeSince(now))),
      proven: this.#book.proven(now),
      leaks: cells.slice(0, ROWS_MOST).map(({ place, subscribers, first, last, ...cell }) => ({
        ...cell,
        domain: place,
        subscribers: Math.round(distinctIn(subscribers)),
        first: instantOf(first),
        last: instantOf(last),
      })),
      more: Math.max(0, cells.length - ROWS_MOST),
    };
  }

  #look(now: number): number {
    this.#lookedMs = now;
    const proven = this.#book.proven(now);
    for (const { field, subscribers, domains } of proven) {
      if (this.#said.has(field)) continue;
      this.#log.error(
        'network-leak',
        `the network itself sends identity as \`${field}\`: withheld or not, its source is ours`,
        {
          field,
          subscribers,
          domains,
        },
      );
    }
    this.#said = new Set(proven.map(({ field }) => field));
    return proven.length;
  }
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}
