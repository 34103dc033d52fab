// What a head that is about to leave releases, until it left: then it is in the ledger, and where nothing of it left it is not.
import type { NeedleRows } from '../decision/needle-rows.js';
import type { ReleaseSpot } from '../ledger/release-notes.js';
import type { Lookout } from './lookout.js';

export class DepartingReleases {
  readonly #lookout: Lookout;
  /** The first `#count` are of this head: to shorten an array takes longer than to fill it. */
  readonly #spots: ReleaseSpot[] = [];
  #count = 0;
  #high = 0;
  #low = 0;

  constructor(lookout: Lookout) {
    this.#lookout = lookout;
  }

  /** Whose the head is; `subscriber`: as `subscriberReleased` has it; hashed, never kept. */
  of(subscriber: string): void {
    this.#lookout.whose(subscriber);
    this.#note();
  }

  /** The same by its needles. */
  ofNeedles(rows: NeedleRows, row: number): void {
    this.#lookout.whoseNeedles(rows, row);
    this.#note();
  }

  #note(): void {
    this.#high = this.#lookout.high;
    this.#low = this.#lookout.low;
  }

  add(spot: ReleaseSpot): void {
    this.#spots[this.#count] = spot;
    this.#count += 1;
  }

  /** `now`: milliseconds since the epoch of the clock. */
  left(now: number): void {
    for (let i = 0; i < this.#count; i += 1) {
      const spot = this.#spots[i];
      if (spot !== undefined) this.#lookout.released(spot, now, this.#high, this.#low);
    }
    this.#count = 0;
  }

  drop(): void {
    this.#count = 0;
  }
}
