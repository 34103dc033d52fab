// What the primary knows of leaks and of names that nobody knows: one place for whatever workers report of either.
import type { Policy } from '../policy/policy.js';
import type { Log } from '../telemetry/log.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { HeadersAnswer } from './admin-actions.js';
import { LeakDesk } from './leak-desk.js';
import { NoveltyDesk, type NoveltyDeskOptions } from './novelty-desk.js';
import type { WorkerReport } from './worker-member.js';

export interface DetectionOptions {
  readonly listeners: readonly string[];
  /** The policy in force; undefined: none is. */
  readonly policy: () => Policy | undefined;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** How often `turn` is to be called. */
export const TURN_EVERY_MS = 10_000;

export class Detection {
  readonly leaks: LeakDesk;
  readonly #options: DetectionOptions;
  #novelty: NoveltyDesk | undefined;

  constructor(options: DetectionOptions) {
    this.#options = options;
    this.leaks = new LeakDesk(options);
  }

  /** Once there is somewhere to keep it and somebody to tell. */
  begin(more: Pick<NoveltyDeskOptions, 'store' | 'quarantine'>): void {
    this.#novelty = new NoveltyDesk({ ...this.#options, ...more });
  }

  hear(message: Exclude<WorkerReport, { readonly kind: 'counts' }>): void {
    if (message.kind === 'leaks') this.leaks.take(message.cells);
    else this.#novelty?.take(message.seen);
  }

  turn(): void {
    this.#novelty?.turn();
  }

  close(): void {
    this.#novelty?.close();
  }

  get gauges(): readonly PrimaryGauge[] {
    const leaks: PrimaryGauge = { name: 'headgate_network_leak_headers', labels: [], value: this.leaks.provenCount };
    return [leaks, ...(this.#novelty?.gauges ?? [])];
  }

  /** Undefined before it began. */
  get headers(): HeadersAnswer | undefined {
    return this.#novelty?.answer;
  }
}
