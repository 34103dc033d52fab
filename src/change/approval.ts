// One approval as a value. What a text must be to become one is in approval-text.ts; who signed it is judged elsewhere.
import type { Delta } from './grant.js';

/** `widening`: of one delta; `baseline`: of a whole exposure, opens a generation; `break-glass`: of a delta, for hours, by one person. */
export type ApprovalKind = 'widening' | 'baseline' | 'break-glass';

export interface Approval {
  /** SHA-256 of the text, lower-case hexadecimal. */
  readonly id: string;
  readonly kind: ApprovalKind;
  /** The gateways that it is for; null: those that have no name. */
  readonly audience: string | null;
  /** Of a baseline: the one that it opens; else the one that it belongs to. */
  readonly generation: number;
  /** The person who asks, by the name in `allowed_signers`. */
  readonly proposer: string;
  readonly reason: string;
  readonly ticket: string | null;
  /** Milliseconds since the epoch, as all times here. Signatures are judged at this time. */
  readonly createdMs: number;
  /** Until when it may carry a change on a gateway that runs. */
  readonly applyBeforeMs: number;
  /** Of a break-glass: when what it permits ends; else null. */
  readonly untilMs: number | null;
  /** Digests of the policies that were compared, to inform; null: nothing ran. */
  readonly base: string | null;
  readonly candidate: string;
  /** What the proposer's replay of the past said, a line each, to inform: it covers nothing. Absent: nothing was replayed. */
  readonly replay?: readonly string[];
  readonly delta: Delta;
}

/** How long an approval may carry a change, by default and at most. */
export const APPLY_WITHIN_MS = { default: 72 * 3_600_000, most: 30 * 86_400_000 } as const;

/** How long a break-glass may last. */
export const BREAK_GLASS_MS = 4 * 3_600_000;
