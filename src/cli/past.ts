// Which past is replayed, through what, and what comes of it: the same of a log and of the ledger.
import type { Ruleset } from '../policy/ruleset.js';
import type { Replayed } from '../review/replay.js';
import type { ReplaySource } from './render-replay.js';

/** Which past: one of the two. */
export interface PastOrder {
  readonly accessLog?: string;
  /** Of a log, as written, with a unit. */
  readonly covers?: string;
  /** Of the ledger. */
  readonly days?: string;
  /** Whose ledger. */
  readonly config?: string;
  readonly state?: string;
}

export interface Past {
  readonly replayed: Replayed;
  readonly source: ReplaySource;
}

export interface ReplayedPolicies {
  readonly old: Ruleset;
  readonly next: Ruleset;
  /** Milliseconds since the epoch: what is compared, is from then on. */
  readonly now: number;
  /** In words, what was compared with what. */
  readonly against: string;
}
