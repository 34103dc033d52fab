// What a replica shares with the others: the port. Two adapters: embedded (nothing) and Redis.
// INVARIANT: what comes from the others locks down or informs, and nothing more; without them each goes on alone.
import type { LockdownOrder } from './lockdown-orders.js';
import type { ReplicaStatus } from './replica-status.js';

/** What the fleet asks of its replica and tells it. */
export interface FleetParts {
  /** What this replica says of itself, now. */
  readonly status: () => Omit<ReplicaStatus, 'name' | 'instance' | 'beat'>;
  /** Lockdowns that are on here. */
  readonly orders: () => readonly LockdownOrder[];
  /** Orders that somebody ended here, by id. */
  readonly ended: () => ReadonlySet<string>;
  /** Lockdowns of others, new and known ones; they are in force here when it resolves. */
  readonly hear: (orders: readonly LockdownOrder[]) => Promise<void>;
}

/** A replica as it was heard last. */
export interface HeardReplica {
  readonly status: ReplicaStatus;
  /** Since it last said something new, in milliseconds, by the clock of whoever heard it. */
  readonly ageMs: number;
  /** It has not been heard for so long that it is given up, or is no longer there at all. */
  readonly isSilent: boolean;
  readonly isThis: boolean;
}

export interface FleetView {
  readonly kind: 'embedded' | 'redis';
  /** Whether the others can be reached now. Embedded: true. */
  readonly isConnected: boolean;
  /** Why not, in one line; also what was found there that is none of ours. */
  readonly problems: readonly string[];
  /** Milliseconds since the epoch of the last exchange that went through; null: none yet. */
  readonly lastExchangeMs: number | null;
  /** By name, this one too. */
  readonly replicas: readonly HeardReplica[];
  /** The highest generation of a baseline that any replica ever told. It informs; no change is refused for it. */
  readonly highestGeneration: number;
}

export interface Fleet {
  /** Begins to exchange. Resolves when the lockdowns of the others are in force here, or after `withinMs` without them. */
  begin(parts: FleetParts, withinMs: number): Promise<void>;
  /**
   * Tells the lockdowns of this replica to the others, now. True once Redis has them; false where it does not, they are then told again
   * and again until it does. Null: there is nobody to tell.
   */
  announce(): Promise<boolean> | null;
  readonly view: FleetView;
  /** Says goodbye where that can be said. */
  close(): void;
}
