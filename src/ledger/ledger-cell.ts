// What is kept of releases and of leaks: who received what in which form, how often, of how many people, from when to when; never a
// value and never where other traffic went. Cells of one kind add up, over processes, replicas and time, and adding is exact in
// whatever order (test/ledger/ledger-table.test.ts).
import type { LeakKind } from './leak-cell.js';

/** What is told apart of releases; `form` is the policy's word, `unchanged` or `pseudonym`. */
export interface ReleaseKind {
  /** Under whose key the subscribers were hashed: sketches of two epochs are never merged. */
  readonly epoch: string;
  /** Of the effective policy that released it, in lower-case hex. */
  readonly digest: string;
  readonly listener: string;
  readonly partner: string;
  /**
   * The host as the policy has it, `*.pay.example` for what a wildcard covers: what a subscriber wrote is not kept. `ELSEWHERE`
   * where there was no room to tell it apart.
   */
  readonly host: string;
  /** The registrable domain of it. */
  readonly domain: string;
  /** The name that the recipient received. */
  readonly header: string;
  readonly form: string;
}

/** What every cell holds. */
export interface Tallied {
  /** Headers of this kind that left: one a request, as a name leaves once. For leaks: findings. */
  readonly requests: number;
  /** Milliseconds since the epoch. */
  readonly first: number;
  readonly last: number;
  /** The bytes of a `DistinctSketch`. */
  readonly subscribers: Uint8Array;
}

export interface ReleaseCell extends ReleaseKind, Tallied {}

/** As leak-cell.ts has it; `place` is a registrable domain. A cell of a stranger has no partner, and there is one only because of a leak. */
export interface LeakEntryKind extends LeakKind {
  readonly epoch: string;
}

export interface LeakEntry extends LeakEntryKind, Tallied {}

/** Both, as they travel and lie on the disk. */
export interface Cells {
  readonly releases: readonly ReleaseCell[];
  readonly leaks: readonly LeakEntry[];
}

/** An id of a kind: equal for equal kinds alone. */
export function releaseKeyOf({ epoch, digest, listener, partner, host, domain, header, form }: ReleaseKind): string {
  return [epoch, digest, listener, partner, host, domain, header, form].join('\n');
}

export function leakKeyOf({ epoch, listener, place, field, detector, outcome, partner }: LeakEntryKind): string {
  return [epoch, listener, place, field, detector, outcome, partner ?? ''].join('\n');
}
