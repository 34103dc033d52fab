// The gated settings made fast to ask: who may connect, who is believed, where requests may go. Never changed; a swap puts another
// in its place. What did not change is taken over: the answers of DNS, and the certificate authorities.
import { type AddressSet, addressSetOf, contains } from '../names/address-set.js';
import { canonicalJson } from '../policy/canonical-json.js';
import type { Endpoint, ListenerTrust, RuntimeGated } from '../policy/runtime-gated.js';
import type { Meter } from '../telemetry/meter.js';
import { authoritiesOf, type Authorities } from './authorities.js';
import { DestinationJudge } from './destination.js';
import { Resolver } from './resolver.js';

export interface ReachParts {
  /** Everything that this gateway itself listens on; grows when listeners listen. */
  readonly own: readonly Endpoint[];
  readonly meter: Meter;
}

interface Peers {
  readonly allowed: AddressSet;
  readonly trusted: AddressSet | boolean;
}

function peersOf({ clients, trust }: ListenerTrust): Peers {
  return {
    allowed: addressSetOf(clients),
    trusted: typeof trust === 'string' ? trust === 'path' : addressSetOf(trust),
  };
}

export class Reach {
  readonly resolver: Resolver;
  readonly judge: DestinationJudge;
  readonly connectPorts: readonly number[];
  readonly skewMs: number;
  readonly #text: string;
  readonly #peers: ReadonlyMap<string, Peers>;
  readonly #authorities: Authorities;

  /** Throws on settings that were not validated; then what was before goes on. */
  private constructor(runtime: RuntimeGated, { own, meter }: ReachParts, text: string, before: Reach | undefined) {
    const { listeners, destinations, connectPorts, skewMs } = runtime;
    this.#text = text;
    this.#peers = new Map(listeners.map((listener) => [listener.name, peersOf(listener)]));
    this.#authorities = authoritiesOf(destinations.tls.ca, before === undefined ? undefined : before.#authorities);
    this.resolver = new Resolver(destinations, meter, before?.resolver);
    this.judge = new DestinationJudge(destinations, own, this.#authorities);
    this.connectPorts = connectPorts;
    this.skewMs = skewMs;
  }

  /** `before` itself where nothing changed: then nobody has to look again. */
  static of(runtime: RuntimeGated, parts: ReachParts, before?: Reach): Reach {
    const text = canonicalJson(runtime);
    return before !== undefined && before.#text === text ? before : new Reach(runtime, parts, text, before);
  }

  /** A listener that the settings do not name lets nobody connect and believes nobody. */
  peer(listener: string, address: string): { readonly isAllowed: boolean; readonly trusted: boolean } {
    const peers = this.#peers.get(listener);
    if (peers === undefined) return { isAllowed: false, trusted: false };
    const { allowed, trusted } = peers;
    return {
      isAllowed: contains(allowed, address),
      trusted: typeof trusted === 'boolean' ? trusted : contains(trusted, address),
    };
  }
}
