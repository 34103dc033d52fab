// What was admitted, as the state keeps it: the policy, the gated settings in the form that runs, and the rule that judges the next
// change. Plain JSON; pseudonym keys are never in it, thumbprints only.
import type { Policy } from '../policy/policy.js';
import type { Engine } from '../policy/policy-settings.js';
import type { RuntimeGated } from '../policy/runtime-gated.js';
import type { GatedSettings } from '../policy/setting-changes.js';
import type { ApprovalRule } from './consent.js';

export type { RuntimeGated };

/** The rule that judges the next change: the one that runs, never the candidate's own. */
export interface RunningRule extends ApprovalRule {
  readonly audience: string | null;
  /** The text of `allowed_signers`; null: none. */
  readonly signers: string | null;
  /** The text of the file of revoked public keys; null: none. */
  readonly revoked: string | null;
}

/** One policy that was admitted, with everything that it needs to run again. */
export interface AdmittedRecord {
  /** Of the effective policy: 64 small hexadecimal digits. */
  readonly digest: string;
  readonly policy: Policy;
  /** Of the engine that admitted it: what a newer one would release beyond it needs approval. */
  readonly engine: Engine;
  readonly gated: GatedSettings;
  readonly runtime: RuntimeGated;
  readonly rule: RunningRule;
  /** The policy file as it was. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly admittedAt: number;
  readonly generation: number;
  /** SHA-256 (hexadecimal) of the approval files that carried it. */
  readonly approvals: readonly string[];
}
