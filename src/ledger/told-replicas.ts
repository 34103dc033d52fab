// Until when each of several replicas told what it counted. One that stopped telling without an end is a gap, never a silence that reads
// as nothing released.
import type { Gap, Period } from './ledger-reading.js';
import type { Span } from './span.js';

/** Clocks differ, and each tells once a minute. */
const LATE_MS = 300_000;

type Told = Period & Pick<Span, 'mark'>;

export class ToldReplicas {
  /** By replica, the oldest first. */
  readonly #told = new Map<string, Told[]>();

  /** From when to when that replica told all of a day; `ended`: nothing more is to come. Days of one replica come in order. */
  add(replica: string, { from, until, mark }: Told): void {
    const days = this.#told.get(replica) ?? [];
    this.#told.set(replica, days);
    days.push({ from, until, mark });
  }

  /** All that is still told is told until here, milliseconds since the epoch; null: nobody told anything. */
  get until(): number | null {
    const lasts = [...this.#told.values()].flatMap((days) => days.at(-1) ?? []);
    if (lasts.length === 0) return null;
    const running = lasts.filter(({ mark, until }) => mark !== 'ended' && !this.#isLate(until));
    return running.length === 0 ? this.#furthest : Math.min(...running.map(({ until }) => until));
  }

  /** From where a replica stopped to where it told again, or as far as any of the others did. */
  get gaps(): readonly Gap[] {
    return [...this.#told].flatMap(([replica, days]) =>
      days.flatMap(({ until, mark }, at): readonly Gap[] => {
        const next = days[at + 1];
        if (mark === 'ended' || !this.#isLate(until) || isDayEnd(until, next)) return [];
        return [{ from: until, until: next?.from ?? this.#furthest, cause: 'untold', replica }];
      }),
    );
  }

  get #furthest(): number {
    return Math.max(...[...this.#told.values()].flat().map(({ until }) => until));
  }

  #isLate(until: number): boolean {
    return until < this.#furthest - LATE_MS;
  }
}

/** A day that was told to its end after it, before one of the days that follow. */
function isDayEnd(until: number, next: Told | undefined): boolean {
  return next !== undefined && until % 86_400_000 === 0;
}
