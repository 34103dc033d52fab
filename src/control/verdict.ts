// What a judgement came to, as plain data that crosses from the thread that judges to the one that carries traffic.
import type { Direction } from '../policy/exposure-order.js';
import type { Policy } from '../policy/policy.js';
import type { RuntimeGated } from '../policy/runtime-gated.js';
import type { Engine } from '../policy/policy-settings.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import type { Vocabulary } from '../telemetry/vocabulary.js';
import type { HeldUp, RefusalCode, ShownWitness } from './gateway-status.js';
import type { Settings } from './settings.js';

/** A policy with everything that workers need to serve it. */
export interface Served {
  readonly digest: string;
  readonly policy: Policy;
  readonly gated: GatedSettings;
  readonly engine: Engine;
  readonly runtime: RuntimeGated;
  /** Pseudonym keys by id; secret. One whose file no longer has what was admitted is left out, and withholds. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly generation: number;
  /** `approval.required` of the rule that judges the next change. */
  readonly required: number;
  readonly vocabulary: Vocabulary;
}

export interface AdmittedVerdict {
  readonly kind: 'admitted';
  /** Given back when it is in force, or could not be. */
  readonly ticket: number;
  readonly served: Served;
  readonly direction: Direction;
  readonly messages: readonly string[];
  readonly witnesses: readonly ShownWitness[];
  /** Milliseconds since the epoch; null: for good. */
  readonly breakGlass: { readonly until: number; readonly by: string } | null;
  /** As read: for what needs a restart. */
  readonly settings: Settings;
  /** Lines for the log. */
  readonly warnings: readonly string[];
}

export interface RefusedVerdict {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  /** null: it could not be read or compiled. */
  readonly digest: string | null;
  readonly direction: Direction | null;
  readonly messages: readonly string[];
  readonly witnesses: readonly ShownWitness[];
  readonly heldUp: readonly HeldUp[];
  /** As `headgate diff --format json`; null: nothing could be compared. */
  readonly diff: Readonly<Record<string, unknown>> | null;
  readonly settings: Settings | null;
}

export type Verdict = AdmittedVerdict | RefusedVerdict;
