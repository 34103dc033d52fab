// What a decision takes and gives: plain data. The proxy acts on a plan and counts what it says; it never decides.
import type { Field, Framing } from '../http/message.js';
import type { RefusalCode } from '../http/refusal.js';
import type { Authority } from '../names/authority.js';
import type { Form, IdentityClass, Transport } from '../policy/policy.js';

/**
 * The switch that strips everything, now: `all`, or the ids of partners. Under `all` no identity header leaves, whoever asks:
 * watched names and names of low trust (but Via) are withheld too, no suppression holds, and what detectors find is
 * withheld. A partner among the ids receives what a stranger does, on its own route, and no suppression holds at its hosts.
 */
export type Lockdown = 'off' | 'all' | ReadonlySet<string>;

/** Everything that a decision depends on beside policy and head. */
export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The highest time ever seen; behind it by more than `skewMs`, a release must hold at both. */
  readonly highestMs: number;
  readonly skewMs: number;
  readonly listener: string;
  /** Whether this peer's identity headers are believed (the listener's `trust`). */
  readonly trusted: boolean;
  /** Folded names that nobody knows yet and that are withheld from strangers. */
  readonly quarantined: ReadonlySet<string>;
  readonly lockdown: Lockdown;
  /** Pseudonym keys by id; a release whose key is missing is withheld. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  /** Ports that CONNECT may name. */
  readonly connectPorts: readonly number[];
  /** Whether a `Via` member of ours is added. */
  readonly via: boolean;
  readonly limits: { readonly headBytes: number; readonly fields: number };
  /** Marks (`canaryMarkOf`) of canaries' numbers; absent: there are none. */
  readonly canaries?: ReadonlySet<string>;
  /** Absent: digests are always looked at and nothing is counted. */
  readonly tally?: DetectionTally;
}

/** What one worker may still spend on detection and what it left out: plain numbers that the decision changes and the caller keeps. */
export interface DetectionTally {
  /** Values over 4 KiB whose rest was not read: raised. */
  cutValues: number;
  /** Values with a run of a digest's length that may still be looked at; the caller sets it to 100 each second. Lowered. */
  digestValuesLeft: number;
  /** Such values beyond that: raised. */
  digestValuesSkipped: number;
  /** Identity values beyond the eight of a request that are looked for: raised. */
  needlesDropped: number;
}

export type Verdict = 'refused' | 'tunnelled' | 'released' | 'stripped' | 'untouched';

/** Where identity was found beside its own header. */
export type Place = 'field' | 'cookie' | 'referer' | 'target';

/**
 * `exact` = a needle of this request; `number` = one of ours by its shape; `hint` = by the name; `novelty` = a name in quarantine;
 * `canary` = a planted number; `egress` = the second look.
 */
export type DetectorName = 'exact' | 'number' | 'hint' | 'novelty' | 'canary' | 'egress';

/** `contained`: withheld before it left; `counted`: left, the policy says count; `escaped`: seen outside, which no plan can say. */
export type LeakOutcome = 'contained' | 'counted' | 'escaped';

/** What happened to identity in this request; label-ready, with no value in it. */
export interface Counts {
  /** `header`: the catalogue's or policy's label, else `other`. */
  readonly stripped: readonly { readonly header: string; readonly class: IdentityClass }[];
  /** `name`: as the recipient gets it. */
  readonly released: readonly {
    readonly partner: string;
    readonly header: string;
    readonly form: Form;
    readonly name: string;
  }[];
  readonly spoofed: readonly { readonly header: string }[];
  readonly ambiguous: readonly { readonly header: string }[];
  /** In fields, after the strip. */
  readonly leaked: readonly {
    readonly class: IdentityClass | 'unknown';
    readonly detector: DetectorName;
    readonly outcome: Exclude<LeakOutcome, 'escaped'>;
    /** The field's name as sent: for the log, never for a label. */
    readonly field: string;
  }[];
  /** In what belongs to the subscriber. */
  readonly seen: readonly { readonly place: Exclude<Place, 'field'>; readonly detector: DetectorName }[];
  /** Host disagreed with an absolute target: identity withheld. */
  readonly hostDisagrees: boolean;
  /** A `Connection` option named an identity header: ignored. */
  readonly nominated: number;
}

/** Where to connect, and what the egress check and TLS hold the connection to. */
export interface Route {
  readonly transport: Transport;
  readonly host: string;
  readonly kind: Authority['kind'];
  readonly port: number;
}

export interface Forward {
  readonly kind: 'forward';
  /** As asked, after canonicalisation: what the policy judged and what Host says. */
  readonly authority: Authority;
  readonly route: Route;
  readonly method: string;
  /** Origin-form or `*`, byte-identical to what came. */
  readonly path: string;
  /** Everything that leaves but framing and Connection; Host first. */
  readonly fields: readonly Field[];
  readonly framing: Exclude<Framing, { kind: 'close' }>;
  /** The client's version: 1xx are never relayed to 1.0. */
  readonly version: '1.0' | '1.1';
  readonly expectContinue: boolean;
  /** A valid WebSocket handshake: `Connection: Upgrade` and `Upgrade: websocket` are added by the writer. */
  readonly webSocketKey: string | null;
  readonly partner: string | null;
  readonly verdict: 'released' | 'stripped' | 'untouched';
  readonly counts: Counts;
  /** This request's identity values (never logged), for the second look. */
  readonly needles: readonly Needle[];
}

export interface Tunnel {
  readonly kind: 'tunnel';
  readonly authority: Authority;
  readonly verdict: 'tunnelled';
  readonly counts: Counts;
}

export interface Refuse {
  readonly kind: 'refuse';
  readonly code: RefusalCode;
  /** An answer we owe instead of an error: OPTIONS with `Max-Forwards: 0` gets 200 and Allow. */
  readonly local: 'options' | null;
  readonly verdict: 'refused';
}

export type Plan = Forward | Tunnel | Refuse;

/** An identity value of this very request, looked for elsewhere in it (docs/detection.md). */
export interface Needle {
  readonly kind: 'number' | 'token';
  /** Digits only for numbers (international, without `+` or `00`); tokens as sent, at most 64 characters. */
  readonly value: string;
  readonly class: IdentityClass;
  /** The key of the header it came from. */
  readonly key: string;
}
