// What the primary and a worker say to each other: plain data between two processes.
// A worker never reads a file and never parses YAML: all that it needs is in these messages.
import type { Lockdown } from '../decision/plan-types.js';
import type { Policy } from '../policy/policy.js';
import type { PolicyTables } from '../policy/policy-tables.js';
import type { RuntimeGated } from '../policy/runtime-gated.js';
import type { LeakCell } from '../ledger/leak-cell.js';
import type { NotedRelease } from '../ledger/release-notes.js';
import type { LedgerKey, ListenerSightings, LookoutKeys } from '../proxy/lookout.js';
import type { Proxy } from '../proxy/proxy.js';
import type { FreeSettings, ListenAddress } from '../proxy/settings.js';
import type { LogLevel } from '../telemetry/log.js';
import type { SlotTable } from '../telemetry/slots.js';

/** A compiled policy and the gated settings with everything that a worker needs to serve them: swapped as one. */
export interface Prepared {
  /** Grows by one with each policy that is sent; told apart from the digest, which may come twice. */
  readonly generation: number;
  /** Without its hosts, which are in `tables`: 100,000 of them as objects would stop a worker for 100 ms when they arrive. */
  readonly policy: Policy;
  readonly tables: PolicyTables;
  readonly digest: string;
  readonly slots: SlotTable;
  /** Pseudonym keys by id; secret. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly runtime: RuntimeGated;
}

/** By listener: the keys of names that are withheld from strangers until someone decides. */
export type Quarantined = ReadonlyMap<string, ReadonlySet<string>>;

export type ToWorker =
  /** The first message, and once. The worker builds the ruleset and says `ready`; it does not listen yet. */
  | {
      readonly kind: 'start';
      readonly worker: number;
      /** What a restart alone changes; the gated settings are in `prepared`. */
      readonly settings: FreeSettings;
      readonly ownAddresses: readonly ListenAddress[];
      readonly logLevel: LogLevel;
      readonly connectionShare: number;
      readonly prepared: Prepared;
      readonly lockdown: Lockdown;
      /** Milliseconds since the epoch: the highest time that is known, which a clock may be behind of. */
      readonly highestMs: number;
      /** The same for every worker; secret. */
      readonly lookoutKeys: LookoutKeys;
      readonly quarantined: Quarantined;
    }
  /** First phase of a change: build the ruleset, say `ready`, go on with the old one. */
  | { readonly kind: 'prepare'; readonly prepared: Prepared }
  /** Second phase: the first time listen and say `serving`; later swap one reference and say `serving`. */
  | { readonly kind: 'go'; readonly generation: number }
  /** In force at once, for the next request of every open connection; answered with `locked`. */
  | { readonly kind: 'lockdown'; readonly lockdown: Lockdown; readonly sequence: number }
  /** In force for the next request. */
  | { readonly kind: 'quarantine'; readonly quarantined: Quarantined }
  /** The ledger's next epoch: what was counted is sent first. */
  | { readonly kind: 'epoch'; readonly ledger: LedgerKey }
  /** Send the counts now. */
  | { readonly kind: 'report'; readonly request: number }
  | { readonly kind: 'drain'; readonly deadlineMs: number };

export type FromWorker =
  /** The first message of a process of its own: it listens now. What is sent before would be lost (node:cluster drops it). */
  | { readonly kind: 'up' }
  | { readonly kind: 'ready'; readonly generation: number }
  | { readonly kind: 'serving'; readonly generation: number; readonly addresses: Proxy['addresses'] }
  | { readonly kind: 'locked'; readonly sequence: number }
  /** A start or a preparation that cannot succeed; `message` is one line for a user. */
  | { readonly kind: 'failed'; readonly message: string }
  /** Everything counted since the worker began, by slot; `request` is the one that it answers, if any. */
  | { readonly kind: 'counts'; readonly numbers: Float64Array; readonly request: number | null }
  /** Leaks since the last such message, people counted under the key of that epoch; sent with the counts. */
  | { readonly kind: 'leaks'; readonly epoch: string; readonly cells: readonly LeakCell[] }
  /** Releases likewise. */
  | { readonly kind: 'releases'; readonly epoch: string; readonly cells: readonly NotedRelease[] }
  /** What was seen of names that nobody knows since the last such message, every ten seconds. */
  | { readonly kind: 'names'; readonly seen: readonly ListenerSightings[] }
  | { readonly kind: 'drained' };
