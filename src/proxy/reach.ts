// The gated settings made fast to ask: who may connect, who is believed, where requests may go. Never changed; a swap puts another
// in its place. What did not change is taken over: the answers of DNS, and the certificate authorities.
import { type AddressSet, addressSetOf, contains } from '../names/address-set.js';
import { canonicalJson } from '../policy/canonical-json.js';
import type { Endpoint, ListenerKind, ListenerTrust, RuntimeGated } from '../policy/runtime-gated.js';
import type { Meter } from '../telemetry/meter.js';
import { authoritiesOf, type Authorities } from './authorities.js';
import { DestinationJudge } from './destination.js';
import { Resolver } from './resolver.js';
import type { DestinationSettings } from './settings.js';

export interface ReachParts {
  /** Everything that this gateway itself listens on; grows when listeners listen. */
  readonly own: readonly Endpoint[];
  readonly meter: Meter;
}

interface Peers {
  readonly allowed: AddressSet;
  readonly trusted: AddressSet | boolean;
  readonly as: string | undefined;
  readonly kind: ListenerKind;
}

/** How a host becomes addresses, and which of them may be connected to. */
export interface Places {
  readonly resolver: Resolver;
  readonly judge: DestinationJudge;
}

function peersOf({ clients, trust, as, kind = 'http' }: ListenerTrust): Peers {
  return {
    as,
    kind,
    allowed: addressSetOf(clients),
    trusted: typeof trust === 'string' ? trust === 'path' : addressSetOf(trust),
  };
}

/** Every host is the mirror, which may lie where nobody else may go. */
function onlyTo(mirror: Endpoint, destinations: DestinationSettings): DestinationSettings {
  const permit = [`${mirror.host}/${mirror.host.includes(':') ? 128 : 32}`];
  return { ...destinations, hosts: {}, default: mirror, permit };
}

export class Reach implements Places {
  /** Of listeners without a mirror. */
  readonly resolver: Resolver;
  readonly judge: DestinationJudge;
  readonly connectPorts: readonly number[];
  readonly skewMs: number;
  /** As `Circumstances.canaries`. */
  readonly canaries: ReadonlySet<string> | undefined;
  readonly #text: string;
  readonly #peers: ReadonlyMap<string, Peers>;
  readonly #authorities: Authorities;
  /** Of the listeners that have a mirror: theirs alone. */
  readonly #mirrors: ReadonlyMap<string, Places>;

  /** Throws on settings that were not validated; then what was before goes on. */
  private constructor(runtime: RuntimeGated, { own, meter }: ReachParts, text: string, before: Reach | undefined) {
    const { listeners, destinations, connectPorts, skewMs } = runtime;
    this.#text = text;
    this.#peers = new Map(listeners.map((listener) => [listener.name, peersOf(listener)]));
    this.#authorities = authoritiesOf(destinations.tls.ca, before === undefined ? undefined : before.#authorities);
    const placesIn = (settings: DestinationSettings, mirror?: Endpoint): Places => ({
      resolver: new Resolver(settings, meter, before?.resolver),
      judge: new DestinationJudge(settings, { own, authorities: this.#authorities, mirror }),
    });
    ({ resolver: this.resolver, judge: this.judge } = placesIn(destinations));
    this.#mirrors = new Map(
      listeners.flatMap(({ name, mirror }) =>
        mirror === undefined ? [] : [[name, placesIn(onlyTo(mirror, destinations), mirror)]],
      ),
    );
    this.canaries = runtime.canaries === undefined ? undefined : new Set(runtime.canaries);
    this.connectPorts = connectPorts;
    this.skewMs = skewMs;
  }

  /** `before` itself where nothing changed: then nobody has to look again. */
  static of(runtime: RuntimeGated, parts: ReachParts, before?: Reach): Reach {
    const text = canonicalJson(runtime);
    return before !== undefined && before.#text === text ? before : new Reach(runtime, parts, text, before);
  }

  /** Where requests of a listener may go. INVARIANT: a mirror is where its own listener's go, and nobody else's (test/wire/mirror.test.ts). */
  placesFor(listener: string): Places {
    return this.#mirrors.get(listener) ?? this;
  }

  /** The listener as which the policy judges requests of a listener; one that the settings do not name: itself. */
  judgedAs(listener: string): string {
    return this.#peers.get(listener)?.as ?? listener;
  }

  /** What connections of a listener begin with; one that the settings do not name: a request, which is then refused. */
  kindOf(listener: string): ListenerKind {
    return this.#peers.get(listener)?.kind ?? 'http';
  }

  /** A listener that the settings do not name lets nobody connect and believes nobody. */
  peer(
    listener: string,
    address: string,
  ): { readonly isAllowed: boolean; readonly trusted: boolean; readonly as: string | undefined } {
    const peers = this.#peers.get(listener);
    if (peers === undefined) return { isAllowed: false, trusted: false, as: undefined };
    const { allowed, trusted, as } = peers;
    return {
      as,
      isAllowed: contains(allowed, address),
      trusted: typeof trusted === 'boolean' ? trusted : contains(trusted, address),
    };
  }
}
