// What a judgement came to, as plain data that crosses from the thread that judges to the primary.
import type { AdmittedRecord } from '../change/admitted.js';
import type { JudgedApproval } from '../change/approvals.js';
import type { Delta } from '../change/grant.js';
import type { Direction } from '../policy/exposure-order.js';
import type { HeldUp, RefusalCode, ShownWitness } from './gateway-status.js';
import type { Settings } from './settings.js';

/** Pseudonym keys by id; secret. */
type Keys = Readonly<Record<string, Uint8Array>>;

export interface AdmittedVerdict {
  readonly kind: 'admitted';
  readonly record: AdmittedRecord;
  readonly keys: Keys;
  readonly direction: Direction;
  /** What it takes away. */
  readonly removed: Delta;
  readonly generation: number;
  /** Who approved it. */
  readonly people: readonly string[];
  /** Milliseconds since the epoch, the approval’s id and who asked; null: for good. */
  readonly breakGlass: { readonly until: number; readonly approval: string; readonly by: string } | null;
  /** The change in one line, then each widening and narrowing. */
  readonly messages: readonly string[];
  readonly witnesses: readonly ShownWitness[];
  /** As read: for what needs a restart. */
  readonly settings: Settings;
  readonly approvals: readonly JudgedApproval[];
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
  /** Of what could not be read or compiled: the problems with their lines, as `check` prints them. */
  readonly text?: string;
  readonly witnesses: readonly ShownWitness[];
  readonly heldUp: readonly HeldUp[];
  /** As `headgate diff --format json`; null: nothing could be compared. */
  readonly diff: Readonly<Record<string, unknown>> | null;
  readonly keys: Keys;
  readonly settings: Settings | null;
  readonly approvals: readonly JudgedApproval[];
}

export type Verdict = AdmittedVerdict | RefusedVerdict;
