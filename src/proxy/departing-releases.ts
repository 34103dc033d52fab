// What a head that is about to leave releases, until it left: then it is in the ledger, and where nothing of it left it is not.
import type { ReleaseSpot } from '../ledger/release-notes.js';
import type { Lookout } from './lookout.js';

export class DepartingReleases {
  readonly #lookout: Lookout;
  readonly #spots: ReleaseSpot[] = [];
  #subscriber = '';

  constructor(lookout: Lookout) {
    this.#lookout = lookout;
  }

  /** `subscriber`: as `subscriberReleased` has it; hashed, never kept. */
  add(spot: ReleaseSpot, subscriber: string): void {
    this.#spots.push(spot);
    this.#subscriber = subscriber;
  }

  /** `now`: milliseconds since the epoch of the clock. */
  left(now: number): void {
    if (this.#spots.length === 0) return;
    this.#lookout.whose(this.#subscriber);
    for (const spot of this.#spots) this.#lookout.released(spot, now);
    this.drop();
  }

  drop(): void {
    this.#spots.length = 0;
    this.#subscriber = '';
  }
}
