// The releases of one process since they were last taken, in bounded memory. Where a release is counted is found once for a destination
// and a policy: a request then costs an increment and one note in a sketch, and no text is made or looked up.
import { DistinctSketch } from '../sketch/distinct-sketch.js';
import { ELSEWHERE } from './leak-cell.js';
import type { ReleaseKind, Tallied } from './ledger-cell.js';

/** As a process knows it: `host` is the one asked for, canonical. The primary knows its pattern, its domain and the epoch. */
export type NotedKind = Omit<ReleaseKind, 'epoch' | 'domain'>;

export interface NotedRelease extends NotedKind, Tallied {}

/** Where releases are counted that happen together: of one kind, or of the several headers of one head. */
export class ReleaseSpot {
  /** One or more. */
  readonly kinds: readonly NotedKind[];
  requests = 0;
  first = 0;
  last = 0;
  readonly sketch = new DistinctSketch();

  constructor(...kinds: readonly NotedKind[]) {
    this.kinds = kinds;
  }
}

/** Spots that were used between two takes, a second apart; then without the host, which has as many as a policy has headers. */
const MOST_SPOTS = 1024;

const MINUTE_MS = 60_000;

/** INVARIANT: no cell that it gives lies in two minutes, so that minutes and days can be told apart exactly. */
export class ReleaseNotes {
  #used: ReleaseSpot[] = [];
  /** Of minutes that are over. */
  #over: NotedRelease[] = [];
  #minuteEnds = -Infinity;
  readonly #elsewhere = new Map<string, ReleaseSpot>();

  /** What the spot stands for left. `high`, `low`: the subscriber by its keyed hash. `now`: milliseconds since the epoch of the clock. */
  note(spot: ReleaseSpot, high: number, low: number, now: number): void {
    if (now >= this.#minuteEnds || now < this.#minuteEnds - MINUTE_MS) this.#beginMinute(now);
    if (spot.requests === 0) {
      if (this.#used.length >= MOST_SPOTS && spot.kinds[0]?.host !== ELSEWHERE) {
        for (const kind of spot.kinds) this.note(this.#elsewhereFor(kind), high, low, now);
        return;
      }
      this.#used.push(spot);
      spot.first = now;
    }
    spot.requests += 1;
    spot.last = now;
    spot.sketch.note(high, low);
  }

  /** What was noted since the last call. */
  take(): readonly NotedRelease[] {
    this.#close();
    const over = this.#over;
    this.#over = [];
    return over;
  }

  #beginMinute(now: number): void {
    this.#close();
    this.#minuteEnds = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
  }

  #close(): void {
    if (this.#used.length === 0) return;
    for (const spot of this.#used) this.#over.push(...takenFrom(spot));
    this.#used = [];
    this.#elsewhere.clear();
  }

  #elsewhereFor(kind: NotedKind): ReleaseSpot {
    const { digest, listener, partner, header, form } = kind;
    const key = [digest, listener, partner, header, form].join('\n');
    const known = this.#elsewhere.get(key);
    if (known !== undefined) return known;
    const made = new ReleaseSpot({ ...kind, host: ELSEWHERE });
    this.#elsewhere.set(key, made);
    return made;
  }
}

function takenFrom(spot: ReleaseSpot): readonly NotedRelease[] {
  const { kinds, requests, sketch } = spot;
  // A clock that was set back makes no cell that ends before it begins.
  const first = Math.min(spot.first, spot.last);
  const last = Math.max(spot.first, spot.last);
  const subscribers = sketch.toBytes();
  const taken = kinds.map((kind) => ({ ...kind, requests, first, last, subscribers }));
  spot.requests = 0;
  sketch.clear();
  return taken;
}
