// What one process saw of leaks and of names that nobody knows, until the primary takes it. Both paths tell it, it decides nothing.
// INVARIANT: a subscriber's text goes into keyed hashes only. The keys are the gateway's: of names and fingerprints random at its
// start and never written, of leaks and releases the ledger's (docs/ledger.md).
import { NameObserver, type ObservedRequest } from '../decision/name-observer.js';
import type { NeedleRows } from '../decision/needle-rows.js';
import type { Sightings } from '../decision/novelty.js';
import { keyNeedleOf } from '../decision/subscriber.js';
import type { LeakCell, LeakKind } from '../ledger/leak-cell.js';
import { LeakNotes } from '../ledger/leak-notes.js';
import { type NotedRelease, ReleaseNotes, type ReleaseSpot } from '../ledger/release-notes.js';
import type { Ruleset } from '../policy/ruleset.js';
import { fingerprintOf } from '../sketch/fingerprint.js';
import { KeyedHash } from '../sketch/keyed-hash.js';

/** Of the ledger's epoch: what is counted under one key adds up over processes, restarts and replicas. */
export interface LedgerKey {
  readonly epoch: string;
  /** 8 bytes. */
  readonly key: Uint8Array;
}

/** The same for all workers of a gateway: what they saw adds up only under one key. */
export interface LookoutKeys {
  /** Of names; 8 bytes. */
  readonly sketch: Uint8Array;
  /** 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly ledger: LedgerKey;
}

/** What was seen on one listener. */
export interface ListenerSightings {
  readonly listener: string;
  readonly sightings: Sightings;
}

export class Lookout {
  readonly #keys: LookoutKeys;
  readonly #hash: KeyedHash;
  #epoch: string;
  #ledgerHash: KeyedHash;
  /** Of the key, for what is noted beside needles; 0 is nobody's. */
  #keyNumber = 1;
  /** Whose a request is, as `whose` and `whoseNeedles` hashed it last. */
  high = 0;
  low = 0;
  readonly #leaks = new LeakNotes();
  readonly #releases = new ReleaseNotes();
  readonly #observers = new Map<string, NameObserver>();

  constructor(keys: LookoutKeys) {
    this.#keys = keys;
    this.#hash = new KeyedHash(keys.sketch);
    this.#epoch = keys.ledger.epoch;
    this.#ledgerHash = new KeyedHash(keys.ledger.key);
  }

  /** Under whose key leaks and releases are counted from now on. */
  get epoch(): string {
    return this.#epoch;
  }

  /** After `takeLeaks` and `takeReleases`: what they give is of one epoch. */
  renew({ epoch, key }: LedgerKey): void {
    this.#epoch = epoch;
    this.#ledgerHash = new KeyedHash(key);
    this.#keyNumber += 1;
  }

  /**
   * Of each request that is sent, or of a fair sample: shares are of what was told. 0.1 µs, and 0.2 µs for each field whose name
   * nobody knows (0.4 µs of strings).
   */
  observe(listener: string, request: ObservedRequest, ruleset: Ruleset): void {
    let observer = this.#observers.get(listener);
    if (observer === undefined) {
      observer = new NameObserver(this.#hash);
      this.#observers.set(listener, observer);
    }
    observer.observe(request, ruleset);
  }

  /** Of each leak, never of a sample. Gives the subscriber's fingerprint, for the log. */
  leak(kind: LeakKind, subscriber: string): string {
    this.#ledgerHash.of(subscriber);
    const { high, low } = this.#ledgerHash;
    this.#leaks.note(kind, { high, low }, Date.now());
    return fingerprintOf(this.#keys.fingerprint, high, low);
  }

  /** `subscriber`: as `subscriberReleased` has it. */
  whose(subscriber: string): void {
    this.#ledgerHash.of(subscriber);
    this.high = this.#ledgerHash.high;
    this.low = this.#ledgerHash.low;
  }

  /** By needles, of a row that has some: hashed once for all requests with the same values. */
  whoseNeedles(rows: NeedleRows, row: number): void {
    const { cells } = rows;
    const at = rows.ownerAt(row);
    if (cells[at] === this.#keyNumber) {
      this.high = (cells[at + 1] ?? 0) >>> 0;
      this.low = (cells[at + 2] ?? 0) >>> 0;
      return;
    }
    this.whose(keyNeedleOf(rows.setOf(row).needles)?.value ?? '');
    cells[at] = this.#keyNumber;
    cells[at + 1] = this.high;
    cells[at + 2] = this.low;
  }

  /** One header left. Default: of whom `whose` said last; with it 0.4 µs (test/bench/ledger.mjs). */
  released(spot: ReleaseSpot, now: number, high = this.high, low = this.low): void {
    this.#releases.note(spot, high, low, now);
  }

  /** Since the last call. */
  takeReleases(): readonly NotedRelease[] {
    return this.#releases.take();
  }

  /** Since the last call. */
  takeLeaks(): readonly LeakCell[] {
    return this.#leaks.take();
  }

  /** Since the last call, of each listener that had a request. */
  takeNames(): readonly ListenerSightings[] {
    return [...this.#observers]
      .map(([listener, observer]) => ({ listener, sightings: observer.take() }))
      .filter(({ sightings }) => sightings.requests > 0);
  }
}
