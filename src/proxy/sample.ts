// Which requests belong to the sample whose names are looked at: so many in each tenth of a second, the first ones, so that the sample
// is spread over the time and no moment pays for it all. INVARIANT: never more than that.

/** A look costs 3 µs and more, and shares need no more requests than these: 1,000 a second. */
const MOST_IN_A_TENTH = 100;
const TENTH_MS = 100;

export class Sample {
  #tenth = -1;
  #left = 0;

  /** Before the requests of this time, in milliseconds of any clock. */
  at(nowMs: number): void {
    const tenth = Math.floor(nowMs / TENTH_MS);
    if (tenth === this.#tenth) return;
    this.#tenth = tenth;
    this.#left = MOST_IN_A_TENTH;
  }

  /** Whether this request belongs to it. */
  take(): boolean {
    if (this.#left <= 0) return false;
    this.#left -= 1;
    return true;
  }
}
