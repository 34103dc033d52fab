// A policy made fast to ask. Pure and immutable: built once per process from the policy's plain data, swapped as one reference.
import type { IdentityClass, Partner, Policy, ReleaseRule } from './policy.js';

/** What the catalogue or the policy knows of a name. */
export interface Identity {
  readonly key: string;
  /** Stable label for metrics: the catalogue's or the policy's spelling in lower case; a prefix as `x-acme-sub-*`. */
  readonly label: string;
  readonly class: IdentityClass;
  /** `strip`: withheld unless released; `count`: forwarded and counted (catalogue grade C). */
  readonly action: 'strip' | 'count';
  readonly source: 'catalogue' | 'own';
  /** Ordinary applications use the name too: the only ones that `watch` may name. */
  readonly common: boolean;
}

export interface Question {
  readonly listener: string;
  /** Canonical, as `names/` writes it. */
  readonly host: string;
  /** The port that the subscriber asked for. */
  readonly port: number;
  /** Milliseconds since the epoch. A release must hold at each of `times` ± skew; a deny or an end at one of them is enough. */
  readonly times: readonly number[];
  readonly skewMs: number;
}

export interface Release {
  readonly partner: Partner;
  /** By key. */
  readonly rules: ReadonlyMap<string, ReleaseRule>;
}

export interface Ruleset {
  /** In a worker without its hosts: what is released where is asked of `release`. */
  readonly policy: Policy;
  /** Lower-case hex SHA-256 of the effective policy's canonical JSON. */
  readonly digest: string;
  /** Looks a field name up in every spelling: its key, its key without one leading `http`, own and catalogue prefixes. */
  identify(name: string): Identity | undefined;
  /** Whether `watch` forwards this key now (a skew before its end it no longer does). */
  isWatched(key: string, times: readonly number[], skewMs: number): boolean;
  /** Whether detectors leave this key alone at this exact host now. */
  isSuppressed(key: string, host: string, times: readonly number[], skewMs: number): boolean;
  /** What a destination may receive; undefined: a stranger (or denied, or outside its period). */
  release(question: Question): Release | undefined;
  /** Every header label that `identify` can give, for the metrics' slots. */
  readonly headerLabels: readonly { readonly label: string; readonly class: IdentityClass }[];
}
