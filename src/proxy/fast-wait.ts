// A request's wait for a connection: it asks the resolver and the pool, and knows afterwards whether what it was given still
// leads where the request goes. Made only for a request that finds no idle connection.
import type { Route } from '../decision/plan-types.js';
import { connectionTo, destinationOf, isNoConnection, type NoConnection } from './connecting.js';
import type { FastShared } from './fast-shared.js';
import type { FastUpstream } from './fast-upstream.js';
import { areRoutesEqual } from './same-route.js';

/** How often a request is planned anew because the policy or the settings moved its route while it waited. */
const MOST_ROUTES = 8;

/** Who waits. Neither is called after `withdraw`. */
export interface Waiter {
  readonly client: { readonly listener: string };
  connected(upstream: FastUpstream): void;
  notConnected(why: NoConnection): void;
}

export class FastWait {
  /** In all. */
  waitedMs = 0;
  /** The retry's: a new connection to this address. */
  fresh: string | null = null;
  readonly #fast: FastShared;
  readonly #waiter: Waiter;
  #rounds = 0;
  #askedMs = 0;
  #abort: AbortController | null = null;
  /** Where the connection leads that was given last. */
  #leadsTo: { readonly route: Route; readonly port: number; readonly reach: object } | null = null;

  constructor(fast: FastShared, waiter: Waiter) {
    this.#fast = fast;
    this.#waiter = waiter;
  }

  get isOn(): boolean {
    return this.#abort !== null;
  }

  /** false: its route moved too often. `port`: the one asked for. */
  begin(route: Route, port: number): boolean {
    this.#rounds += 1;
    if (this.#rounds > MOST_ROUTES) return false;
    this.#askedMs = this.#fast.turn.nowMs;
    const abort = new AbortController();
    this.#abort = abort;
    this.#connect(route, port, abort).catch(() => this.#end(abort, { kind: 'refuse', code: 'internal' }));
    return true;
  }

  /** The asker is gone, or answered already. */
  withdraw(): void {
    const abort = this.#abort;
    this.#abort = null;
    abort?.abort();
  }

  /** Whether the connection that was given last still leads there; asked once. */
  leadsTo(route: Route, port: number): boolean {
    const leadsTo = this.#leadsTo;
    this.#leadsTo = null;
    if (leadsTo === null) return false;
    const { running } = this.#fast.shared;
    return leadsTo.reach === running.reach && leadsTo.port === port && areRoutesEqual(leadsTo.route, route);
  }

  /** A connection was given, and nobody has asked yet where it leads. */
  get isGiven(): boolean {
    return this.#leadsTo !== null;
  }

  async #connect(route: Route, port: number, abort: AbortController): Promise<void> {
    const { shared, connections, turn } = this.#fast;
    const { reach } = shared.running;
    const destination = await destinationOf(shared, route, { port, listener: this.#waiter.client.listener });
    if (this.#abort !== abort) return;
    if (isNoConnection(destination)) return this.#end(abort, destination);
    const fresh = this.fresh === null ? {} : { fresh: this.fresh };
    const ask = { maker: connections, destination, client: this.#waiter.client, signal: abort.signal, ...fresh };
    const connection = await connectionTo(shared, ask);
    if (isNoConnection(connection)) return this.#end(abort, connection);
    if (this.#abort !== abort) return shared.pool.release(connection);
    this.waitedMs += turn.nowMs - this.#askedMs;
    this.#abort = null;
    this.#leadsTo = { route, port, reach };
    this.#waiter.connected(connection);
  }

  #end(abort: AbortController, why: NoConnection): void {
    if (this.#abort !== abort) return;
    this.#abort = null;
    this.#waiter.notConnected(why);
  }
}
