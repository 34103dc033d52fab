// One Host of a stretch of time, as all its requests need it: what the policy releases to it, where it is, its connections.
// Found by the characters of the Host field; made once. INVARIANT: nothing connects to an address that was not judged, and a
// judgement is at most a second old.
import type { Route } from '../decision/plan-types.js';
import { ReleaseSpot } from '../ledger/release-notes.js';
import { type Authority, parseAuthority, renderAuthority } from '../names/authority.js';
import type { Release } from '../policy/ruleset.js';
import type { Destination } from './destination.js';
import type { Bucket, Pool } from './pool.js';
import type { Meter, Slot } from '../telemetry/meter.js';
import type { ByteRelease } from '../decision/byte-rules.js';
import { Expectation, Permission } from '../egress/expectation.js';
import type { Places } from './reach.js';
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
  /** Came as `text`. */
  readonly isCanonical: boolean;
  /** The Host field with its line end. */
  readonly line: Buffer;
  /** Of `release`, for the plan on bytes. */
  readonly byteRelease: ByteRelease;
  /** Where `byteRelease.rules` are counted, by number. */
  readonly releasedSlots: readonly Slot[];
  /** Where the ledger counts them, by number. */
  readonly releaseSpots: readonly ReleaseSpot[];
  /** Of all of them together; null: fewer than two. */
  readonly wholeRelease: ReleaseSpot | null;
  /** What may stand in a head for it: with what was released, and with nothing. Over TLS only verified connections exist. */
  readonly released: Expectation;
  readonly withheld: Expectation;
  readonly #places: Places;
  #judged: Destination | undefined;
  #judgedUntilMs = -Infinity;
  #bucket: Bucket | undefined;

  constructor(authority: Authority, sent: string, of: DestinationsOf, nowWallMs: number) {
    const { listener, as, places, stretch, meter } = of;
    const { host, kind, port } = authority;
    this.host = host;
    this.kind = kind;
    this.port = port;
    this.text = renderAuthority(authority, 80);
    this.stretch = stretch;
    this.#places = places;
    this.release = stretch.ruleset.release({
      listener: as,
      host,
      port,
      times: stretch.timesAt(nowWallMs),
      skewMs: stretch.skewMs,
    });
    const partner = this.release?.partner;
    this.route =
      partner?.transport === 'tls'
        ? { transport: 'tls', host, kind, port: partner.connect ?? 443 }
        : { transport: 'http', host, kind, port };
    this.isCanonical = this.text === sent;
    this.line = ownBytes(`Host: ${this.text}\r\n`);
    this.byteRelease = stretch.rules.releaseFor(this.release, host);
    this.releasedSlots = this.byteRelease.rules.map(({ label, form }) =>
      meter.slot('headgate_released_headers_total', [listener, partner?.id ?? '', label, form]),
    );
    const noted = { digest: stretch.ruleset.digest, listener, partner: partner?.id ?? '', host };
    const kinds = this.byteRelease.rules.map(({ header, form }) => ({ ...noted, header, form }));
    this.releaseSpots = kinds.map((kind) => new ReleaseSpot(kind));
    this.wholeRelease = kinds.length > 1 ? new ReleaseSpot(...kinds) : null;
    const { released, withheld } = permissionsOf(this.byteRelease, this.release);
    const authorityBytes = ownBytes(this.text);
    this.released = new Expectation(authorityBytes, released);
    this.withheld = new Expectation(authorityBytes, withheld);
  }

  /** What is known of its addresses without asking anybody; undefined: it has to be looked for, or may not be followed. */
  known(nowMs: number): Destination | undefined {
    if (nowMs < this.#judgedUntilMs) return this.#judged;
    this.#judged = undefined;
    const { resolver, judge } = this.#places;
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

/** In memory of its own: of Node's pool eight kibibytes would stay for a few bytes, as long as the destination is known. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(text.length);
  bytes.write(text, 'latin1');
  return bytes;
}

interface Permissions {
  readonly released: Permission;
  readonly withheld: Permission;
}

const PERMISSIONS = new WeakMap<ByteRelease, Permissions>();

/** One for all destinations with the same release. At a host with suppressions the plan on strings decides, and makes its own. */
function permissionsOf(byteRelease: ByteRelease, release: Release | undefined): Permissions {
  const known = PERMISSIONS.get(byteRelease);
  if (known !== undefined && !byteRelease.needsStrings) return known;
  const rules = [...(release?.rules.values() ?? [])];
  const common = { released: new Set(rules.map(({ key }) => key)), suppressed: new Set<string>() };
  const unchanged = new Set(rules.filter(({ form }) => form === 'unchanged').map(({ key }) => key));
  const made = {
    released: new Permission({ ...common, unchanged }),
    withheld: new Permission({ ...common, unchanged: new Set() }),
  };
  if (!byteRelease.needsStrings) PERMISSIONS.set(byteRelease, made);
  return made;
}

/** What destinations are made from. */
export interface DestinationsOf {
  readonly listener: string;
  /** The listener as which the policy judges it. */
  readonly as: string;
  /** Where its requests may go. */
  readonly places: Places;
  readonly stretch: Stretch;
  readonly meter: Meter;
}

/** Hosts that strangers name are without end. */
const MOST = 16_384;

/** The destinations of one listener in one stretch of time, by Host as sent; the one that was made first goes first. */
export class FastDestinations {
  readonly stretch: Stretch;
  /** Where the labels of `stretch.rules` are counted, by number. */
  readonly strippedSlots: readonly Slot[];
  readonly spoofedSlots: readonly Slot[];
  readonly #of: DestinationsOf;
  readonly #byText = new Map<string, FastDestination>();

  constructor(of: DestinationsOf) {
    const { stretch, listener, meter } = of;
    this.#of = of;
    this.stretch = stretch;
    const { labels } = stretch.rules;
    this.strippedSlots = labels.map((each) =>
      meter.slot('headgate_stripped_headers_total', [listener, each.label, each.class]),
    );
    this.spoofedSlots = labels.map(({ label }) => meter.slot('headgate_spoofed_headers_total', [listener, label]));
  }

  /** undefined: no authority. */
  get(text: string, nowWallMs: number): FastDestination | undefined {
    return this.#byText.get(text) ?? this.#make(text, nowWallMs);
  }

  #make(text: string, nowWallMs: number): FastDestination | undefined {
    const authority = parseAuthority(text, 80);
    if (authority === undefined) return undefined;
    const made = new FastDestination(authority, text, this.#of, nowWallMs);
    this.#byText.set(text, made);
    if (this.#byText.size > MOST) {
      const first = this.#byText.keys().next();
      if (first.done !== true) this.#byText.delete(first.value);
    }
    return made;
  }
}
