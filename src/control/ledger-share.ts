// Brings this replica's own ledger to Redis: the day that runs every minute, days before it once, and all again after Redis lost them. Reads
// what lies on the disk, so that a Redis that is away for a week costs nothing; and agrees with the others on the key of the epoch.
import { shareDay, sharedUntil } from '../fleet/redis-ledger.js';
import { sharedKeyOf } from '../fleet/ledger-epoch-key.js';
import type { RedisLink } from '../fleet/redis-link.js';
import type { Log } from '../telemetry/log.js';
import type { LedgerKey } from '../proxy/lookout.js';
import { dayOf, type LedgerFiles } from './ledger-files.js';
import { FolderLedger } from './ledger-reader.js';

export interface LedgerShareOptions {
  readonly link: RedisLink;
  /** Of this replica. */
  readonly name: string;
  readonly files: LedgerFiles;
  /** The state folder. */
  readonly folder: string;
  readonly key: () => LedgerKey;
  /** Another one from now on. */
  readonly adopt: (key: LedgerKey) => void;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;
/** Days before the running one that one turn brings. */
const DAYS_A_TURN = 4;
/** Between two keys that are taken over: a Redis that somebody plays with makes few epochs. */
const ADOPT_EVERY_MS = DAY_MS;
/** As much as a start and an end wait for Redis. */
const BEGUN_WITHIN_MS = 250;
const ENDED_WITHIN_MS = 1000;

export class LedgerShare {
  readonly #options: LedgerShareOptions;
  /** Days that Redis was seen to have, since it was last away. */
  #had = new Set<string>();
  #turnedMs = -Infinity;
  #adoptedMs = -Infinity;
  #isSaid = false;
  #isUntold = false;
  /** The day that this one wrote last. */
  #wrote = '';
  #work: Promise<void> | null = null;

  constructor(options: LedgerShareOptions) {
    this.#options = options;
  }

  /** Before anybody counts: under the key of the others from the first one on, where Redis says it in time. */
  begin(): Promise<void> {
    if (!this.#options.link.isUp) return Promise.resolve();
    return inTime(this.#agree(this.#options.clock()), BEGUN_WITHIN_MS);
  }

  /** After the last was written: what this replica has of the day, and that nothing more is to come, where Redis takes it in time. */
  close(): Promise<void> {
    if (!this.#options.link.isUp) return Promise.resolve();
    const today = dayOf(this.#options.clock());
    const last = async (): Promise<void> => {
      await this.#work;
      await this.#bring(today, true);
      await this.#bringBefore(today);
    };
    return inTime(last(), ENDED_WITHIN_MS);
  }

  /** To be called every ten seconds or more often; nobody waits for what it gives. */
  turn(): Promise<void> {
    const now = this.#options.clock();
    if (!this.#options.link.isUp) {
      this.#had.clear();
      this.#turnedMs = -Infinity;
      return Promise.resolve();
    }
    if (Math.abs(now - this.#turnedMs) < EVERY_MS) return this.#work ?? Promise.resolve();
    this.#turnedMs = now;
    this.#work ??= this.#share(now)
      .catch(() => undefined)
      .finally(() => (this.#work = null));
    return this.#work;
  }

  async #share(now: number): Promise<void> {
    await this.#agree(now);
    const today = dayOf(now);
    this.#sayUntold((await this.#bring(today)) === true);
    await this.#bringBefore(today);
  }

  async #bringBefore(today: string): Promise<void> {
    const before = this.#options.files.days().filter(({ day }) => day < today && !this.#had.has(day));
    for (const { day } of before.reverse().slice(0, DAYS_A_TURN)) {
      if ((await this.#bring(day)) === true) this.#had.add(day);
    }
  }

  /** Once for each time. */
  #sayUntold(isTold: boolean): void {
    if (!isTold && !this.#isUntold) {
      this.#options.log.warn(
        'ledger-untold',
        'Redis does not take the ledger of this replica: it is tried again every minute',
        {
          cause: 'redis',
        },
      );
    }
    this.#isUntold = !isTold;
  }

  async #agree(now: number): Promise<void> {
    const { link, key, adopt, log } = this.#options;
    const own = key();
    const shared = await sharedKeyOf(link, own, now);
    if (shared === undefined) {
      if (!this.#isSaid) {
        log.warn(
          'ledger-apart',
          'the key of the ledger cannot be shared: subscribers of replicas may be counted twice',
          {
            epoch: own.epoch,
          },
        );
      }
      this.#isSaid = true;
      return;
    }
    this.#isSaid = false;
    const isSame = shared.epoch === own.epoch && Buffer.from(shared.key).equals(Buffer.from(own.key));
    if (isSame || Math.abs(now - this.#adoptedMs) < ADOPT_EVERY_MS) return;
    this.#adoptedMs = now;
    adopt(shared);
    log.info('ledger-epoch', 'the ledger counts under the key that the replicas share', { epoch: shared.epoch });
  }

  /** True: Redis has that day as it is here. `isOver`: it ends. */
  async #bring(day: string, isOver = false): Promise<boolean | undefined> {
    const { link, name, folder } = this.#options;
    const begins = Date.parse(day);
    const reading = await new FolderLedger(folder).read({ from: begins, until: begins + DAY_MS });
    const from = Math.max(begins, reading.keptFrom ?? begins);
    const until = Math.min(begins + DAY_MS, reading.keptUntil ?? begins);
    const there = await sharedUntil(link, name, day);
    if (there === undefined) return undefined;
    // What was here is gone, and so may be all the days before.
    if (there === null && day === this.#wrote) this.#had.clear();
    if (there !== null && there >= until && !isOver) return true;
    const { releases, leaks, gaps } = reading;
    this.#wrote = day;
    return shareDay(link, name, { day, from, until, isOver, gaps, releases, leaks });
  }
}

/** Settles with the work or without it. */
async function inTime(work: Promise<unknown>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
  await Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
