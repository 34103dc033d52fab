// What the running gateway says of itself, as plain JSON: the answer to GET /v1/status, field by field. Computes nothing.
// INVARIANT: no field holds a key, a token or a subscriber's value; docs/admin-api.yaml describes each (test/control/admin-api.test.ts).
import type { Direction } from '../policy/exposure-order.js';
import type { Policy } from '../policy/policy.js';
import type { Engine } from '../policy/policy-settings.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import type { LABEL_VALUES } from '../telemetry/label-values.js';

/** Why a candidate was refused: the label of `headgate_policy_refusals_total`. */
export type RefusalCode = (typeof LABEL_VALUES)['headgate_policy_refusals_total code'][number];

/** One concrete request that shows a difference. */
export interface ShownWitness {
  /** `http://x.bank.example/`, as a subscriber would ask for it. */
  readonly url: string;
  /** The header by the label that the differ prints. */
  readonly header: string;
  readonly partner: string | null;
}

/** A narrowing that waits because it came in one candidate with what was refused. */
export interface HeldUp {
  /** The narrowing as the differ says it. */
  readonly message: string;
  /** The command that has it at once: `headgate lockdown on --partner acme-pay`. */
  readonly lockdown: string;
}

/** The candidate that was refused last and has not been replaced since. */
export interface RefusedCandidate {
  /** Null where it could not be read or compiled. */
  readonly digest: string | null;
  readonly code: RefusalCode;
  /** Null where nothing could be compared. */
  readonly direction: Direction | null;
  /** RFC 3339, UTC. */
  readonly refusedAt: string;
  /** One line each: why, as the gate, the compiler or the differ says it. */
  readonly messages: readonly string[];
  readonly witnesses: readonly ShownWitness[];
  readonly heldUp: readonly HeldUp[];
}

/** A lockdown that is on. */
export interface LockdownEntry {
  /** RFC 3339, UTC. */
  readonly since: string;
  /** Who set it, in the words of whoever did; of the switch file, `file`. */
  readonly by: string;
  readonly reason: string;
  readonly via: 'file' | 'api' | 'redis';
}

export interface Lockdowns {
  /** Everything is stripped for everyone; null: it is not. */
  readonly all: LockdownEntry | null;
  /** Partners that receive nothing, beside `all`. */
  readonly partners: readonly ({ readonly id: string } & LockdownEntry)[];
}

/** The answer to GET /v1/status. Times are RFC 3339 in UTC. */
export interface GatewayStatus {
  /** The version of headgate. */
  readonly version: string;
  /** Of the effective policy that is in force; null: none is. */
  readonly digest: string | null;
  /** The generation of the newest baseline that counts; 0: none yet. */
  readonly generation: number;
  /** Since when `digest` is in force. */
  readonly since: string | null;
  /** The policy's zone, an IANA name. */
  readonly timezone: string;
  /** `withholding`: it serves, and releases nothing, because no policy may be in force. */
  readonly state: 'starting' | 'ready' | 'withholding' | 'draining';
  readonly candidate: RefusedCandidate | null;
  readonly lockdown: Lockdowns;
  /** The policy in force came by break-glass and ends then. */
  readonly breakGlass: { readonly until: string; readonly by: string } | null;
  /** `approval.required` is 0: an approval needs no signature. */
  readonly unsigned: boolean;
  /** Partners whose releases end within 30 days, the soonest first. */
  readonly partnersEndingSoon: readonly { readonly id: string; readonly until: string }[];
  /** Approvals that can carry a change for less than a day more, the soonest first. `file` is a name in the approvals' folder. */
  readonly approvalsEndingSoon: readonly { readonly file: string; readonly applyBefore: string }[];
  /** Settings (paths as in docs/settings.md) that changed on disk and are read at start only. */
  readonly restartNeeded: readonly string[];
  /** `digest`: what this worker runs; null: nothing yet. */
  readonly workers: readonly { readonly id: number; readonly digest: string | null; readonly serving: boolean }[];
  /** `problem`: why it cannot be written, in one line. */
  readonly stateFolder: { readonly writable: boolean; readonly problem: string | null };
  /** `seq` of the last record; `ok`: the chain verified when it was last read. */
  readonly history: { readonly seq: number; readonly ok: boolean };
  /** The highest time this gateway ever saw; null: none is kept. */
  readonly highestTime: string | null;
  /** The last candidate that was judged: when, and whether it was admitted. `at` null: none since the start. */
  readonly reload: { readonly at: string | null; readonly successful: boolean };
}

/** The answer to GET /v1/policy. Holds no key: keys are there as thumbprints, in `gated`. */
export interface RunningPolicy {
  readonly digest: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** What reads the policy: a later engine may mean more by it. */
  readonly engine: Engine;
  readonly policy: Policy;
  readonly gated: GatedSettings;
}
