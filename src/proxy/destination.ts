// The one value that is judged and connected to: transport, host, port and the addresses that passed.
// INVARIANT: nothing connects to an address that did not come from `judge` (test/wire: "the judged address is the one connected to").
import { networkInterfaces } from 'node:os';
import type { Route } from '../decision/plan-types.js';
import type { RefusalCode } from '../http/refusal.js';
import { type AddressSet, addressSetOf, contains } from '../names/address-set.js';
import { refusedRangeOf } from '../names/refused-range.js';
import type { Authorities } from './authorities.js';
import type { Resolution } from './resolver.js';
import type { DestinationSettings, ListenAddress } from './settings.js';

/** What the pool keys by and the dialer connects to. */
export interface Destination {
  readonly route: Route;
  /** Judged; in the order to try. */
  readonly addresses: readonly string[];
  readonly port: number;
  /** What a TLS connection to it is verified with. */
  readonly authorities: Authorities;
  /** Whose addresses these are: the host's own (empty), or a mirror's (its address and port). */
  readonly standIn: string;
}

export interface JudgeParts {
  /** Everything that this gateway itself listens on. */
  readonly own: readonly ListenAddress[];
  readonly authorities: Authorities;
  /** What stands in for every host. */
  readonly mirror?: ListenAddress | undefined;
}

export class DestinationJudge {
  readonly #permit: AddressSet;
  readonly #refusedPorts: ReadonlySet<number>;
  readonly #own: readonly ListenAddress[];
  readonly #authorities: Authorities;
  readonly #standIn: string;
  #interfaces: ReadonlySet<string> = new Set();
  #interfacesReadMs = -Infinity;

  constructor(settings: DestinationSettings, { own, authorities, mirror }: JudgeParts) {
    this.#permit = addressSetOf(settings.permit);
    this.#refusedPorts = new Set(settings.refusedPorts);
    this.#own = own;
    this.#authorities = authorities;
    this.#standIn = mirror === undefined ? '' : `${mirror.host} ${String(mirror.port)}`;
  }

  /** Before any name is looked up. */
  refusesPort(port: number): boolean {
    return this.#refusedPorts.has(port);
  }

  /** The addresses that may be connected to, or why there are none. A name with good and refused addresses keeps the good. */
  judge(route: Route, resolution: Resolution, nowMs: number): Destination | RefusalCode {
    const port = resolution.port ?? route.port;
    const allowed = resolution.addresses.filter(
      (address) => refusedRangeOf(address) === undefined || contains(this.#permit, address),
    );
    if (allowed.length === 0) return 'destination-address';
    const addresses = allowed.filter((address) => !this.#isOurs(address, port, nowMs));
    if (addresses.length === 0) return 'loop';
    return { route, addresses, port, authorities: this.#authorities, standIn: this.#standIn };
  }

  #isOurs(address: string, port: number, nowMs: number): boolean {
    return this.#own.some((own) => {
      if (own.port !== port) return false;
      if (own.host === '0.0.0.0' || own.host === '::') return this.#isLocal(address, nowMs);
      return own.host === address || contains(addressSetOf([own.host]), address);
    });
  }

  /** Whether an address is one of this machine's; the list is read again every 10 s, interfaces come and go. */
  #isLocal(address: string, nowMs: number): boolean {
    if (refusedRangeOf(address) === 'loopback') return true;
    if (nowMs - this.#interfacesReadMs > 10_000) {
      this.#interfacesReadMs = nowMs;
      this.#interfaces = new Set(
        Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address)),
      );
    }
    return this.#interfaces.has(address);
  }
}
