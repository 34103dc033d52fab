// Under which key the ledger counts subscribers: one for 400 days, random, in the state folder; then another, and the one before is gone.
// A key that cannot be read or kept is made anew: people of the two are never added up.
import { randomBytes } from 'node:crypto';
import type { EpochState } from '../change/gate-state.js';
import type { Problem } from '../document/problem.js';
import { epochIdOf, epochOf } from '../ledger/epoch.js';
import type { LedgerKey } from '../proxy/lookout.js';
import { KEY_BYTES } from '../sketch/keyed-hash.js';
import type { LedgerFiles } from './ledger-files.js';

export class LedgerEpoch {
  readonly #files: LedgerFiles | null;
  readonly #say: (problem: Problem) => void;
  #key: LedgerKey;
  #isKept: boolean;

  /** `files`: null: there is no folder to keep it in. `now`: milliseconds since the epoch of the clock. */
  constructor(files: LedgerFiles | null, now: number, say: (problem: Problem) => void) {
    this.#files = files;
    this.#say = say;
    const reading = files?.readEpoch();
    if (reading?.ok === false) say(reading.problem);
    const kept = reading?.ok === true ? reading.value : null;
    this.#isKept = kept !== null && epochOf(kept.epoch).until > now;
    this.#key =
      kept !== null && this.#isKept
        ? { epoch: kept.epoch, key: Buffer.from(kept.key, 'hex') }
        : { epoch: epochIdOf(now, randomBytes(2)), key: randomBytes(KEY_BYTES) };
    this.#keep();
  }

  get key(): LedgerKey {
    return this.#key;
  }

  /** To be called now and then; the next key where the epoch is over. */
  turn(now: number): LedgerKey | undefined {
    if (now < epochOf(this.#key.epoch).until) {
      this.#keep();
      return undefined;
    }
    return this.take({ epoch: epochIdOf(now, randomBytes(2)), key: randomBytes(KEY_BYTES) });
  }

  /** Another key from now on. */
  take(key: LedgerKey): LedgerKey {
    this.#key = key;
    this.#isKept = false;
    this.#keep();
    return key;
  }

  #keep(): void {
    if (this.#isKept || this.#files === null) return;
    const state: EpochState = {
      version: 1,
      epoch: this.#key.epoch,
      key: Buffer.from(this.#key.key).toString('hex'),
    };
    const written = this.#files.writeEpoch(state);
    this.#isKept = written.ok;
    if (!written.ok) this.#say(written.problem);
  }
}
