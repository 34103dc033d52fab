// Upstream connections by what was judged: (host, transport, port, with TLS the authorities) and, on reuse, an address that is still judged good.
// Bounded in connections, waiting requests and time; a connection that an answer left in doubt never comes back.
import type { Meter } from '../telemetry/meter.js';
import { UpstreamConnection } from './connection.js';
import { monotonicMs } from './deadlines.js';
import type { Destination } from './destination.js';
import { dial, type DialOptions } from './dialer.js';
import type { Limits } from './settings.js';

/** No connection became free in time, or too many wait already. */
export class PoolFull extends Error {}

/** The asker went away. */
export class Withdrawn extends Error {}

export interface Ask {
  readonly destination: Destination;
  /** Who asks: connections that a login binds to it are its own. */
  readonly client: object;
  /** A new connection, to this address only (a retry) or to any (null); undefined: an idle one will do. */
  readonly fresh?: string | null;
  /** Aborted when the client goes away: it then leaves the queue. */
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly ask: Ask;
  readonly resolve: (connection: UpstreamConnection) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Bucket {
  open: number;
  readonly idle: UpstreamConnection[];
  readonly waiting: Waiter[];
}

const MAX_AGE_MS = 600_000;
/** Idle connections over all destinations; the oldest goes first. */
const MAX_IDLE = 2048;

export class Pool {
  readonly #limits: Limits;
  readonly #dialOptions: DialOptions;
  readonly #meter: Meter;
  readonly #buckets = new Map<string, Bucket>();
  readonly #idleOrder = new Set<UpstreamConnection>();
  readonly #open = new Set<UpstreamConnection>();
  readonly #bucketOf = new WeakMap<UpstreamConnection, { key: string; bucket: Bucket }>();

  constructor(limits: Limits, dialOptions: DialOptions, meter: Meter) {
    this.#limits = limits;
    this.#dialOptions = dialOptions;
    this.#meter = meter;
  }

