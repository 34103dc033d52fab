// Which names are usual, shared with the other replicas: one that has learned tells them, one that learns takes them and has learned. Nothing
// waits for it. INVARIANT: what Redis says ends a learning or nothing (test/fuzz/told-names.test.ts); without it each goes on as it is.
import type { RedisLink } from '../fleet/redis-link.js';
import { readShared } from '../fleet/shared-text.js';
import { renderToldNames, TOLD_BYTES_MOST, TOLD_DAYS, toldNamesIn, withOwnNames } from '../fleet/told-names.js';
import type { Log } from '../telemetry/log.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { NoveltyDesk } from './novelty-desk.js';

export interface NoveltyShareOptions {
  readonly link: RedisLink;
  readonly desk: Pick<NoveltyDesk, 'learners' | 'namesToTell' | 'takeTold'>;
  readonly listeners: readonly string[];
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;

export class NoveltyShare {
  readonly #options: NoveltyShareOptions;
  /** Listeners whose key held something else when it was looked at last; the log has each. */
  readonly #odd = new Set<string>();
  #turnedMs = -Infinity;
  #work: Promise<void> | null = null;

  constructor(options: NoveltyShareOptions) {
    this.#options = options;
  }

  /** To be called every ten seconds or more often; nobody waits for what it gives, and it never rejects. */
  turn(): Promise<void> {
    const now = this.#options.clock();
    if (!this.#options.link.isUp) {
      this.#turnedMs = -Infinity;
      return Promise.resolve();
    }
    if (Math.abs(now - this.#turnedMs) < EVERY_MS) return this.#work ?? Promise.resolve();
    this.#turnedMs = now;
    this.#work ??= this.#exchange(Math.floor(now / DAY_MS)).finally(() => (this.#work = null));
    return this.#work;
  }

  get gauges(): readonly PrimaryGauge[] {
    return [{ name: 'headgate_fleet_odd_usual_names', labels: [], value: this.#odd.size }];
  }

  async #exchange(today: number): Promise<void> {
    const { listeners, log } = this.#options;
    try {
      for (const listener of listeners) await this.#exchangeOf(listener, today);
    } catch {
      log.error('fleet-defect', 'usual names were not exchanged with the other replicas', { cause: 'novelty' });
    }
  }

  async #exchangeOf(listener: string, today: number): Promise<void> {
    const { link, desk } = this.#options;
    const own = desk.namesToTell(listener);
    if (own === null && !desk.learners.has(listener)) return;
    const key = link.key('usual', listener);
    const read = await readShared(link, key, TOLD_BYTES_MOST);
    if (read.kind === 'failed') return;
    const isAbsent = read.kind === 'text' && read.text === '';
    const there = read.kind === 'text' && !isAbsent ? toldNamesIn(read.text, listener, today) : null;
    this.#note(listener, key, there === null && !isAbsent);
    if (own === null) {
      if (there !== null) desk.takeTold(listener, new Set(there.names.keys()));
      return;
    }
    const wanted = withOwnNames(there, own, today);
    if (wanted === null) return;
    await link.ask('SET', key, renderToldNames(listener, wanted), 'PX', TOLD_DAYS * DAY_MS);
  }

  /** Said once, until it was well again. */
  #note(listener: string, key: string, isOdd: boolean): void {
    if (isOdd === this.#odd.has(listener)) return;
    if (!isOdd) return void this.#odd.delete(listener);
    this.#odd.add(listener);
    this.#options.log.warn('fleet-odd', `the key \`${key}\` holds no usual names: it is not read`, {
      cause: 'novelty',
    });
  }
}
