// The documents of the state folder, as types. Their exact shapes, checked at every reading, are in state-documents.ts.
import type { AdmittedRecord } from './admitted.js';
import type { Delta } from './grant.js';

/** The place of a record in the history: its number and its hash. */
export interface HistoryHead {
  readonly seq: number;
  readonly hash: string;
}

/** How many earlier admitted policies are kept for a rollback. */
export const EARLIER_KEPT = 20;

/** `state.json`. */
export interface GateState {
  readonly version: 1;
  readonly current: AdmittedRecord;
  /** In force instead of `current`, until `until` (ms since the epoch); `approval` is the SHA-256 of its approval file. */
  readonly breakGlass: { readonly record: AdmittedRecord; readonly until: number; readonly approval: string } | null;
  /** Digests of earlier records, the newest first, at most EARLIER_KEPT; each lies in `policies/`. */
  readonly previous: readonly string[];
  readonly highestGeneration: number;
  /** What narrowings have removed since the newest baseline: it is spent. */
  readonly narrowings: readonly { readonly at: number; readonly delta: Delta }[];
  /** The newest history record that this state knows; null: none. A history without it has lost records. */
  readonly history: HistoryHead | null;
}

/** `policies/DIGEST.json`: an earlier record. */
export interface EarlierPolicy {
  readonly version: 1;
  readonly record: AdmittedRecord;
}

/** `clock.json`. */
export interface ClockMark {
  readonly version: 1;
  /** The highest time ever seen, in milliseconds since the epoch. */
  readonly highest: number;
}

/** `ledger/epoch.json`: under which key subscribers are counted. The only secret of the state folder. */
export interface EpochState {
  readonly version: 1;
  /** Its id (`ledger/epoch.ts`). */
  readonly epoch: string;
  /** 8 random bytes in hex. */
  readonly key: string;
}

/** `novelty.json`: which names are usual on which listener, and which are in quarantine. Names by their keys; never a value. */
export interface NoveltyState {
  readonly version: 1;
  readonly listeners: readonly {
    readonly listener: string;
    /** When its first request was seen, milliseconds since the epoch: it learns for a week. */
    readonly since: number;
    /** The last seven days with traffic: days since the epoch (UTC), with the requests of each name. */
    readonly days: readonly {
      readonly day: number;
      readonly requests: number;
      readonly names: readonly (readonly [name: string, requests: number])[];
    }[];
    readonly quarantined: readonly { readonly name: string; readonly since: number }[];
    /** Of a replica that shares, until its own week is over: names that are usual at others, and when they were taken (ms since the epoch). */
    readonly told?: { readonly at: number; readonly names: readonly string[] } | undefined;
  }[];
}

/** `lockdown.json`: the lockdowns that are on; an empty list: none. */
export interface LockdownState {
  readonly version: 1;
  readonly lockdowns: readonly {
    /** A partner's id; null: everyone. */
    readonly partner: string | null;
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly reason: string;
    /** Who set it: a name or a role of the admin API; for the switch file, `file`. */
    readonly by: string;
    readonly via: 'file' | 'api' | 'redis';
  }[];
  /** Of a replica that shares: the orders by which each is known to the others, and those that somebody ended here. */
  readonly shared?:
    | {
        readonly held: readonly { readonly partner: string | null; readonly orders: readonly string[] }[];
        /** The newest last. */
        readonly ended: readonly string[];
      }
    | undefined;
}
