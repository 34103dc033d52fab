// Where the releases of requests that were planned on strings are counted: found by what they are, made once for a policy. The plan on
// bytes has its own, with its destination (fast-destination.ts).
import type { Counts } from '../decision/plan-types.js';
import { ReleaseSpot } from '../ledger/release-notes.js';
import type { Ruleset } from '../policy/ruleset.js';

/** Hosts that a wildcard covers are without end. */
const MOST = 8192;

export class ReleaseSpots {
  #ruleset: Ruleset | undefined;
  readonly #spots = new Map<string, ReleaseSpot>();

  /** `host`: the one asked for, canonical. */
  get(ruleset: Ruleset, listener: string, host: string, released: Counts['released'][number]): ReleaseSpot {
    if (ruleset !== this.#ruleset || this.#spots.size >= MOST) this.#spots.clear();
    this.#ruleset = ruleset;
    const { partner, name, form } = released;
    const key = `${listener}\n${host}\n${partner}\n${name}\n${form}`;
    let spot = this.#spots.get(key);
    if (spot === undefined) {
      spot = new ReleaseSpot({ digest: ruleset.digest, listener, partner, host, header: name, form });
      this.#spots.set(key, spot);
    }
    return spot;
  }
}
