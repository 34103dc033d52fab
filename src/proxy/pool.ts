// Upstream connections by what was judged: (host, transport, port, with TLS the authorities, the mirror where one stands in) and, on
// reuse, an address that is still judged good. INVARIANT: a name alone is no key: its mirror's are apart (test/wire/mirror.test.ts).
// Bounded in connections, waiting requests and time; a connection that an answer left in doubt never comes back.
import type { Socket } from 'node:net';
import type { Meter } from '../telemetry/meter.js';
import { monotonicMs } from './deadlines.js';
import type { Destination } from './destination.js';
import { dial, type DialOptions } from './dialer.js';
import { IdleOrder, type IdleEntry } from './idle-order.js';
import type { Limits } from './settings.js';
import type { Tap } from './tap.js';

/** No connection became free in time, or too many wait already. */
export class PoolFull extends Error {}

/** The asker went away. */
export class Withdrawn extends Error {}

/** A connection to a destination, as the pool sees it. Only the path that opened it can use it: each reads in its own way. */
export interface Pooled extends IdleEntry {
  readonly kind: 'fast' | 'slow';
  readonly socket: Socket;
  readonly address: string;
  readonly bornMs: number;
  /** The client that alone may use it (NTLM and Negotiate log in the connection); null: anybody's. */
  owner: object | null;
  /** Open both ways, and in a known state: it may carry another request. */
  readonly isUsable: boolean;
  readonly idleSinceMs: number;
  /** Where it belongs; null once it was given up. The pool's own. */
  bucket: Bucket | null;
  /** Idle from now on: any byte that comes makes it dirty. */
  rest(nowMs: number): void;
}

/** How a path makes a connection of a socket that is connected. `tap`: as the maker asked for it. */
export interface Maker<C extends Pooled = Pooled> {
  readonly kind: C['kind'];
  /** Reads plain connections through a Tap. */
  readonly isTapped: boolean;
  make(socket: Socket, address: string, nowMs: number, tap: Tap | null): C;
}

export interface Ask<C extends Pooled = Pooled> {
  readonly maker: Maker<C>;
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
  readonly resolve: (connection: Pooled) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** The connections of one destination, of both paths. */
export interface Bucket {
  readonly key: string;
  open: number;
  readonly idle: Pooled[];
  readonly waiting: Waiter[];
  /** The pool has forgotten it. */
  isGone: boolean;
}

const MAX_AGE_MS = 600_000;
/** Idle connections over all destinations; the oldest goes first. */
const MAX_IDLE = 2048;

export class Pool {
  readonly #limits: Limits;
  readonly #dialOptions: DialOptions;
  readonly #meter: Meter;
  readonly #reused: number;
  readonly #buckets = new Map<string, Bucket>();
  readonly #idleOrder = new IdleOrder<Pooled>();
  readonly #open = new Set<Pooled>();
  /** Connections that a login bound: while there is none, nobody looks for them. */
  #owned = 0;

  constructor(limits: Limits, dialOptions: DialOptions, meter: Meter) {
    this.#limits = limits;
    this.#dialOptions = dialOptions;
    this.#meter = meter;
    this.#reused = meter.slot('headgate_pool_total', ['reused']);
  }

