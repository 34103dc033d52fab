// A stretch of time in which every request of one name and one peer is decided alike: one policy, one lockdown, one set of
// settings, and no release, deny or watch that begins or ends. What is worked out for it holds to its end.
import type { ByteRules } from '../decision/byte-rules.js';
import type { Lockdown } from '../decision/plan-types.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { Reach } from './reach.js';

export interface Stretch {
  readonly ruleset: Ruleset;
  readonly reach: Reach;
  readonly lockdown: Lockdown;
  readonly skewMs: number;
  readonly rules: ByteRules;
  /** The plan on bytes may decide: no lockdown, nothing quarantined, no Via to add, and a clock that is believed. */
  readonly isPlain: boolean;
  /** Half-open, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The times at which a release must hold (`Question.times`). */
  timesAt(nowMs: number): readonly number[];
}
