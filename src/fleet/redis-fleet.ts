// Replicas that share through a Redis: lockdowns by message and by a key that is looked at, statuses that expire, the highest generation.
// INVARIANT: what is found there locks down or informs; what is not found there changes nothing here, an empty Redis ends no lockdown
// (test/fleet/redis-fleet.test.ts). Every reading has a most length, whatever type it turns out to be.
import { randomBytes } from 'node:crypto';
import type { Log } from '../telemetry/log.js';
import type { Fleet, FleetParts, FleetView } from './fleet.js';
import { ordersIn, ORDERS_BYTES_MOST, renderOrders, type LockdownOrder } from './lockdown-orders.js';
import type { RedisLink } from './redis-link.js';
import { readShared } from './shared-text.js';
import { ReplicaTable } from './replica-table.js';
import type { ReplicaStatus } from './replica-status.js';

export interface RedisFleetOptions {
  readonly link: RedisLink;
  /** Of this replica. */
  readonly name: string;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Between two looks at the lockdowns: with the commands' own time this is within a second of the answer, without any message too. */
const LOOK_EVERY_MS = 400;
const STATUS_EVERY_MS = 2000;
/** Beyond fifty replicas each asks less often: a Redis has better things to do. */
const STATUS_EVERY_OF_EACH_MS = 40;
/** Orders that cannot be written are told again by message. */
const TELL_AGAIN_MS = 5000;
/** So long without a reading of the lockdowns, and it is cut off: a Redis that hangs, a Cluster without the node of our slot. */
const UNREAD_MOST_MS = 3000;
const PROBLEMS_SAID_MOST = 20;

export class RedisFleet implements Fleet {
  readonly #options: RedisFleetOptions;
  readonly #table: ReplicaTable;
  readonly #instance = randomBytes(8).toString('hex');
  readonly #said = new Set<string>();
  #parts: FleetParts | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beat = 0;
  #statusAtMs = -Infinity;
  #toldAtMs = -Infinity;
  #lastExchangeMs: number | null = null;
  #orderProblem: string | null = null;
  /** When the lockdowns were read last. */
  #readAtMs = -Infinity;
  #isClosed = false;

  constructor(options: RedisFleetOptions) {
    this.#options = options;
    const { link, name } = options;
    this.#table = new ReplicaTable({ link, name, instance: this.#instance });
  }