  get counts(): { readonly open: number; readonly idle: number } {
    return { open: this.#open.size, idle: this.#idleOrder.size };
  }

  /** Rejects with UpstreamError, PoolFull or Withdrawn. */
  acquire(ask: Ask): Promise<UpstreamConnection> | UpstreamConnection {
    const { key, bucket } = this.#bucketFor(ask.destination);
    const idle = ask.fresh === undefined ? this.#takeIdle(bucket, ask) : undefined;
    if (idle !== undefined) return idle;
    if (bucket.open < this.#limits.perDestination) return this.#dial(key, bucket, ask);
    // Full of connections that others may not use: the oldest idle one makes room.
    const spare = bucket.idle[0];
    if (spare !== undefined) {
      this.discard(spare);
      return this.#dial(key, bucket, ask);
    }
    return this.#wait(bucket, ask);
  }

  /** After a whole answer on a connection in a known state. */
  release(connection: UpstreamConnection): void {
    const home = this.#bucketOf.get(connection);
    const nowMs = monotonicMs();
    if (home === undefined || !this.#isReusable(connection, nowMs)) return this.discard(connection);
    connection.rest(nowMs);
    const next = home.bucket.waiting.findIndex((waiter) => this.#fits(connection, waiter.ask));
    if (next >= 0) {
      const [waiter] = home.bucket.waiting.splice(next, 1);
      if (waiter !== undefined) {
        clearTimeout(waiter.timer);
        this.#meter.count('headgate_pool_total', ['reused']);
        return waiter.resolve(connection);
      }
    }
    home.bucket.idle.push(connection);
    this.#idleOrder.add(connection);
    const oldest = this.#idleOrder.size > MAX_IDLE ? this.#idleOrder.values().next() : undefined;
    if (oldest?.done === false) this.discard(oldest.value);
  }

  /** Closes it; whoever waits gets its place. */
  discard(connection: UpstreamConnection): void {
    connection.socket.destroy();
    this.#forget(connection);
  }

  /** A client went away: what is bound to it goes too. */
  dropOwned(client: object): void {
    for (const connection of this.#idleOrder) if (connection.owner === client) this.discard(connection);
  }

  /** Closes what has been idle too long or grew too old; called once a second. */
  sweep(nowMs: number): void {
    for (const connection of this.#idleOrder) {
      const isStale = nowMs - connection.idleSinceMs > this.#limits.idleTimeoutMs;
      if (isStale || nowMs - connection.bornMs > MAX_AGE_MS) this.discard(connection);
    }
  }

  close(): void {
    for (const { waiting } of this.#buckets.values()) for (const waiter of waiting) waiter.reject(new Withdrawn());
    for (const connection of this.#open) connection.socket.destroy();
  }

  #bucketFor(destination: Destination): { key: string; bucket: Bucket } {
    const { route, port, authorities } = destination;
    const verified = route.transport === 'tls' ? ` ${authorities.digest}` : '';
    const key = `${route.transport} ${route.host} ${String(port)}${verified}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { open: 0, idle: [], waiting: [] };
      this.#buckets.set(key, bucket);
    }
    return { key, bucket };
  }

  #isReusable(connection: UpstreamConnection, nowMs: number): boolean {
    const { socket } = connection;
    return !connection.isDirty && socket.writable && socket.readable && nowMs - connection.bornMs <= MAX_AGE_MS;
  }

  /** A connection bound to a client is for it alone, and a client that has one uses no other. */
  #fits(connection: UpstreamConnection, ask: Ask): boolean {
    if (ask.fresh !== undefined) return false;
    return (
      (connection.owner === null || connection.owner === ask.client) &&
      ask.destination.addresses.includes(connection.address)
    );
  }

  #takeIdle(bucket: Bucket, ask: Ask): UpstreamConnection | undefined {
    const nowMs = monotonicMs();
    for (const isOwn of [true, false]) {
      for (let i = bucket.idle.length - 1; i >= 0; i -= 1) {
        const connection = bucket.idle[i];
        if (connection === undefined || !this.#fits(connection, ask)) continue;
        if ((connection.owner !== null) !== isOwn) continue;
        if (!this.#isReusable(connection, nowMs)) {
          this.discard(connection);
          continue;
        }
        bucket.idle.splice(i, 1);
        this.#idleOrder.delete(connection);
        this.#meter.count('headgate_pool_total', ['reused']);
        return connection;
      }
    }
    return undefined;
  }

  async #dial(key: string, bucket: Bucket, ask: Ask): Promise<UpstreamConnection> {
    bucket.open += 1;
    const { fresh } = ask;
    // Judged again since: an address that is refused by now is not dialled, wherever the first try went.
    const isGood = typeof fresh === 'string' && ask.destination.addresses.includes(fresh);
    const destination = isGood ? { ...ask.destination, addresses: [fresh] } : ask.destination;
    let connection: UpstreamConnection;
    try {
      const { socket, address } = await dial(destination, this.#dialOptions);
      connection = new UpstreamConnection(socket, address, monotonicMs());
    } catch (error) {
      this.#meter.count('headgate_pool_total', ['failed']);
      this.#giveUp(key, bucket);
      throw error;
    }
    this.#bucketOf.set(connection, { key, bucket });
    this.#open.add(connection);
    this.#meter.count('headgate_pool_total', ['opened']);
    connection.socket.once('close', () => this.#forget(connection));
    if (ask.signal.aborted) {
      // The asker is gone; the connection is as good as new for the next one.
      this.release(connection);
      throw new Withdrawn();
    }
    return connection;
  }

  #wait(bucket: Bucket, ask: Ask): Promise<UpstreamConnection> {
    if (bucket.waiting.length >= this.#limits.waiting) return Promise.reject(new PoolFull());
    this.#meter.count('headgate_pool_total', ['waited']);
    return new Promise((resolve, reject) => {
      const leave = (error: Error): void => {
        const at = bucket.waiting.indexOf(waiter);
        if (at >= 0) bucket.waiting.splice(at, 1);
        clearTimeout(waiter.timer);
        reject(error);
      };
      const waiter: Waiter = {
        ask,
        resolve,
        reject: leave,
        timer: setTimeout(() => leave(new PoolFull()), this.#limits.waitTimeoutMs),
      };
      bucket.waiting.push(waiter);
      ask.signal.addEventListener('abort', () => leave(new Withdrawn()), { once: true });
    });
  }

  #forget(connection: UpstreamConnection): void {
    if (!this.#open.delete(connection)) return;
    this.#idleOrder.delete(connection);
    this.#meter.count('headgate_pool_total', ['closed']);
    const home = this.#bucketOf.get(connection);
    if (home === undefined) return;
    const at = home.bucket.idle.indexOf(connection);
    if (at >= 0) home.bucket.idle.splice(at, 1);
    this.#giveUp(home.key, home.bucket);
  }

  /** A place became free: the first that waits dials; an empty bucket goes. */
  #giveUp(key: string, bucket: Bucket): void {
    bucket.open -= 1;
    const waiter = bucket.waiting.shift();
    if (waiter !== undefined) {
      clearTimeout(waiter.timer);
      this.#dial(key, bucket, waiter.ask).then(waiter.resolve, waiter.reject);
    } else if (bucket.open === 0) {
      this.#buckets.delete(key);
    }
  }
}
