// What the admin API can ask of the gateway, and the answers, as plain JSON. The gateway implements it; the server only carries it.
// An action that cannot be done throws an AdminRefusal (admin-refusal.ts); anything else that it throws is a defect.
import type { Drift } from '../fleet/fleet-summary.js';
import type { Direction } from '../policy/exposure-order.js';
import type { NameState, UsualSource } from './novelty-listener.js';
import type { GatewayStatus, Lockdowns, RefusedCandidate, RunningPolicy, ShownWitness } from './gateway-status.js';

/** The verdict on what lies on disk. `digest` is what runs after it. */
export type ReloadAnswer =
  | {
      readonly outcome: 'admitted';
      /** The policy's zone, an IANA name. */
      readonly timezone: string;
      readonly digest: string;
      readonly generation: number;
      /** `equivalent`: nothing changed but words. */
      readonly direction: Direction;
      /** The change as the differ says it, one line each. */
      readonly messages: readonly string[];
      readonly witnesses: readonly ShownWitness[];
      /** RFC 3339, UTC: the change came by break-glass and ends then. */
      readonly breakGlassUntil: string | null;
      /** Settings that changed on disk too and wait for a restart. */
      readonly restartNeeded: readonly string[];
    }
  | {
      readonly outcome: 'refused';
      /** The zone of what runs; `UTC` where nothing does. */
      readonly timezone: string;
      /** Null: no policy is in force. */
      readonly digest: string | null;
      readonly candidate: RefusedCandidate;
    };

/** Partner null: for everyone. `reason` and `by` are one line each, without long runs of digits. */
export interface LockdownOrder {
  readonly state: 'on' | 'off';
  readonly partner: string | null;
  readonly reason: string;
  readonly by: string;
}

/** Given when every worker obeys. */
export interface LockdownAnswer {
  readonly lockdown: Lockdowns;
  /** Workers that obey. */
  readonly workers: number;
  /** False: it is in force and could not be written to the state folder; `problem` says why. A restart would not know of it. */
  readonly recorded: boolean;
  readonly problem: string | null;
  /** Of a replica that shares, and only of `on`: whether the others are told; false: not yet, they are told again and again. */
  readonly announced: boolean | null;
}

/** A replica as the one that was asked heard of it last. */
export interface ListedReplica {
  readonly name: string;
  /** It is the one that was asked. */
  readonly self: boolean;
  /** Not heard for ten seconds. What is said of it is what it said last. */
  readonly silent: boolean;
  /** Since it was heard last. */
  readonly ageSeconds: number;
  readonly version: string;
  readonly state: GatewayStatus['state'];
  readonly digest: string | null;
  /** In what it differs from the others. */
  readonly drift: Drift;
  readonly generation: number;
  /** RFC 3339, UTC, by its own clock. */
  readonly since: string | null;
  /** Why what lies on its disk was refused, by code. */
  readonly refused: string | null;
  /** Candidates refused, and leaks, since its start. */
  readonly refusals: number;
  readonly leaks: number;
  /** Workers, and how many of them run `digest`. */
  readonly workers: number;
  readonly workersCurrent: number;
  readonly lockdown: { readonly all: boolean; readonly partners: readonly string[] };
}

/** The replicas of the fleet, by name. */
export interface FleetAnswer {
  /** `embedded`: nothing is shared, and there is no other. */
  readonly kind: 'embedded' | 'redis';
  readonly connected: boolean;
  /** One line each. */
  readonly problems: readonly string[];
  /** RFC 3339, UTC; null: none yet. */
  readonly lastExchange: string | null;
  /** That most of those who are heard run. */
  readonly digest: string | null;
  /** How many different ones they run. */
  readonly digests: number;
  /** Of a baseline, that any replica ever told. It informs: no change is refused for it. */
  readonly highestGeneration: number;
  readonly replicas: readonly ListedReplica[];
}

/** One approval of the folder, and whether it counts now. */
export interface ListedApproval {
  /** A name in the approvals' folder. */
  readonly file: string;
  readonly kind: 'widening' | 'baseline' | 'break-glass';
  readonly generation: number;
  readonly proposer: string;
  /** RFC 3339, UTC; of break-glass also `until`. */
  readonly applyBefore: string;
  readonly until: string | null;
  /** People whose signatures count, the proposer not among them. */
  readonly approvers: readonly string[];
  readonly counts: boolean;
  /** Why it does not count, one line each. */
  readonly why: readonly string[];
  /** What it covers, one line each. */
  readonly covers: readonly string[];
}