  async begin(parts: FleetParts, withinMs: number): Promise<void> {
    this.#parts = parts;
    const { link } = this.#options;
    link.hear(link.key('lockdown'), (message) => void this.#heard(ordersIn(message.slice(0, ORDERS_BYTES_MOST)) ?? []));
    const end = performance.now() + withinMs;
    while (this.#readAtMs === -Infinity && performance.now() < end) {
      if (link.isUp) await Promise.race([this.#exchangeOrders(), pause(end - performance.now())]);
      if (this.#readAtMs === -Infinity) await pause(Math.min(20, end - performance.now()));
    }
    this.#goOn();
  }

  async announce(): Promise<boolean> {
    const [isPublished, isWritten] = await Promise.all([this.#publish(), this.#exchangeOrders()]);
    return isPublished || isWritten;
  }

  get view(): FleetView {
    const { link } = this.#options;
    const own = this.#ownStatus();
    const problems = [link.problem, this.#orderProblem, ...this.#table.problems].filter((text) => text !== null);
    return {
      kind: 'redis',
      isConnected: link.isUp && performance.now() - this.#readAtMs < UNREAD_MOST_MS,
      problems,
      lastExchangeMs: this.#lastExchangeMs,
      replicas: this.#table.replicas(own),
      highestGeneration: Math.max(this.#table.highestGeneration, own?.generation ?? 0),
    };
  }

  /** The others forget it at once, where it is heard. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const { link } = this.#options;
    const own = this.#ownStatus();
    if (own === undefined || !link.isUp) return link.close();
    void this.#table.leave({ ...own, state: 'draining', beat: own.beat + 1 }).finally(() => link.close());
  }

  #ownStatus(): ReplicaStatus | undefined {
    if (this.#parts === undefined) return undefined;
    return { ...this.#parts.status(), name: this.#options.name, instance: this.#instance, beat: this.#beat };
  }

  #goOn(): void {
    if (this.#isClosed) return;
    // Replicas that began together do not ask together for long.
    const wait = LOOK_EVERY_MS * (0.9 + 0.1 * Math.random());
    this.#timer = setTimeout(() => void this.#turn().finally(() => this.#goOn()), wait).unref();
  }

  async #turn(): Promise<void> {
    try {
      if (!this.#options.link.isUp) return;
      const isDone = await this.#exchangeOrders();
      const now = performance.now();
      if (!isDone && now - this.#toldAtMs >= TELL_AGAIN_MS && (this.#parts?.orders().length ?? 0) > 0) {
        await this.#publish();
      }
      if (now - this.#statusAtMs >= Math.max(STATUS_EVERY_MS, STATUS_EVERY_OF_EACH_MS * this.#table.size)) {
        this.#statusAtMs = now;
        await this.#exchangeStatuses();
      }
      for (const problem of [this.#orderProblem, ...this.#table.problems]) this.#sayOnce(problem);
    } catch {
      this.#options.log.error('fleet-defect', 'an exchange with the other replicas failed', { cause: 'turn' });
    }
  }

  async #exchangeStatuses(): Promise<void> {
    this.#beat += 1;
    const own = this.#ownStatus();
    if (own !== undefined && (await this.#table.exchange(own))) this.#lastExchangeMs = this.#options.clock();
  }

  async #publish(): Promise<boolean> {
    const { link } = this.#options;
    this.#toldAtMs = performance.now();
    return (await link.ask('PUBLISH', link.key('lockdown'), renderOrders(this.#parts?.orders() ?? []))).ok;
  }

  async #heard(orders: readonly LockdownOrder[]): Promise<void> {
    try {
      if (orders.length > 0) await this.#parts?.hear(orders);
    } catch {
      this.#options.log.error('fleet-defect', 'a lockdown of another replica was not taken', { cause: 'hear' });
    }
  }

  /** Takes what the key says and writes what it lacks. True: it holds all of this replica's, and all of its are in force here. */
  async #exchangeOrders(): Promise<boolean> {
    const { link } = this.#options;
    const parts = this.#parts;
    if (parts === undefined) return false;
    const read = await readShared(link, link.key('lockdown'), ORDERS_BYTES_MOST);
    if (read.kind === 'failed') return false;
    const there = read.kind === 'text' ? ordersIn(read.text) : null;
    this.#orderProblem =
      there === null ? `the key \`${link.key('lockdown')}\` holds no lockdowns: it is not read` : null;
    await this.#heard(there ?? []);
    this.#readAtMs = performance.now();
    const wanted = wantedOrders(there ?? [], parts, this.#table.heldElsewhere);
    if (wanted === null) return true;
    const text = renderOrders(wanted);
    if (Buffer.byteLength(text) > ORDERS_BYTES_MOST) return false;
    return (await link.ask('SET', link.key('lockdown'), text)).ok;
  }

  #sayOnce(problem: string | null): void {
    if (problem === null || this.#said.has(problem) || this.#said.size >= PROBLEMS_SAID_MOST) return;
    this.#said.add(problem);
    this.#options.log.warn('fleet-odd', problem, { cause: 'fleet' });
  }
}

/**
 * What the key is to hold: what it holds and this replica's own, without what was ended here and nobody else holds. Null: that is what it
 * holds.
 */
function wantedOrders(
  there: readonly LockdownOrder[],
  { orders, ended }: FleetParts,
  heldElsewhere: ReadonlySet<string>,
): readonly LockdownOrder[] | null {
  const over = ended();
  const left = there.filter(({ id }) => !over.has(id) || heldElsewhere.has(id));
  const known = new Set(left.map(({ id }) => id));
  const lacking = orders().filter(({ id }) => !known.has(id));
  return lacking.length === 0 && left.length === there.length ? null : [...left, ...lacking];
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), Math.max(0, ms)).unref());
}
