// What a report is made of: what others keep, as plain values. The report reads no file and no clock.
import type { Approval } from '../change/approval.js';
import type { HistoryVerdict } from '../change/history.js';
import type { HistoryRecord } from '../change/history-words.js';
import type { LedgerFilter, LedgerReading, Period } from '../ledger/ledger-reading.js';
import type { Diff } from '../policy/diff.js';
import type { Policy } from '../policy/policy.js';

/** The history of one gateway. */
export interface HistoryFound {
  /** As people call it; '' for the only one. */
  readonly replica: string;
  /** All of it, in its order; what could not be read is left out, and the verdict says so. */
  readonly records: readonly HistoryRecord[];
  readonly verdict: HistoryVerdict;
  /** What the state knows and the history lacks, in words; empty: nothing. */
  readonly lost: readonly string[];
}

/** The ledger of one gateway, or of all. */
export interface LedgerFound {
  readonly replica: string;
  /** Or why it cannot be read. */
  readonly reading: LedgerReading | string;
}

/** Two policies that followed each other, compared as of the admission of the second. */
export interface Comparison {
  readonly digest: string;
  readonly before: string;
  readonly diff: Diff;
}

export interface ReportInput {
  readonly period: Period;
  readonly filter: LedgerFilter;
  readonly jurisdiction: 'uk' | 'eu';
  /** Milliseconds since the epoch; null: nobody said. */
  readonly awareAt: number | null;
  readonly ledgers: readonly LedgerFound[];
  readonly histories: readonly HistoryFound[];
  /** Of admissions whose policies are both kept. */
  readonly comparisons: readonly Comparison[];
  /** Those that carried something, by their ids. */
  readonly approvals: readonly Approval[];
  /** Admitted ones that are kept, the newest first: for what a header carries. */
  readonly policies: readonly Policy[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: string;
}