  get counts(): { readonly open: number; readonly idle: number } {
    return { open: this.#open.size, idle: this.#idleOrder.size };
  }

  /** Where a destination's connections are; kept by callers until `isGone`. */
  bucketFor(destination: Destination): Bucket {
    const { route, port, authorities, standIn } = destination;
    const verified = route.transport === 'tls' ? ` ${authorities.digest}` : '';
    const key = `${route.transport} ${route.host} ${String(port)}${verified} ${standIn}`;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { key, open: 0, idle: [], waiting: [], isGone: false };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  /** An idle connection that the asker may use, at once; undefined: there is none, `acquire` finds one. */
  takeIdle<C extends Pooled>(bucket: Bucket, ask: Omit<Ask<C>, 'signal'>, nowMs: number): C | undefined {
    return this.#takeIdle(bucket, ask, nowMs) as C | undefined;
  }

  /** Rejects with UpstreamError, PoolFull or Withdrawn. */
  acquire<C extends Pooled>(ask: Ask<C>): Promise<C> | C {
    return this.#acquire(ask) as Promise<C> | C;
  }

  #acquire(ask: Ask): Promise<Pooled> | Pooled {
    const bucket = this.bucketFor(ask.destination);
    const idle = ask.fresh === undefined ? this.#takeIdle(bucket, ask, monotonicMs()) : undefined;
    if (idle !== undefined) return idle;
    if (bucket.open < this.#limits.perDestination) return this.#dial(bucket, ask);
    // Full of connections that others may not use: the oldest idle one makes room.
    const spare = bucket.idle[0];
    if (spare !== undefined) {
      this.discard(spare);
      return this.#dial(this.bucketFor(ask.destination), ask);
    }
    return this.#wait(bucket, ask);
  }

  /** After a whole answer on a connection in a known state. */
  release(connection: Pooled, nowMs = monotonicMs()): void {
    const { bucket } = connection;
    if (bucket === null || !this.#isReusable(connection, nowMs)) return this.discard(connection);
    connection.rest(nowMs);
    if (bucket.waiting.length > 0 && this.#passOn(connection, bucket)) return;
    bucket.idle.push(connection);
    this.#idleOrder.add(connection);
    if (this.#idleOrder.size > MAX_IDLE && this.#idleOrder.oldest !== null) this.discard(this.#idleOrder.oldest);
  }

  /** To the first that waits and may use it; if nobody may, its place goes to the first who waits. */
  #passOn(connection: Pooled, bucket: Bucket): boolean {
    const next = bucket.waiting.findIndex((waiter) => fits(connection, waiter.ask));
    const [waiter] = next < 0 ? [] : bucket.waiting.splice(next, 1);
    if (waiter === undefined) {
      this.discard(connection);
      return true;
    }
    clearTimeout(waiter.timer);
    this.#meter.count('headgate_pool_total', ['reused']);
    waiter.resolve(connection);
    return true;
  }

  /** Closes it; whoever waits gets its place. */
  discard(connection: Pooled): void {
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

  #isReusable(connection: Pooled, nowMs: number): boolean {
    return connection.isUsable && nowMs - connection.bornMs <= MAX_AGE_MS;
  }

  /** A connection that is bound to the asker before one that is anybody's: a login would be lost otherwise. */
  #takeIdle(bucket: Bucket, ask: Omit<Ask, 'signal'>, nowMs: number): Pooled | undefined {
    const { idle } = bucket;
    let found = -1;
    for (let i = idle.length - 1; i >= 0; i -= 1) {
      const connection = idle[i];
      if (connection === undefined || !fits(connection, ask)) continue;
      if (!this.#isReusable(connection, nowMs)) {
        this.discard(connection);
        // That may close others: from the end again.
        return this.#takeIdle(bucket, ask, nowMs);
      }
      if (found < 0 || connection.owner !== null) found = i;
      if (this.#owned === 0 || connection.owner !== null) break;
    }
    const connection = idle[found];
    if (connection === undefined) return undefined;
    if (found === idle.length - 1) idle.pop();
    else idle.splice(found, 1);
    this.#idleOrder.remove(connection);
    this.#meter.add(this.#reused, 1);
    return connection;
  }

  /** From now on for this client alone. */
  bind(connection: Pooled, client: object): void {
    connection.owner = client;
    this.#owned += 1;
  }

  async #dial(bucket: Bucket, ask: Ask): Promise<Pooled> {
    bucket.open += 1;
    const { fresh, maker } = ask;
    // Judged again since: an address that is refused by now is not dialled, wherever the first try went.
    const isGood = typeof fresh === 'string' && ask.destination.addresses.includes(fresh);
    const destination = isGood ? { ...ask.destination, addresses: [fresh] } : ask.destination;
    let connection: Pooled;
    try {
      const { socket, address, tap } = await dial(destination, this.#dialOptions, maker.isTapped);
      connection = maker.make(socket, address, monotonicMs(), tap);
    } catch (error) {
      this.#meter.count('headgate_pool_total', ['failed']);
      this.#giveUp(bucket);
      throw error;
    }
    connection.bucket = bucket;
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

  #wait(bucket: Bucket, ask: Ask): Promise<Pooled> {
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

  #forget(connection: Pooled): void {
    if (!this.#open.delete(connection)) return;
    this.#meter.count('headgate_pool_total', ['closed']);
    const { bucket } = connection;
    connection.bucket = null;
    if (connection.owner !== null) this.#owned -= 1;
    if (bucket === null) return;
    const at = bucket.idle.indexOf(connection);
    if (at >= 0) {
      bucket.idle.splice(at, 1);
      this.#idleOrder.remove(connection);
    }
    this.#giveUp(bucket);
  }

  /** A place became free: the first that waits dials; an empty bucket goes. */
  #giveUp(bucket: Bucket): void {
    bucket.open -= 1;
    const waiter = bucket.waiting.shift();
    if (waiter !== undefined) {
      clearTimeout(waiter.timer);
      this.#dial(bucket, waiter.ask).then(waiter.resolve, waiter.reject);
    } else if (bucket.open === 0) {
      bucket.isGone = true;
      this.#buckets.delete(bucket.key);
    }
  }
}

/** A connection bound to a client is for it alone, and a client that has one uses no other. */
function fits(connection: Pooled, ask: Omit<Ask, 'signal'>): boolean {
  return (
    ask.fresh === undefined &&
    connection.kind === ask.maker.kind &&
    (connection.owner === null || connection.owner === ask.client) &&
    (ask.destination.addresses[0] === connection.address || ask.destination.addresses.includes(connection.address))
  );
}
