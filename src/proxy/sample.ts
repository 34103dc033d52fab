// Which requests belong to the sample whose names are looked at: so many in each hundredth of a second, the first ones, so that the
// sample is spread over the time and no moment pays for it all. INVARIANT: never more than that.

/** Shares need no more requests than these: 1,000 a second. */
const MOST_IN_A_STRETCH = 10;
const STRETCH_MS = 10;

export class Sample {
  #stretch = -1;
  #left = 0;

  /** Before the requests of this time, in milliseconds of any clock. */
  at(nowMs: number): void {
    const stretch = Math.floor(nowMs / STRETCH_MS);
    if (stretch === this.#stretch) return;
    this.#stretch = stretch;
    this.#left = MOST_IN_A_STRETCH;
  }

  /** Whether this request belongs to it. */
  take(): boolean {
    if (this.#left <= 0) return false;
    this.#left -= 1;
    return true;
  }
}
