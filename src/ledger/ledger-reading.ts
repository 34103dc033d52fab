// What the ledger says of a period: the cells that touch it, where it may be incomplete, and under which keys people were counted. Whoever
// reports reads this alone and never files.
import type { LeakEntry, ReleaseCell } from './ledger-cell.js';

/** Why something may be missing. */
export type GapCause =
  /** The gateway ended before all was written: at most its last minute, and while the disk took nothing, what came since. Until it ran again nothing was released. */
  | 'killed'
  /** A worker ended without warning: at most what it counted since it last reported, a second before. */
  | 'worker-ended'
  /** What was written cannot be read any more. */
  | 'unreadable'
  /** Of several replicas: this one told the others nothing more, and no end either. What it still has lies with its own files. */
  | 'untold';

/** Half-open, in milliseconds since the epoch: releases of this time may be missing, none of what is there is wrong. */
export interface Gap {
  readonly from: number;
  readonly until: number;
  readonly cause: GapCause;
  /** Whose: the name of a replica; empty: this gateway's own. */
  readonly replica: string;
}

/** A time in which one key hashes subscribers. After it that key exists nowhere. */
export interface Epoch {
  readonly id: string;
  /** Milliseconds since the epoch of the clock. */
  readonly began: number;
  /** When it ends, or ended. */
  readonly until: number;
}

/** A cell, and whether all of it lies within the period that was asked for; else only some of it may. */
export type Within<T> = T & { readonly isWhole: boolean };

/** Half-open, in milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

export interface LedgerReading extends Period {
  /** One cell of a kind, but two where one part of it lies within and another does not. */
  readonly releases: readonly Within<ReleaseCell>[];
  readonly leaks: readonly Within<LeakEntry>[];
  /** Those that touch the period, the oldest first. */
  readonly gaps: readonly Gap[];
  /** Those that the cells name, the oldest first. */
  readonly epochs: readonly Epoch[];
  /** The ledger begins here: of what was before nothing is known. null: it is empty. */
  readonly keptFrom: number | null;
  /** Written until here: what came later is not in it yet. null: it is empty. */
  readonly keptUntil: number | null;
}

/** What is asked for; absent: all. */
export interface LedgerFilter {
  readonly partner?: string;
  /** A host, a host as the policy has it, or a registrable domain; canonical. */
  readonly host?: string;
  /** A policy's digest, or how it begins. */
  readonly digest?: string;
}

/** Where cells are kept: the state folder, or Redis. */
export interface LedgerReader {
  /** Rejects where nothing can be read at all, with one line for a user; a part that cannot be is a gap. */
  read(period: Period, filter?: LedgerFilter): Promise<LedgerReading>;
}
