// What the history says: one record for each thing that happened to who receives what. Digests, partners, staff and reasons; nothing
// that a request carries has a place in it.
import type { Direction } from '../policy/exposure-order.js';
import type { ApprovalKind } from './approval.js';
import type { HistoryHead } from './gate-state.js';

/** How a candidate came: at start, as a file that changed, by SIGHUP, by the admin API, or as an earlier policy that is asked for again. */
export type Way = 'start' | 'file' | 'signal' | 'api' | 'rollback';

/** Why the chain was begun anew; each is followed by records that hold together. */
export type Recovery =
  /** The last line was half-written, as a kill -9 leaves it; `kept` is the file in the state folder that has it. */
  | { readonly why: 'torn'; readonly kept: string }
  /** The state knows a record that is not there (any more): records were lost from the end. */
  | { readonly why: 'shorter'; readonly expected: HistoryHead }
  /** The state knows another record under that number. */
  | { readonly why: 'replaced'; readonly expected: HistoryHead }
  /** A record before does not hold together with the others; `record` is the first. */
  | { readonly why: 'broken'; readonly record: number }
  /** So many records could not be written when they happened, for example on a full disk. */
  | { readonly why: 'missed'; readonly records: number };

/** What happened. Digests are of effective policies; `from` is what ran before; people are the names in `allowed_signers`. */
export type HistoryEvent =
  | {
      readonly kind: 'started';
      /** Of headgate. */
      readonly version: string;
      /** What runs; null: nothing admissible. */
      readonly digest: string | null;
      readonly generation: number;
    }
  | {
      readonly kind: 'candidate';
      readonly digest: string;
      readonly from: string | null;
      readonly direction: Direction;
      readonly way: Way;
    }
  | {
      readonly kind: 'admitted';
      readonly digest: string;
      readonly from: string | null;
      readonly direction: Direction;
      readonly generation: number;
      /** SHA-256 of the approval files that carried it, and who signed them. */
      readonly approvals: readonly string[];
      readonly people: readonly string[];
    }
  | {
      readonly kind: 'refused';
      /** null: it did not compile. */
      readonly digest: string | null;
      readonly from: string | null;
      /** As in `headgate_policy_refusals_total`. */
      readonly code: string;
      readonly way: Way;
      /** One line each, as the differ writes them: what nobody approved. */
      readonly uncovered: readonly string[];
    }
  | {
      readonly kind: 'approval';
      /** SHA-256 of the file. */
      readonly approval: string;
      readonly of: ApprovalKind;
      readonly proposer: string;
      readonly people: readonly string[];
      /** Why it does not count, by code; null: it counts. */
      readonly fault: string | null;
    }
  | {
      readonly kind: 'lockdown-on' | 'lockdown-off';
      /** null: everyone. */
      readonly partner: string | null;
      readonly reason: string;
      readonly by: string;
      readonly way: 'file' | 'api' | 'redis';
    }
  | {
      readonly kind: 'break-glass-on';
      readonly digest: string;
      readonly from: string | null;
      /** RFC 3339. */
      readonly until: string;
      readonly approval: string;
      readonly people: readonly string[];
    }
  | {
      readonly kind: 'break-glass-off';
      readonly digest: string;
      readonly from: string;
      readonly why: 'over' | 'replaced' | 'ended';
    }
  | { readonly kind: 'rollback'; readonly digest: string; readonly from: string | null; readonly by: string }
  | { readonly kind: 'checkpoint'; readonly of: HistoryHead }
  | ({ readonly kind: 'recovered' } & Recovery);

/** Kinds that are on the disk, not only given to the system, before anyone counts on them. */
export const DURABLE: ReadonlySet<HistoryEvent['kind']> = new Set([
  'admitted',
  'lockdown-on',
  'lockdown-off',
  'break-glass-on',
  'break-glass-off',
  'rollback',
  'recovered',
]);
