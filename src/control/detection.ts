// What the primary knows of leaks, of names that nobody knows and of releases: one place for whatever workers report of them.
import type { Policy } from '../policy/policy.js';
import type { Log } from '../telemetry/log.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { HeadersAnswer } from './admin-actions.js';
import type { RedisLink } from '../fleet/redis-link.js';
import { LedgerShare } from './ledger-share.js';
import { LedgerDesk, type LedgerDeskOptions } from './ledger-desk.js';
import { LeakDesk } from './leak-desk.js';
import { NoveltyDesk, type NoveltyDeskOptions } from './novelty-desk.js';
import { NoveltyShare } from './novelty-share.js';
import type { WorkerReport } from './worker-member.js';

export interface DetectionOptions {
  readonly listeners: readonly string[];
  /** The policy in force; undefined: none is. */
  readonly policy: () => Policy | undefined;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** With whom the ledger is shared; `link` null: with nobody. `folder`: the state folder. */
export interface LedgerSharing {
  readonly link: RedisLink | null;
  readonly name: string;
  readonly folder: string;
}

/** How often `turn` is to be called. */
export const TURN_EVERY_MS = 10_000;

export class Detection {
  readonly leaks: LeakDesk;
  readonly #options: DetectionOptions;
  #novelty: NoveltyDesk | undefined;
  #ledger: LedgerDesk | undefined;
  #share: LedgerShare | undefined;
  #names: NoveltyShare | undefined;

  constructor(options: DetectionOptions) {
    this.#options = options;
    this.leaks = new LeakDesk(options);
  }

  /** Once there is somewhere to keep it and somebody to tell. `link` null: usual names are shared with nobody. */
  begin({
    link,
    ...more
  }: Pick<NoveltyDeskOptions, 'store' | 'quarantine'> & { readonly link: RedisLink | null }): void {
    const desk = new NoveltyDesk({ ...this.#options, ...more });
    this.#novelty = desk;
    if (link !== null) this.#names = new NoveltyShare({ ...this.#options, desk, link });
  }

  /** Before the workers: they count under its key. */
  openLedger(more: Pick<LedgerDeskOptions, 'files' | 'renew'>, sharing: LedgerSharing): LedgerDesk {
    const desk = new LedgerDesk({ ...this.#options, ...more });
    const { files } = more;
    const { link } = sharing;
    this.#ledger = desk;
    if (link === null || files === null) return desk;
    const adopt = desk.adopt.bind(desk);
    this.#share = new LedgerShare({ ...this.#options, ...sharing, link, files, key: () => desk.key, adopt });
    return desk;
  }

  /** Undefined before it was opened. */
  get ledger(): LedgerDesk | undefined {
    return this.#ledger;
  }

  hear(message: Exclude<WorkerReport, { readonly kind: 'counts' }>): void {
    switch (message.kind) {
      case 'leaks':
        this.leaks.take(message.cells);
        return this.#ledger?.takeLeaks(message.epoch, message.cells);
      case 'releases':
        return this.#ledger?.takeReleases(message.epoch, message.cells);
      case 'names':
        return this.#novelty?.take(message.seen);
      default:
        message satisfies never;
    }
  }

  turn(): void {
    this.#novelty?.turn();
    this.#ledger?.turn();
    void this.#share?.turn();
    void this.#names?.turn();
  }

  /**
   * Before the workers and once the others can be reached: resolves within a quarter of a second, with their key or without. What they know
   * of names is asked too, and is here before a worker first tells of any.
   */
  beginSharing(): Promise<void> {
    void this.#names?.turn();
    return this.#share?.begin() ?? Promise.resolve();
  }

  /** What is to be written is written when it returns; resolves within a second, with the others told of it or not. */
  close(): Promise<void> {
    this.#novelty?.close();
    this.#ledger?.close();
    return this.#share?.close() ?? Promise.resolve();
  }

  get gauges(): readonly PrimaryGauge[] {
    const leaks: PrimaryGauge = { name: 'headgate_network_leak_headers', labels: [], value: this.leaks.provenCount };
    return [leaks, ...(this.#novelty?.gauges ?? []), ...(this.#names?.gauges ?? [])];
  }

  /** Undefined before it began. */
  get headers(): HeadersAnswer | undefined {
    return this.#novelty?.answer;
  }
}
