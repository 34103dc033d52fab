// A policy for the plan on bytes, made once per policy and stretch of time: classes of names, what they mean, prefixes of numbers.
// INVARIANT: within the stretch every answer of the ruleset is the same (test/decision/byte-rules.test.ts).
import { HTTP_NAMES } from '../http/http-names.js';
import type { NameClasses } from '../http/name-classes.js';
import { keysOf } from '../names/key.js';
import type { Form, IdentityClass, Period, Policy, ReleaseRule } from '../policy/policy.js';
import type { Release, Ruleset } from '../policy/ruleset.js';
import { answerNamesOf, IDENTITY, type Meaning, requestNamesOf } from './byte-names.js';
import { NumberPrefixes } from './byte-runs.js';
import { NeedleRows } from './needle-rows.js';

/** What a destination means for the plan on bytes; one object for all that mean the same, so that it stays in the cache. */
export interface ByteRelease {
  /** Only the plan on strings does: a pseudonym, or a host at which detectors leave something alone. */
  readonly needsStrings: boolean;
  /** `header`: the one spelling that leaves as it is; `label`: as it is counted. */
  readonly rules: readonly { readonly header: string; readonly label: string; readonly form: Form }[];
  /** By class of a request's names: a number in `rules`, -1 none; null: a stranger. */
  readonly ruleOf: Int16Array | null;
}

const STRANGER: ByteRelease = { needsStrings: false, rules: [], ruleOf: null };
const ON_STRINGS: ByteRelease = { needsStrings: true, rules: [], ruleOf: null };

export class ByteRules {
  readonly ruleset: Ruleset;
  /** Of requests. */
  readonly names: NameClasses;
  readonly answerNames: NameClasses;
  /** By class of `names` and `answerNames`; empty: too many names to tell, every request is planned on strings. */
  readonly meanings: readonly Meaning[];
  readonly answerMeanings: readonly Meaning[];
  /** By class of `names`: `Meaning.kind`; empty as `meanings` is. */
  readonly kinds: Uint8Array;
  /** By class of `names`: whether the values of such identity are looked for elsewhere. */
  readonly hasNeedles: Uint8Array;
  /** By class of `names`: the number in `labels`; -1: no identity. */
  readonly labelOf: Int16Array;
  readonly labels: readonly { readonly label: string; readonly class: IdentityClass }[];
  /** Half-open, in milliseconds since the epoch; without an end -Infinity and Infinity. A request is planned with these rules while all its times are within. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly prefixes: NumberPrefixes;
  readonly needles: NeedleRows;
  readonly #suppressed: ReadonlySet<string>;
  readonly #releases = new WeakMap<Release, ByteRelease>();
  readonly #shapes = new Map<string, ByteRelease>();

  /** 10 ms for the catalogue; 1 MB of tables. */
  static of(ruleset: Ruleset, at: { readonly nowMs: number; readonly skewMs: number }): ByteRules {
    return new ByteRules(ruleset, at.nowMs, at.skewMs);
  }

  private constructor(ruleset: Ruleset, nowMs: number, skewMs: number) {
    const { policy } = ruleset;
    this.ruleset = ruleset;
    const requests = requestNamesOf(ruleset, (key) => ruleset.isWatched(key, [nowMs], skewMs));
    const answers = answerNamesOf(ruleset);
    this.names = requests?.names ?? HTTP_NAMES;
    this.meanings = requests?.meanings ?? [];
    this.answerNames = answers?.names ?? HTTP_NAMES;
    this.answerMeanings = answers?.meanings ?? [];
    const { labels, labelOf } = labelsOf(this.meanings);
    this.kinds = Uint8Array.from(this.meanings, ({ kind }) => kind);
    this.hasNeedles = Uint8Array.from(this.meanings, (meaning) => (isLookedFor(meaning) ? 1 : 0));
    this.labels = labels;
    this.labelOf = labelOf;
    [this.fromMs, this.untilMs] = stretchOf(policy, nowMs, skewMs);
    this.prefixes = new NumberPrefixes(policy.numbers);
    this.needles = new NeedleRows(policy.numbers);
    this.#suppressed = new Set(policy.suppressions.map(({ host }) => host));
  }

  /** `host`: canonical. Ask once per destination and keep it; it holds as long as these rules. */
  releaseFor(release: Release | undefined, host: string): ByteRelease {
    if (this.#suppressed.has(host)) return ON_STRINGS;
    if (release === undefined) return STRANGER;
    let known = this.#releases.get(release);
    if (known === undefined) {
      known = this.#byteReleaseOf(release);
      this.#releases.set(release, known);
    }
    return known;
  }

  #byteReleaseOf({ rules }: Release): ByteRelease {
    const list: { header: string; label: string; form: Form }[] = [];
    const ruleOf = new Int16Array(this.meanings.length).fill(-1);
    for (const [key, rule] of rules) {
      const place = this.meanings.findIndex((meaning) => meaning.kind === IDENTITY && meaning.key === key);
      const meaning = this.meanings[place];
      if (meaning === undefined || rule.form !== 'unchanged' || !isAsNamed(meaning, rule, key)) return ON_STRINGS;
      ruleOf[place] = list.push({ header: rule.header, label: meaning.label, form: rule.form }) - 1;
    }
    const shape = JSON.stringify([list, [...ruleOf]]);
    const known = this.#shapes.get(shape) ?? { needsStrings: false, rules: list, ruleOf };
    this.#shapes.set(shape, known);
    return known;
  }
}

/** The rule says of the name what its identity says; else its values would be counted and looked for in another way. */
function isAsNamed(meaning: Meaning, rule: ReleaseRule, key: string): boolean {
  return meaning.class === rule.class && rule.key === key && keysOf(rule.header).includes(key);
}

/** As `needlesOf` has it. */
function isLookedFor({ kind, class: carries }: Meaning): boolean {
  return kind === IDENTITY && (carries === 'msisdn' || carries === 'imsi_imei' || carries === 'token');
}

function labelsOf(meanings: readonly Meaning[]): Pick<ByteRules, 'labels' | 'labelOf'> {
  const numbers = new Map<string, number>();
  const labels: { label: string; class: IdentityClass }[] = [];
  const labelOf = new Int16Array(meanings.length).fill(-1);
  for (const [place, { kind, label, class: carries }] of meanings.entries()) {
    if (kind !== IDENTITY) continue;
    const id = `${label} ${carries}`;
    const number = numbers.get(id) ?? labels.push({ label, class: carries }) - 1;
    numbers.set(id, number);
    labelOf[place] = number;
  }
  return { labels, labelOf };
}

/** Between the last edge of any period at or before now and the next, each a skew early and a skew late. */
function stretchOf(policy: Policy, nowMs: number, skewMs: number): readonly [number, number] {
  let from = -Infinity;
  let until = Infinity;
  const meet = (edge: number): void => {
    if (edge <= nowMs) from = Math.max(from, edge);
    else until = Math.min(until, edge);
  };
  const meetBoth = (edge: number | null): void => {
    if (edge === null) return;
    meet(edge - skewMs);
    meet(edge + skewMs);
  };
  const meetPeriod = ({ period }: { readonly period: Period }): void => {
    meetBoth(period.from);
    meetBoth(period.until);
  };
  policy.partners.forEach(meetPeriod);
  policy.deny.forEach(meetPeriod);
  policy.watch.forEach(meetPeriod);
  policy.suppressions.forEach(meetPeriod);
  return [from, until];
}
