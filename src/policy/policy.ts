// The policy as a value: plain, frozen, JSON-safe data. It says what may be released; it knows no file, line or clock.

/** What a header carries. `address` is X-Forwarded-For and its kin: stripped for strangers, released only by name. */
export type IdentityClass = 'msisdn' | 'imsi_imei' | 'token' | 'network' | 'location' | 'address';

/** How a value is released; ordered none < pseudonym < unchanged. */
export type Form = 'pseudonym' | 'unchanged';

export type Transport = 'http' | 'tls';

/** `exact`: the host itself; `one`: `*.host`, exactly one label more; `any`: `**.host`, one or more labels more. */
export interface HostPattern {
  readonly kind: 'exact' | 'one' | 'any';
  /** Canonical: lower case, A-labels, no trailing dot; an IP literal as `names/` writes it. */
  readonly host: string;
}

/** Half-open in milliseconds since the epoch; null: unbounded on that side. */
export interface Period {
  readonly from: number | null;
  readonly until: number | null;
}

export interface ReleaseRule {
  /** The key of the header's name (`names/key.ts`). */
  readonly key: string;
  /** The spelling that the partner receives. */
  readonly header: string;
  readonly class: IdentityClass;
  readonly form: Form;
  /** With `pseudonym`: one or more key names, sent as members of one value in this order. Else empty. */
  readonly keyIds: readonly string[];
}

export interface Partner {
  readonly id: string;
  /** The operator's own service. */
  readonly own: boolean;
  readonly name: string;
  readonly purpose: string;
  readonly contract: string | null;
  readonly owner: string;
  readonly basis: string | null;
  readonly country: string | null;
  readonly hosts: readonly HostPattern[];
  readonly transport: Transport;
  /** The ports that the subscriber asks for. */
  readonly ports: readonly number[];
  /** With `tls`: the port that we connect to; with `http` null (the port that was asked). */
  readonly connect: number | null;
  /** null: every listener. */
  readonly listeners: readonly string[] | null;
  readonly release: readonly ReleaseRule[];
  readonly period: Period;
}

export interface Deny {
  readonly hosts: readonly HostPattern[];
  readonly reason: string;
  readonly listeners: readonly string[] | null;
  readonly period: Period;
}

/** A name or prefix that *our* enrichers add; always identity, beside the catalogue. */
export interface OwnHeader {
  readonly kind: 'name' | 'prefix';
  readonly key: string;
  /** As written in the policy, for labels and reports. */
  readonly spelling: string;
  readonly carries: IdentityClass;
}

/**
 * A name that ordinary applications use: one of the catalogue, which is forwarded, its value still looked at; or one that nobody
 * knew, which is not held in quarantine.
 */
export interface Watch {
  readonly key: string;
  readonly spelling: string;
  readonly reason: string;
  readonly owner: string;
  readonly period: Period;
}

/** What our own subscribers' numbers look like. */
export interface NumberPlan {
  readonly countryCode: string;
  readonly ranges: readonly { readonly prefix: string; readonly digits: number }[];
  readonly plmns: readonly string[];
  readonly placeholders: readonly string[];
}

export interface Suppression {
  readonly key: string;
  readonly spelling: string;
  /** Exact host. */
  readonly host: string;
  readonly reason: string;
  readonly owner: string;
  readonly period: Period;
}

export interface Detection {
  readonly exact: 'withhold' | 'count';
  readonly numbers: 'withhold' | 'count';
  readonly hints: 'withhold' | 'count';
  readonly novelty: 'observe' | 'quarantine';
}

export interface Policy {
  readonly version: 1;
  /** IANA name; dates of the file were read in it. */
  readonly timezone: string;
  readonly headers: readonly OwnHeader[];
  readonly watch: readonly Watch[];
  readonly numbers: readonly NumberPlan[];
  readonly detection: Detection;
  readonly partners: readonly Partner[];
  readonly deny: readonly Deny[];
  readonly suppressions: readonly Suppression[];
  readonly releasesNothing: boolean;
}
