// One Host of a stretch of time, as all its requests need it: what the policy releases to it, where it is, its connections.
// Found by the characters of the Host field; made once. INVARIANT: nothing connects to an address that was not judged, and a
// judgement is at most a second old.
import type { Route } from '../decision/plan-types.js';
import { type Authority, parseAuthority, renderAuthority } from '../names/authority.js';
import type { Release } from '../policy/ruleset.js';
import type { Destination } from './destination.js';
import type { Bucket, Pool } from './pool.js';
import type { Stretch } from './stretch.js';

/** How long a judged address is not looked at again. */
const JUDGED_MS = 1000;

export class FastDestination implements Authority {
  readonly host: string;
  readonly kind: Authority['kind'];
  readonly port: number;
  /** The canonical Host. */
  readonly text: string;
  readonly stretch: Stretch;
  readonly release: Release | undefined;
  readonly route: Route;
  #judged: Destination | undefined;
  #judgedUntilMs = -Infinity;
  #bucket: Bucket | undefined;

  constructor(authority: Authority, listener: string, stretch: Stretch, nowWallMs: number) {
    const { host, kind, port } = authority;
    this.host = host;
    this.kind = kind;
    this.port = port;
    this.text = renderAuthority(authority, 80);
    this.stretch = stretch;
    this.release = stretch.ruleset.release({ listener, host, port, times: stretch.timesAt(nowWallMs), skewMs: stretch.skewMs });
    const partner = this.release?.partner;
    this.route =
      partner?.transport === 'tls'
        ? { transport: 'tls', host, kind, port: partner.connect ?? 443 }
        : { transport: 'http', host, kind, port };
  }

  /** What is known of its addresses without asking anybody; undefined: it has to be looked for, or may not be followed. */
  known(nowMs: number): Destination | undefined {
    if (nowMs < this.#judgedUntilMs) return this.#judged;
    this.#judged = undefined;
    const { resolver, judge } = this.stretch.reach;
    const { route, port } = this;
    if (judge.refusesPort(port) || judge.refusesPort(route.port)) return undefined;
    const known =
      route.kind === 'name'
        ? resolver.known(route.host, nowMs)
        : { resolution: resolver.fixed(route.host) ?? { addresses: [route.host], port: null }, expiresMs: Infinity };
    if (known === undefined) return undefined;
    const judged = judge.judge(route, known.resolution, nowMs);
    if (typeof judged === 'string') return undefined;
    this.#judged = judged;
    this.#judgedUntilMs = Math.min(nowMs + JUDGED_MS, known.expiresMs);
    return judged;
  }

  /** Its connections: of `known`. */
  bucket(pool: Pool, judged: Destination): Bucket {
    if (this.#bucket === undefined || this.#bucket.isGone) this.#bucket = pool.bucketFor(judged);
    return this.#bucket;
  }
}

/** Hosts that strangers name are without end. */
const MOST = 16_384;

/** The destinations of one listener in one stretch of time, by Host as sent; the one that was made first goes first. */
export class FastDestinations {
  readonly stretch: Stretch;
  readonly #listener: string;
  readonly #byText = new Map<string, FastDestination>();

  constructor(stretch: Stretch, listener: string) {
    this.stretch = stretch;
    this.#listener = listener;
  }

  /** undefined: no authority. */
  get(text: string, nowWallMs: number): FastDestination | undefined {
    return this.#byText.get(text) ?? this.#make(text, nowWallMs);
  }

  #make(text: string, nowWallMs: number): FastDestination | undefined {
    const authority = parseAuthority(text, 80);
    if (authority === undefined) return undefined;
    const made = new FastDestination(authority, this.#listener, this.stretch, nowWallMs);
    this.#byText.set(text, made);
    if (this.#byText.size > MOST) {
      const first = this.#byText.keys().next();
      if (first.done !== true) this.#byText.delete(first.value);
    }
    return made;
  }
}