/** Records after `since` in their order, at most `limit`; `since` null: the newest `limit`. */
export interface HistoryQuery {
  readonly since: number | null;
  readonly limit: number;
}

/** A record as it stands in the history file. */
export interface HistoryEntry {
  /** 1 for the first. */
  readonly seq: number;
  readonly [field: string]: unknown;
}

export interface HistoryPage {
  readonly records: readonly HistoryEntry[];
  /** `since` of the next page; null: this was the last. */
  readonly next: number | null;
  readonly ok: boolean;
}

/** The comparison that a refusal rests on: `diff` is what `headgate diff --format json` prints; null: nothing could be compared. */
export interface CandidateAnswer {
  readonly candidate: (RefusedCandidate & { readonly diff: Readonly<Record<string, unknown>> | null }) | null;
}

/** One kind of leak: what, where, of how many people. Holds no value. */
export interface ListedLeak {
  readonly listener: string;
  /** The registrable domain; `elsewhere` for those that had no room of their own. */
  readonly domain: string;
  /** The field's name in small letters. */
  readonly field: string;
  readonly detector: string;
  readonly outcome: string;
  /** Null: a stranger. */
  readonly partner: string | null;
  readonly leaks: number;
  /** Different ones, estimated: 6.5 % is one standard error. */
  readonly subscribers: number;
  /** RFC 3339, UTC. */
  readonly first: string;
  readonly last: string;
}

/** Proofs (exact, egress, canary, novelty) before counts, then those of most people. */
export interface LeaksAnswer {
  readonly since: string;
  /** From when on nothing is missing: the start of the gateway, or a flood, may be later than `since`. */
  readonly wholeSince: string;
  /** Names that the network itself sends: proven for more than 20 subscribers on more than 5 domains in the last 5 minutes. */
  readonly proven: readonly { readonly field: string; readonly subscribers: number; readonly domains: number }[];
  readonly leaks: readonly ListedLeak[];
  /** Rows that were left out. */
  readonly more: number;
}

/** A header name in no list. Holds no value. */
export interface ListedName {
  /** Its key: the letters and digits of the name, small. */
  readonly name: string;
  readonly state: NameState;
  /** In the last minute, and of all requests of the listener, from 0 to 1. */
  readonly requests: number;
  readonly share: number;
  /** Different ones in the last minute, estimated; 0 where the name is too rare to be looked at. */
  readonly hosts: number;
  readonly subscribers: number;
  readonly values: number;
  /** RFC 3339, UTC; of what was seen before the gateway's start, the day. Null: nobody remembers. */
  readonly first: string | null;
}

export interface HeadersAnswer {
  /** The policy's `detection.novelty`. */
  readonly novelty: 'observe' | 'quarantine';
  readonly listeners: readonly {
    readonly listener: string;
    /** That were looked at in the last minute. */
    readonly requests: number;
    /** Until then nothing is quarantined; null: it has learned, or the fleet has told. RFC 3339, UTC. */
    readonly learningUntil: string | null;
    /** From where it knows which names are usual, and since when (RFC 3339, UTC; null: no request yet, or nobody remembers). */
    readonly usual: { readonly from: UsualSource['from']; readonly at: string | null };
    /** The worst first, then the most frequent. */
    readonly names: readonly ListedName[];
    /** Names that were left out. */
    readonly more: number;
  }[];
}

export interface AdminActions {
  status(): Promise<GatewayStatus>;
  policy(): Promise<RunningPolicy>;
  /** Resolves when the candidate is judged, and where it is admitted, in force. */
  reload(): Promise<ReloadAnswer>;
  lockdown(): Promise<Lockdowns>;
  /**
   * Resolves when every worker obeys. Refuses with `partner-unknown` where the policy in force has no such partner; to end one,
   * with `lockdown-absent` where none is on and with `lockdown-file` while the switch file asks for it.
   */
  setLockdown(order: LockdownOrder): Promise<LockdownAnswer>;
  approvals(): Promise<{ readonly approvals: readonly ListedApproval[] }>;
  history(query: HistoryQuery): Promise<HistoryPage>;
  candidate(): Promise<CandidateAnswer>;
  /** Of the last so many seconds. */
  leaks(seconds: number): Promise<LeaksAnswer>;
  /** Header names in no list. */
  headers(): Promise<HeadersAnswer>;
  /** The replicas that share with this one. Asks nobody: it is what was heard last. */
  fleet(): Promise<FleetAnswer>;
}
